r"""Reading one mathematical expression in LaTeX into a tree, by the symbols that a contract declares.

| text | read as |
|---|---|
| `2\pi x`, `mc^2` | products; mc only where m and c are declared |
| `\sin 2x`, `\ln\frac{a}{b}c` | sin(2x); ln(a/b)·c |
| `\sin xy`, `1/2x`, `\cos x/2` | two readings, `loose` and not; `is_ambiguous` says so |
| `m_\mu^2`, `m^2_\mu` | the square of the symbol m_μ |
| `p^2`, `p\cdot q`, `p_\mu q^\mu`, `\not p` | products of four-vectors, γ·p, where p and q are four-vectors |
| `e`, `i` | declared symbols of that name, else Euler's number and the imaginary unit |
"""

from collections.abc import Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.expressions import DEPTH_LIMIT, EXPONENT_LIMIT, NODES_LIMIT, ExpressionError
from qftapp.verification.functions import FUNCTIONS as KNOWN
from qftapp.verification.latex import commands, environments, integrals, matrices, units
from qftapp.verification.latex.cursor import OPENING, Cursor
from qftapp.verification.latex.spelling import ACCENTS, GREEK, VARIANTS, folded, key
from qftapp.verification.latex.tokens import Token, tokenize
from qftapp.verification.latex.vocabulary import Vocabulary
from qftapp.verification.tree import Node

_SUMMING = {"+": 1, "-": -1, "pm": 1, "mp": -1}
_PRODUCTS = ("cdot", "times", "*", "cdotp")
_QUOTIENTS = ("/", "div")
_NO_FACTOR = frozenset((*_SUMMING, *_PRODUCTS, *_QUOTIENTS, ")", "]", "}", "\\}", ",", ";", "&", "newline", "end", "="))
_NO_FACTOR |= frozenset(("^", "_", "'", "!", "rangle", "rfloor", "rceil", "<", ">", "leq", "geq", "neq", "approx", ":"))
_NO_FACTOR |= frozenset((".", "equiv", "ldots", "wedge", "vee", "in", "to", "Rightarrow", "circ", "%", "?"))


class Parser(Cursor):
    """Reads the tokens of one expression; `loose` and `sign` choose among the readings the text leaves open."""

    def __init__(
        self, tokens: Sequence[Token], vocabulary: Vocabulary, *, loose: bool = False, sign: int = 1, depth: int = 0
    ) -> None:
        super().__init__(tokens)
        if depth > DEPTH_LIMIT:
            raise ExpressionError("the expression is nested too deeply")
        self.vocabulary = vocabulary
        self.loose = loose
        self.sign = sign
        self.depth = depth
        self.bars = 0
        self.brackets = 0
        self.nodes = 0
        self.bound: dict[str, Node] = {}
        self.is_ambiguous = False
        self.has_two_signs = False
        self.closed_at = -1
        """Where the last primary ended if brackets enclosed it: 1/(2x)y has one reading."""

    # expressions

    def whole(self) -> Node:
        """Return the tree of all tokens. Raises ExpressionError."""
        if self.is_done:
            raise ExpressionError("the expression is empty")
        node = self.sum()
        if not self.is_done:
            raise ExpressionError(f"“{self.next}” is not expected here")
        return node

    def parse(self, tokens: Sequence[Token]) -> Node:
        """Return the tree of a part of the text, in the same reading."""
        inner = Parser(tokens, self.vocabulary, loose=self.loose, sign=self.sign, depth=self.depth + 1)
        inner.bound = self.bound
        node = inner.whole()
        self.is_ambiguous |= inner.is_ambiguous
        self.has_two_signs |= inner.has_two_signs
        self._count(inner.nodes)
        return node

    def sum(self) -> Node:
        """Read terms with + and − between them."""
        terms = [self._signed(self._signs())]
        while self.at(*_SUMMING):
            terms.append(self._signed(self._signs()))
        if len(terms) == 1:
            return terms[0]
        return matrices.sum_of(terms) or tree.Sum(tuple(terms))

    def _signs(self) -> int:
        sign = 1
        for _ in range(DEPTH_LIMIT):
            if not self.at(*_SUMMING):
                return sign
            text = self.advance().text
            sign *= _SUMMING[text]
            if text in ("pm", "mp"):
                self.has_two_signs = True
                sign *= self.sign
        raise ExpressionError("there are too many signs in a row")

    def _signed(self, sign: int) -> Node:
        term = self.term()
        return term if sign > 0 else negated(term)

    def term(self) -> Node:
        """Read factors, written side by side or with \\cdot, \\times, / between them."""
        factors: list[Node] = [self.factor()]
        while True:
            if self.take(*_PRODUCTS):
                self._join(factors, self._signed_factor())
            elif self.take(*_QUOTIENTS):
                factors.append(self.power(self._divisor(), tree.MINUS_ONE))
            elif self.starts_factor():
                self._join(factors, self.factor())
            else:
                return product(factors)

    def _join(self, factors: list[Node], right: Node) -> None:
        """Add a factor; two four-vectors side by side are their scalar product."""
        if factors and self.vocabulary.is_vector(right) and self.vocabulary.is_vector(factors[-1]):
            factors[-1] = tree.Call("dot", (factors[-1], right))
        else:
            factors.append(right)

    def _signed_factor(self) -> Node:
        sign = self._signs()
        factor = self.factor()
        return factor if sign > 0 else negated(factor)

    def _divisor(self) -> Node:
        """Read what a slash divides by: the next factor, or in the loose reading all that stand beside it."""
        divisors = [self._signed_factor()]
        if self.position == self.closed_at or not self.starts_factor():
            return divisors[0]
        self.is_ambiguous = True
        while self.loose and self.starts_factor():
            self._join(divisors, self.factor())
        return product(divisors)

    def starts_factor(self) -> bool:
        """Whether the next token can begin a factor."""
        token = self.next
        if token.kind == "end" or (token.kind in ("symbol", "command") and token.text in _NO_FACTOR):
            return False
        return not (self.bars and self._at_bar())

    def _at_bar(self) -> bool:
        return self.at("|", "vert", "Vert")

    def factor(self) -> Node:
        """Read a primary with what is raised behind it."""
        start = self.position
        node = self.primary()
        is_closed = self.tokens[start].text in OPENING and self.position > start + 1
        while True:
            if self.take("!"):
                node = tree.Call("factorial", (node,))
            elif self.at("^"):
                self.advance()
                node = self.raised(node, self.group())
            elif self.take("%"):
                node = tree.Product((node, tree.number(Fraction(1, 100))))
            elif self.at("_") and is_closed:
                self.advance()
                node = tree.Call("rising", (node, self.parse(self.group())))
            elif self.at("'"):
                raise ExpressionError("a derivative written with ' is not read: write it out")
            else:
                break
        if is_closed:
            self.closed_at = self.position
        return node

    def raised(self, base: Node, script: Sequence[Token]) -> Node:
        """Return a power, a complex conjugate or degrees, as the superscript says."""
        if len(script) == 1 and script[0].kind in ("symbol", "command"):
            mark = script[0].text
            if mark == "*":
                return tree.Call("conjugate", (base,))
            if mark == "circ":
                return tree.Product((base, tree.Constant("pi"), tree.number(Fraction(1, 180))))
            if mark in ("dagger", "top", "prime"):
                raise ExpressionError(f"“^\\{mark}” is not read here")
        exponent = self.parse(script)
        return self.power(base, exponent)

    def power(self, base: Node, exponent: Node) -> Node:
        """Return a power; an even one of a four-vector is one of its square."""
        if isinstance(base, tree.Group):
            raise ExpressionError("powers of lists and matrices are not read here")
        if not self.vocabulary.is_vector(base):
            return tree.Power(base, exponent)
        if not (isinstance(exponent, tree.Number) and exponent.value % 2 == 0 and exponent.value > 0):
            raise ExpressionError("a four-vector has only even powers")
        square = tree.Call("dot", (base, base))
        half = exponent.value / 2
        return square if half == 1 else tree.Power(square, tree.number(half))

    # primaries

    def primary(self) -> Node:
        """Read a number, symbol, function, fraction, bracket or environment."""
        self._count(1)
        token = self.next
        if (phrase := self._phrase()) is not None:
            return phrase
        if token.kind == "number":
            return self._number()
        if token.kind == "roman":
            return self._roman(self.advance().text)
        if token.kind == "letter":
            return self._letters()
        if self._at_bar():
            return self._absolute()
        if token.kind == "symbol":
            if token.text == "{" and self.peek(1).text == "}" and self.peek(2).text == "_":
                return self._hypergeometric()
            if token.text == "_" and self.peek(1).kind == "number" and self.peek(2).text == "F":
                return self._hypergeometric()
            if token.text in OPENING:
                return self._bracket(self.advance().text)
            raise ExpressionError(f"“{token}” is not expected here")
        if token.kind == "end":
            raise ExpressionError("the expression ends too early")
        return self._command()

    def _count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > NODES_LIMIT:
            raise ExpressionError(f"the expression has more than {NODES_LIMIT} parts")

    def _phrase(self) -> Node | None:
        r"""Read a declared symbol that begins with a bracket, such as |\vec{p}|."""
        for texts, node in self.vocabulary.phrases:
            place, wanted = self.position, list(texts)
            while wanted and place < len(self.tokens):
                text = str(self.tokens[place])
                if text == wanted[0]:
                    wanted.pop(0)
                elif text not in ("{", "}"):
                    break
                place += 1
            if not wanted:
                self.position = place
                return node
        return None

    def _number(self) -> Node:
        text = self.advance().text
        while self.vocabulary.is_scalar and not self.brackets and self.at(",") and self.peek(1).kind == "number":
            digits = self.peek(1).text
            # One number is asked for: 1,234 has thousands, 125,25 a decimal comma.
            is_thousands = len(digits.partition(".")[0]) == 3 and "." not in text
            if not is_thousands and ("." in text + digits or not self.peek(1).is_glued):
                break
            text += digits if is_thousands else f".{digits}"
            self.position += 2
        value = decimal(text)
        fraction = self._mixed() if value.denominator == 1 else None
        return tree.Number(value if fraction is None else value + fraction)

    def _mixed(self) -> Fraction | None:
        r"""Read the fraction of a mixed number, 2\frac{1}{2}; in the loose reading it is a factor."""
        if not self.at("frac"):
            return None
        start = self.position
        self.advance()
        above, below = self._half(), self._half()
        digits = [part[0].text for part in (above, below) if len(part) == 1 and part[0].kind == "number"]
        if len(digits) == 2 and all(part.isdecimal() for part in digits) and int(digits[0]) < int(digits[1]):
            self.is_ambiguous = True
            if not self.loose:
                return Fraction(int(digits[0]), int(digits[1]))
        self.position = start
        return None

    def _bracket(self, opening: str) -> Node:
        if opening in ("lfloor", "lceil"):
            inner = self.sum()
            self.expect(OPENING[opening])
            return tree.Call("floor" if opening == "lfloor" else "ceiling", (inner,))
        items = [self._entry()]
        while self.take(",", ";"):
            items.append(self._entry())
        if not self.take(")", "]") if opening in "([" else not self.take(OPENING[opening]):
            self.expect(OPENING[opening])
        if opening in ("\\{", "{") and len(items) > 1:
            return tree.Group("set", tuple(items))
        if len(items) == 1:
            return items[0]
        return tree.Group("list" if opening == "[" else "tuple", tuple(items))

    def _hypergeometric(self) -> Node:
        """Read {}_2F_1(a, b; c; z) and its kin."""
        if self.take("{"):
            self.expect("}")
        self.expect("_")
        upper = self._small_number(self.group())
        if self.advance().text != "F":
            raise ExpressionError("a lone subscript is not read here")
        self.expect("_")
        lower = self._small_number(self.group())
        arguments = self._arguments()
        if len(arguments) != upper + lower + 1:
            raise ExpressionError(f"this hypergeometric function takes {upper + lower + 1} arguments")
        tops, bottoms = arguments[:upper], arguments[upper:-1]
        lists = (tree.Group("list", tops), tree.Group("list", bottoms))
        return tree.Call("hypergeometric_pfq", (*lists, arguments[-1]))

    def _small_number(self, tokens: list[Token]) -> int:
        text = key(tokens)
        if not text.isdecimal() or int(text) > 6:
            raise ExpressionError("the order of a hypergeometric function is a small number")
        return int(text)

    def _entry(self) -> Node:
        bars, self.bars = self.bars, 0
        self.brackets += 1
        node = self.sum()
        self.brackets -= 1
        self.bars = bars
        return node

    def _absolute(self) -> Node:
        self.advance()
        self.bars += 1
        inner = self.sum()
        self.bars -= 1
        if not self._at_bar():
            raise ExpressionError("a bar | is never closed")
        self.advance()
        return tree.Call("abs", (inner,))

    def _roman(self, text: str) -> Node:
        """Read upright text: a declared symbol, a function, a constant or a unit."""
        plain = text.replace(" ", "")
        if plain in commands.FUNCTIONS or plain in ("diag", "arg"):
            return self._named_function(plain)
        if plain in commands.ORDERED_FUNCTIONS and self.at("_"):
            return self._ordered(plain)
        scripts = self._scripts()
        spelled = key(tokenize(text, scientific=False))
        if (node := self._declared(spelled, scripts)) is not None:
            return node
        if plain in ("i", "e") and not scripts.sub:
            return self._superscripted(tree.Constant(plain), scripts)
        if (unit := units.read(text)) is not None and not scripts.sub:
            return self._superscripted(unit, scripts)
        if plain in self.vocabulary.words:
            return self._superscripted(self.vocabulary.words[plain], scripts)
        raise self.vocabulary.undeclared(text + (f"_{key(scripts.sub)}" if scripts.sub else ""))

    # symbols

    def _letters(self) -> Node:
        """Read a word of glued letters where it is declared or names a function, else one letter."""
        word = self._glued_word()
        for length in range(len(word), 1, -1):
            part = word[:length]
            if part in self.vocabulary.words:
                self.position += length
                return self._symbol(part, part)
            if part in commands.FUNCTIONS:
                self.position += length
                return self._named_function(part)
            if part in commands.ORDERED_FUNCTIONS and self.peek(length).text == "_":
                self.position += length
                return self._ordered(part)
        if len(word) > 1 and not self._are_declared(word):
            if word in GREEK and self.vocabulary.find(f"\\{word} ") is not None:
                self.position += len(word)
                return self._symbol(f"\\{word} ", word)
            if (unit := units.named(word)) is not None:
                self.position += len(word)
                return self._superscripted(unit, self._scripts())
            if word in ("pi", "oo", "inf"):
                self.position += len(word)
                return self._symbol("\\pi " if word == "pi" else "\\infty ", word)
        letter = self.advance().text
        return self._symbol(letter, letter)

    def _glued_word(self) -> str:
        word = self.next.text
        while self.peek(len(word)).kind == "letter" and self.peek(len(word)).is_glued:
            word += self.peek(len(word)).text
        return word

    def _are_declared(self, word: str) -> bool:
        """Whether every letter of a word means something by itself."""
        return all(letter in "ei" or letter in self.bound or self.vocabulary.symbols.get(letter) for letter in word)

    def _command(self) -> Node:
        token = self.advance()
        name = token.text
        match name:
            case "frac":
                return self._fraction()
            case "sqrt":
                return self._root()
            case "binom":
                above, below = self.parse(self.group()), self.parse(self.group())
                return tree.Call("binomial", (above, below))
            case "int":
                return integrals.read(self)
            case "begin":
                return environments.read(self)
            case "not":
                return tree.Call("slash", (self._slashed(),))
            case "langle" | "lfloor" | "lceil":
                return self._bracket(name)
            case "operatorname":
                return self._roman(key(self.group()))
        if name in ACCENTS:
            argument = self.group()
            spelled = key([token, *argument])
            return self._symbol(spelled, f"\\{name} {key(argument)}", under_accent=(name, argument))
        if name in commands.FUNCTIONS and name not in GREEK:
            return self._named_function(name)
        if name == "mu" and self.next.kind == "roman" and (unit := units.named("μ" + self.next.text)) is not None:
            self.advance()  # 389\\,\\mu\\mathrm{b}
            return self._superscripted(unit, self._scripts())
        spelled = f"\\{name} "
        is_known = name in GREEK or name in VARIANTS or name in ("Re", "Im", "infty")
        if not is_known and self.vocabulary.find(spelled) is None:
            raise ExpressionError(f"“\\{name}” is not read here")
        return self._symbol(spelled, f"\\{name}")

    def _slashed(self) -> Node:
        inner = self.parse(self.group())
        if not self.vocabulary.is_vector(inner):
            raise ExpressionError("only a declared four-vector can be slashed")
        return inner

    def _fraction(self) -> Node:
        above, below = self._half(), self._half()
        numerator, denominator = self.parse(above), self.parse(below)
        return product([numerator, tree.Power(denominator, tree.MINUS_ONE)])

    def _half(self) -> list[Token]:
        r"""Read an argument of \frac; of a bare number only its first digit, as \frac12 means ½."""
        token = self.next
        if token.kind == "number" and len(token.text) > 1:
            self.tokens[self.position] = Token("number", token.text[1:], is_glued=True)
            return [Token("number", token.text[0])]
        return self.group()

    def _root(self) -> Node:
        degree = None
        if self.take("["):
            degree = self.sum()
            self.expect("]")
        inner = self.parse(self.group())
        if degree is None:
            return tree.Power(inner, tree.HALF)
        return tree.Power(inner, product([tree.ONE, tree.Power(degree, tree.MINUS_ONE)]))

    def _scripts(self) -> "Scripts":
        """Read subscripts, superscripts and primes in any order."""
        sub: list[Token] = []
        sup: list[Token] = []
        primes = 0
        indices: list[tuple[bool, list[Token]]] = []
        while True:
            if self.at("'"):
                self.advance()
                primes += 1
            elif self.at("{") and self.peek(1).text == "}" and self.peek(2).text in "^_":
                self.position += 2  # F^{\mu}{}_{\nu}
            elif self.at("_", "^"):
                is_upper = self.advance().text == "^"
                part = self.group()
                if is_upper and part and all(token.text == "prime" for token in part):
                    primes += len(part)
                    continue
                indices.append((is_upper, part))
                (sup if is_upper else sub).extend(part)
            else:
                return Scripts(sub, sup, primes, indices)

    def _symbol(self, spelled: str, shown: str, under_accent: tuple[str, list[Token]] | None = None) -> Node:
        """Return what a letter, accented or not, means with its scripts."""
        scripts = self._scripts()
        spelled += "'" * scripts.primes
        if (node := self._declared(spelled, scripts)) is not None:
            return node
        if under_accent and under_accent[0] == "bar" and not scripts.sub and self._is_expression(under_accent[1]):
            return self._superscripted(tree.Call("conjugate", (self.parse(under_accent[1]),)), scripts)
        if (node := self._tensor(folded(spelled), scripts)) is not None:
            return node
        if folded(spelled) == "\\psi " and self.at("(") and len(scripts.sup) == 3 and scripts.sup[0].text == "(":
            return tree.Call("psi", (self.parse(scripts.sup[1:2]), *self._arguments()))
        if (function := commands.LETTER_FUNCTIONS.get(folded(spelled))) and not scripts.sub and self.at("(", "["):
            return self._applied(function, scripts)
        if spelled in commands.ORDERED_FUNCTIONS and scripts.sub and self.at("(", "["):
            order = self.parse(scripts.sub)
            return self._powered_call(commands.ORDERED_FUNCTIONS[spelled], (order, *self._arguments()), scripts)
        if (node := self._constant(spelled, scripts)) is not None:
            return node
        if (node := self.vocabulary.find(self._full(spelled, scripts))) is not None:
            return self._superscripted(node, scripts)
        raise self.vocabulary.undeclared(shown + ("_" + key(scripts.sub) if scripts.sub else ""))

    def _is_expression(self, tokens: list[Token]) -> bool:
        """Whether what a bar stands over is declared, or more than a letter."""
        is_long = any(token.kind == "command" or token.text in "()+-" for token in tokens[:-1])
        return is_long or key(tokens) in self.vocabulary.symbols

    def _full(self, spelled: str, scripts: "Scripts") -> str:
        return f"{spelled}_{key(scripts.sub)}" if scripts.sub else spelled

    def _declared(self, spelled: str, scripts: "Scripts") -> Node | None:
        """Return a bound or declared symbol: with its subscript, with its superscript, or as a vector with indices."""
        symbols = self.vocabulary.symbols
        full = self._full(spelled, scripts)
        if full in self.bound:
            return self._superscripted(self.bound[full], scripts)
        if scripts.sup:
            raised = f"{full}^{key(scripts.sup)}"
            if raised in symbols:
                return symbols[raised]
        for form in (full, folded(full)):
            if form in symbols:
                node = symbols[form]
                if isinstance(node, tree.Variable) and node.name in self.vocabulary.vectors:
                    return self._vector(node, Scripts([], scripts.sup, 0, [p for p in scripts.indices if p[0]]))
                if form.endswith("epsilon ") and self._is_tensor("\\epsilon ", scripts):
                    return None
                return self._superscripted(node, scripts)
        base = symbols.get(spelled) or symbols.get(folded(spelled))
        if isinstance(base, tree.Variable) and base.name in self.vocabulary.vectors and scripts.sub:
            return self._vector(base, scripts)
        return None

    def _vector(self, node: Node, scripts: "Scripts") -> Node:
        """Return a vector, its component with an index, or an even power of it."""
        indices = lorentz_indices(scripts)
        if len(indices) == 1 and len(scripts.indices) == 1 and not indices[0].name.isdigit():
            return tree.Indexed(node, indices)
        if scripts.sup and not scripts.sub:
            return self.raised(node, scripts.sup)
        if scripts.sub:
            raise ExpressionError(f"“{tree.written(node)}” is a four-vector: it carries one index")
        return node

    def _is_tensor(self, spelled: str, scripts: "Scripts") -> bool:
        known = commands.TENSORS.get(spelled)
        return known is not None and len(lorentz_indices(scripts)) == known[1] and not self._mean_scalars(scripts)

    def _mean_scalars(self, scripts: "Scripts") -> bool:
        return any(self.vocabulary.symbols.get(key([token])) for _, part in scripts.indices for token in part)

    def _tensor(self, spelled: str, scripts: "Scripts") -> Node | None:
        if spelled == "\\gamma " and key(scripts.sub + scripts.sup) == "5" and len(scripts.indices) == 1:
            return tree.Constant("gamma_5")
        if not self._is_tensor(spelled, scripts):
            return None
        return tree.Indexed(tree.Constant(commands.TENSORS[spelled][0]), lorentz_indices(scripts))

    def _constant(self, spelled: str, scripts: "Scripts") -> Node | None:
        full = self._full(spelled, scripts)
        if spelled == "e" and self.vocabulary.charge is not None and not scripts.sub:
            exponent = self.parse(scripts.sup) if scripts.sup else tree.ONE
            if isinstance(exponent, tree.Number):
                return self.power(self.vocabulary.charge, exponent)
        if spelled == "i" and not scripts.indices and self.next.kind == "number" and self.next.text == "0":
            self.advance()  # p^2 - m^2 + i0
            self.take("^") and self.group()
            return product([tree.Constant("i"), self.vocabulary.infinitesimal or tree.INFINITESIMAL])
        if full in commands.SPELLED_CONSTANTS:
            return self._superscripted(tree.Constant(commands.SPELLED_CONSTANTS[full]), scripts)
        if folded(full) == "\\epsilon " and self.tokens[self.position - 2].text == "i" and not scripts.indices:
            return tree.INFINITESIMAL
        return None

    def _superscripted(self, node: Node, scripts: "Scripts") -> Node:
        if not scripts.sup:
            return node
        if len(lorentz_indices(scripts)) > 1 and not self._mean_scalars(scripts):
            raise ExpressionError(f"“{tree.written(node)}” carries Lorentz indices but is no declared tensor")
        return self.raised(node, scripts.sup)

    # functions

    def _named_function(self, name: str) -> Node:
        scripts = self._scripts()
        if name == "diag":
            return environments.diagonal(self._arguments())
        if name == "det":
            return self._superscripted(matrices.determinant(self.factor()), scripts)
        function = commands.FUNCTIONS[name]
        if function == "sqrt":
            return self._powered_call(function, self._arguments(), scripts)
        if scripts.sub:
            if function != "log":
                raise self.vocabulary.undeclared(f"{name}_{key(scripts.sub)}")
            base = self.parse(scripts.sub)
            return self._powered_call("log", (*self._arguments(), base), scripts)
        if key(scripts.sup) == "-1" and function in commands.INVERSES:
            return tree.Call(commands.INVERSES[function], self._arguments())
        return self._applied(function, scripts)

    def _ordered(self, name: str) -> Node:
        scripts = self._scripts()
        order = self.parse(scripts.sub)
        return self._powered_call(commands.ORDERED_FUNCTIONS[name], (order, *self._arguments()), scripts)

    def _applied(self, function: str, scripts: "Scripts") -> Node:
        return self._powered_call(function, self._arguments(), scripts)

    def _powered_call(self, function: str, arguments: tuple[Node, ...], scripts: "Scripts") -> Node:
        known = KNOWN.get(function)
        if known is not None and not known.fewest <= len(arguments) <= known.most:
            raise ExpressionError(f"{function} does not take {len(arguments)} arguments")
        if any(isinstance(argument, tree.Group | tree.Text) for argument in arguments):
            raise ExpressionError(f"{function} does not take such an argument")
        call: Node = tree.Call(function, arguments)
        if function == "trace":
            call = tree.Call("trace", (product(list(arguments)),))
        return self._superscripted(call, scripts)

    def _arguments(self) -> tuple[Node, ...]:
        """Read the argument of a function: what brackets hold, else the factors that belong to it."""
        if self.at("(", "[", "{", "\\{"):
            inner = self.primary()
            if isinstance(inner, tree.Group) and inner.form == "tuple":
                return inner.items
            return (inner,)
        if self._at_bar():
            return (self.factor(),)
        if not self.starts_factor():
            raise ExpressionError("a function lacks its argument")
        return (self._bare_argument(),)

    def _bare_argument(self) -> Node:
        factors = [self.factor()]
        while is_numeric(factors[-1]) and self.starts_factor() and not self._at_function() and not self.at("(", "["):
            self._join(factors, self.factor())
        follows = self.starts_factor() and not self._at_function() and not self.at("(", "[", "begin", "int")
        if follows or self.at(*_QUOTIENTS):
            self.is_ambiguous = True
            while self.loose and self.starts_factor() and not self._at_function() and not self.at("(", "["):
                self._join(factors, self.factor())
            if self.loose and self.take(*_QUOTIENTS):
                factors.append(tree.Power(self.factor(), tree.MINUS_ONE))
        return product(factors)

    def _at_function(self) -> bool:
        token = self.next
        if token.kind == "letter":
            word = self._glued_word()
            return len(word) > 1 and word in commands.FUNCTIONS
        is_named = token.text in commands.FUNCTIONS and token.text not in GREEK
        return token.kind in ("command", "roman") and is_named and token.text != "sqrt"


class Scripts:
    """The scripts of a symbol: tokens below, above, the number of primes, and all in their order with their height."""

    __slots__ = ("indices", "primes", "sub", "sup")

    def __init__(
        self, sub: list[Token], sup: list[Token], primes: int, indices: list[tuple[bool, list[Token]]]
    ) -> None:
        self.sub = sub
        self.sup = sup
        self.primes = primes
        self.indices = indices


def lorentz_indices(scripts: Scripts) -> tuple[tree.Index, ...]:
    """Return the scripts as Lorentz indices, nothing if one of them cannot be an index."""
    found: list[tree.Index] = []
    for is_upper, part in scripts.indices:
        for token in part:
            is_greek = token.kind == "command" and token.text in GREEK
            if token.text in ("{", "}", ","):
                continue
            if not (is_greek or (token.kind == "letter" and token.text.islower())):
                return ()
            found.append(tree.Index(token.text, is_upper))
    return tuple(found)


def is_numeric(node: Node) -> bool:
    """Whether a factor is a number: what follows it in `\\sin 2x` belongs to the argument."""
    match node:
        case tree.Number() | tree.Constant("pi" | "i"):
            return True
        case tree.Product(factors):
            return all(map(is_numeric, factors))
        case tree.Power(base, exponent):
            return is_numeric(base) and is_numeric(exponent)
    return False


def negated(node: Node) -> Node:
    """Return the node times −1."""
    if isinstance(node, tree.Number):
        return tree.Number(-node.value)
    return product([tree.MINUS_ONE, node])


def product(factors: Sequence[Node]) -> Node:
    """Return the product of the factors, plain numbers as one and matrices multiplied out."""
    if len(factors) > 1 and (multiplied := matrices.product(factors)) is not None:
        return multiplied
    value = Fraction(1)
    for factor in factors:
        match factor:
            case tree.Number(number):
                value *= number
            case tree.Power(tree.Number(number), tree.Number(exponent)) if (
                number and exponent.denominator == 1 and abs(exponent) <= EXPONENT_LIMIT and number.denominator == 1
            ):
                value *= number ** int(exponent)
            case _:
                return factors[0] if len(factors) == 1 else tree.Product(tuple(factors))
    return tree.Number(value)


def decimal(text: str) -> Fraction:
    """Return the exact value of a decimal number. Raises ExpressionError where it is out of range."""
    if text.count(".") > 1:
        raise ExpressionError(f"“{text[:40]}” is not a number")
    mantissa, _, exponent = text.replace("E", "e").partition("e")
    power = int(exponent or 0) if len(exponent) < 6 else EXPONENT_LIMIT + 1
    if abs(power) > EXPONENT_LIMIT:
        raise ExpressionError(f"the number {text[:40]} is out of range")
    return Fraction(mantissa if mantissa != "." else "0") * Fraction(10) ** power
