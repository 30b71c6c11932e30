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
from qftapp.verification.expressions import DEPTH_LIMIT, NODES_LIMIT, ExpressionError
from qftapp.verification.latex import (
    calls,
    commands,
    derivatives,
    differentials,
    divisors,
    environments,
    integrals,
    limits,
    matrices,
    nabla,
    numbers,
    operators,
    series,
    symbols,
    units,
    unknowns,
    words,
)
from qftapp.verification.latex.arithmetic import commutator, interval, is_infinite, negated, product
from qftapp.verification.latex.calls import QUOTIENTS
from qftapp.verification.latex.cursor import OPENING, Cursor
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import ACCENTS, GREEK, VARIANTS, key
from qftapp.verification.latex.tokens import Token, tokenize
from qftapp.verification.latex.vocabulary import Vocabulary
from qftapp.verification.tree import Node

_SUMMING = {"+": 1, "-": -1, "pm": 1, "mp": -1}
_PRODUCTS = ("cdot", "times", "*", "cdotp")
_NO_FACTOR = frozenset((*_SUMMING, *_PRODUCTS, *QUOTIENTS, ")", "]", "}", "\\}", ",", ";", "&", "newline", "end", "="))
_NO_FACTOR |= frozenset(("^", "_", "'", "!", "rangle", "rfloor", "rceil", "<", ">", "leq", "geq", "neq", "approx", ":"))
_NO_FACTOR |= frozenset((".", "choose", "equiv", "ldots", "wedge", "vee", "in", "to", "Rightarrow", "circ", "%", "?"))
_NO_FACTOR |= frozenset(("mod", "cup", "cap", "setminus"))


class Parser(Cursor):
    """Reads the tokens of one expression; `loose` and `sign` choose among the readings the text leaves open."""

    def __init__(
        self, tokens: Sequence[Token], vocabulary: Vocabulary, *, loose: bool = False, sign: int = 1, depth: int = 0
    ) -> None:
        super().__init__(tokens)
        self.vocabulary = vocabulary
        self.loose = loose
        self.sign = sign
        self.depth = depth
        self.bars = 0
        self.brackets = 0
        self.nodes = 0
        self.bound: dict[str, Node] = {}
        self.gradients: set[Node] = set()
        """What ∇ has made: lists of components of which there are products."""
        self.is_ambiguous = False
        self.has_two_signs = False
        self.has_components = False
        """Whether components of four-vectors are written by number somewhere, as in p^0."""
        self.closed_at = -1
        """Where the last primary ended if brackets enclosed it: 1/(2x)y has one reading."""

    # expressions

    def whole(self) -> Node:
        """Return the tree of all tokens. Raises ExpressionError."""
        self.has_components |= self._names_components()
        return self._all()

    def _all(self) -> Node:
        if self.is_done:
            raise ExpressionError("the expression is empty")
        node = self.sum()
        if not self.is_done:
            raise ExpressionError(f"“{self.next}” is not expected here")
        return node

    def _names_components(self) -> bool:
        braceless = [token for token in self.tokens if token.text not in ("{", "}")]
        for token, mark, index in zip(braceless, braceless[1:], braceless[2:], strict=False):
            if mark.text == "^" and index.text in ("0", "1", "3"):
                symbol = self.vocabulary.symbols.get(key([token]))
                if symbol is not None and self.vocabulary.is_vector(symbol):
                    return True
        return False

    def parse(self, tokens: Sequence[Token]) -> Node:
        """Return the tree of a part of the text, in the same reading."""
        inner = Parser(tokens, self.vocabulary, loose=self.loose, sign=self.sign, depth=self.depth)
        inner.bound = self.bound
        inner.has_components = self.has_components
        inner.gradients = self.gradients
        node = inner._all()
        self.is_ambiguous |= inner.is_ambiguous
        self.has_two_signs |= inner.has_two_signs
        self.count(inner.nodes)
        return node

    def sum(self) -> Node:
        """Read terms with + and − between them."""
        terms = [self.term(self._signs())]
        while self.at(*_SUMMING):
            sign = self._signs()
            terms.append(_signed(self.term(), sign))
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

    def term(self, sign: int = 1) -> Node:
        """Read factors, written side by side or with \\cdot, \\times, / between them; a sign belongs to a dividend."""
        factors: list[Node] = [self.factor()]
        while True:
            if self.take(*_PRODUCTS):
                self.join(factors, self._signed_factor())
            elif self.take(*QUOTIENTS):
                factors.append(self.power(self._divisor(), tree.MINUS_ONE))
            elif self.take("mod"):
                parts = (_signed(product(factors), sign), self._modulus())
                factors, sign = [divisors.folded("modulo", parts) or tree.Call("modulo", parts)], 1
            elif self.starts_factor():
                self.join(factors, self.factor())
            else:
                return _signed(product(factors), sign)

    def join(self, factors: list[Node], right: Node) -> None:
        """Add a factor; two four-vectors side by side are their scalar product."""
        if factors and factors[-1] in self.gradients and right in self.gradients:
            factors[-1] = nabla.dotted(factors[-1], right)
        elif factors and self.vocabulary.is_vector(right) and self.vocabulary.is_vector(factors[-1]):
            factors[-1] = tree.Call("dot", (factors[-1], right))
        else:
            factors.append(right)

    def _signed_factor(self) -> Node:
        sign = self._signs()
        return _signed(self.factor(), sign)

    def _divisor(self) -> Node:
        """Read what a slash divides by: the next factor, or in the loose reading all that stand beside it."""
        divisors = [self._signed_factor()]
        if self.position == self.closed_at or not self.starts_factor():
            return divisors[0]
        self.is_ambiguous = True
        while self.loose and self.starts_factor():
            self.join(divisors, self.factor())
        return product(divisors)

    def _modulus(self) -> Node:
        """Read what stands behind \\bmod: the next factors up to a sign or an operator."""
        factors = [self._signed_factor()]
        while self.starts_factor():
            self.join(factors, self.factor())
        return product(factors)

    def starts_factor(self) -> bool:
        """Whether the next token can begin a factor."""
        token = self.next
        if token.kind == "end" or (token.kind in ("symbol", "command") and token.text in _NO_FACTOR):
            return False
        return not (self.bars and self.at_bar())

    def at_bar(self) -> bool:
        return self.at("vert", "Vert")

    def factor(self) -> Node:
        """Read a primary with what is raised behind it."""
        start = self.position
        node = self.primary()
        is_closed = self.tokens[start].text in OPENING and self.position > start + 1
        while self.next.kind == "symbol":
            if self.take("!"):
                node = tree.Call("double_factorial" if self.take("!") else "factorial", (node,))
                if self.at("!"):
                    raise ExpressionError("x!!! can be two things: write brackets")
            elif self.at("^"):
                self.advance()
                node = self.raised(node, self.group())
            elif self.take("%"):
                node = tree.Product((node, tree.number(Fraction(1, 100))))
            elif self.at("_") and is_closed:
                self.advance()
                script = self.group()
                lowered = self._component(node, script, is_upper=False)
                node = lowered or tree.Call("rising", (node, self.parse(script)))
            elif self.at("'"):
                raise ExpressionError("a derivative written with ' is not read: write it out")
            else:
                break
        if is_closed:
            self.closed_at = self.position
        return node

    def raised(self, base: Node, script: Sequence[Token]) -> Node:
        """Return a power, a complex conjugate or degrees, as the superscript says."""
        if isinstance(base, tree.Group) and base not in self.gradients:
            mark = script[0].text if len(script) == 1 else ""
            return matrices.raised(base, mark) or self.power(base, self.parse(script))
        if len(script) == 1 and script[0].kind in ("symbol", "command"):
            mark = script[0].text
            if mark == "*":
                operators.check_number(base)
                return tree.Call("conjugate", (base,))
            if mark == "circ":
                return tree.Product((base, tree.Constant("pi"), tree.number(Fraction(1, 180)), tree.Unit("rad")))
            if mark in ("dagger", "top", "T") and (turned := operators.turned(self, base, mark)) is not None:
                return turned
            if mark in ("dagger", "top", "prime"):
                raise ExpressionError(f"“^\\{mark}” is not read here")
        if (component := self._component(base, script, is_upper=True)) is not None:
            return component
        return self.power(base, self.parse(script))

    def _component(self, base: Node, script: Sequence[Token], *, is_upper: bool) -> Node | None:
        """Return the component (p + q)^μ of a vector; nothing where the script is no Lorentz index."""
        scripts = Scripts([], [], 0, [(is_upper, list(script))])
        if not self.vocabulary.is_vector(base) or len(scripts.indices) != 1 or self.mean_scalars(scripts):
            return None
        return tree.Indexed(base, scripts.indices)

    def power(self, base: Node, exponent: Node) -> Node:
        """Return a power; an even one of a four-vector is one of its square."""
        if base in self.gradients and exponent == tree.number(2):
            return nabla.dotted(base, base)
        if isinstance(base, tree.Group):
            return matrices.power(base, exponent)
        if not self.vocabulary.is_vector(base):
            if base == tree.Constant("e") and operators.is_operator(exponent):
                return tree.Call("exp", (exponent,))
            return nabla.squared(base, exponent) or tree.Power(base, exponent)
        if not (isinstance(exponent, tree.Number) and exponent.value % 2 == 0 and exponent.value > 0):
            raise ExpressionError("a four-vector has only even powers")
        square = tree.Call("dot", (base, base))
        half = exponent.value / 2
        return square if half == 1 else tree.Power(square, tree.number(half))

    def superscripted(self, node: Node, scripts: Scripts) -> Node:
        """Return a node raised to what stands above it. Raises ExpressionError where those are Lorentz indices."""
        if not scripts.sup:
            return node
        if len(scripts.indices) > 1 and scripts.are_usual and not self.mean_scalars(scripts):
            raise ExpressionError(f"“{tree.written(node)}” carries Lorentz indices but is no declared tensor")
        return self.raised(node, scripts.sup)

    def mean_scalars(self, scripts: Scripts) -> bool:
        """Whether a script is a declared symbol, and hence no Lorentz index."""
        return any(self.vocabulary.symbols.get(key([token])) for _, part in scripts.parts for token in part)

    # primaries

    def primary(self) -> Node:
        """Read a number, symbol, function, fraction, bracket or environment."""
        self.count(1)
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise ExpressionError(f"the expression is nested more than {DEPTH_LIMIT} deep")
        node = self._primary(self.next)
        self.depth -= 1
        return node

    def _primary(self, token: Token) -> Node:
        if (phrase := self._phrase()) is not None:
            return phrase
        if token.kind == "number":
            return numbers.read(self)
        if token.kind == "roman":
            return words.read_roman(self, self.advance().text)
        if token.kind == "letter":
            return words.read_letters(self)
        if self.at_bar():
            return self._absolute()
        if token.kind == "symbol":
            if token.text == "{" and self.peek(1).text == "}" and self.peek(2).text == "_":
                return calls.hypergeometric(self)
            if token.text == "_" and self.peek(1).kind == "number" and self.peek(2).text == "F":
                return calls.hypergeometric(self)
            if token.text in OPENING:
                return self._bracket(self.advance().text)
            raise ExpressionError(f"“{token}” is not expected here")
        if token.kind == "end":
            raise ExpressionError("the expression ends too early")
        return self._command()

    def count(self, nodes: int) -> None:
        """Add to the parts read. Raises ExpressionError where they become too many."""
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

    def _bracket(self, opening: str) -> Node:
        if opening in ("lfloor", "lceil"):
            inner = self.sum()
            self.expect(OPENING[opening])
            return tree.Call("floor" if opening == "lfloor" else "ceiling", (inner,))
        before = self.position, self.nodes, self.depth, self.bars, self.brackets
        try:
            items = [self._entry()]
        except derivatives.OperandMissing:
            self.position, self.nodes, self.depth, self.bars, self.brackets = before
            return nabla.operators_on_operand(self)
        while self.take(",", ";"):
            items.append(self._entry())
        if opening == "{" and len(items) == 1 and self.take("choose"):
            items = [tree.Call("binomial", (items[0], self._entry()))]
        closing = self.take(")", "]") if opening in "([" else self.take(OPENING[opening])
        if not closing:
            self.expect(OPENING[opening])
        if len(items) == 2 and self.vocabulary.has_matrices and opening in ("[", "\\{"):
            return commutator(items[0], items[1], sign=-1 if opening == "[" else 1)
        if len(items) == 2 and opening in "([" and (closing != OPENING[opening] or any(map(is_infinite, items))):
            return interval(opening, items, closing)
        if opening in ("\\{", "{") and len(items) > 1:
            return tree.Group("set", tuple(items))
        if len(items) == 1:
            return items[0]
        return tree.Group("list" if opening == "[" else "tuple", tuple(items))

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
        if not self.at_bar():
            raise ExpressionError("a bar | is never closed")
        self.advance()
        if inner in self.gradients:
            return inner
        return matrices.determinant(inner) if matrices.is_matrix(inner) else tree.Call("abs", (inner,))

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
            case "lim":
                return limits.read(self)
            case "sum" | "prod":
                return series.read(self, name)
            case "begin":
                return environments.read(self)
            case "not":
                return tree.Call("slash", (self._slashed(),))
            case "langle" | "lfloor" | "lceil":
                return self._bracket(name)
            case "operatorname":
                return words.read_roman(self, key(self.group()))
            case "partial" | "nabla" | "Box" | "square":
                return nabla.operator(self, name)
        if name in unknowns.ACCENTS and (node := unknowns.read_accented(self, name)) is not None:
            return node
        if name in ACCENTS:
            argument = self.group()
            spelled = key([token, *argument])
            if spelled in commands.UNIT_MATRICES:
                read_scripts(self)
                return operators.unit_matrix(self.vocabulary)
            return symbols.read(self, spelled, f"\\{name} {key(argument)}", under_accent=(name, argument))
        if name in commands.FUNCTIONS and name not in GREEK:
            return calls.named(self, name)
        if name == "mu" and self.next.kind == "roman" and (unit := units.named("μ" + self.next.text)) is not None:
            self.advance()  # 389\\,\\mu\\mathrm{b}
            return self.superscripted(unit, read_scripts(self))
        spelled = f"\\{name} "
        is_known = name in GREEK or name in VARIANTS or name in ("Re", "Im", "infty")
        if not is_known and not self.vocabulary.knows(spelled):
            raise ExpressionError(f"“\\{name}” is not read here")
        return symbols.read(self, spelled, f"\\{name}")

    def _slashed(self) -> Node:
        inner = self.parse(self.group())
        if not self.vocabulary.is_vector(inner):
            raise ExpressionError("only a declared four-vector can be slashed")
        return inner

    def _fraction(self) -> Node:
        above, below = self.half(), self.half()
        if (quotient := differentials.fraction(self, above, below)) is not None:
            return quotient
        numerator, denominator = self.parse(above), self.parse(below)
        return product([numerator, tree.Power(denominator, tree.MINUS_ONE)])

    def half(self) -> list[Token]:
        r"""Read an argument of \frac; of a bare number only its first digit, as \frac12 means ½ and \frac1e5 is 5/e."""
        token = self.next
        if token.kind == "number" and len(token.text) > 1:
            first, *rest = tokenize(token.text[1:], scientific=False)
            self.tokens[self.position : self.position + 1] = [first._replace(is_glued=True), *rest]
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


def _signed(node: Node, sign: int) -> Node:
    return node if sign > 0 else negated(node)
