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
    bars,
    brackets,
    calls,
    colour,
    controls,
    divisors,
    matrices,
    numbers,
    powers,
    words,
)
from qftapp.verification.latex.arithmetic import negated, product
from qftapp.verification.latex.calls import QUOTIENTS
from qftapp.verification.latex.cursor import OPENING, Cursor
from qftapp.verification.latex.gradients import dotted
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.latex.vocabulary import Vocabulary
from qftapp.verification.tree import Node

_SUMMING = {"+": 1, "-": -1, "pm": 1, "mp": -1}
_BEHIND = frozenset("!^%_'")
"""What can stand behind a factor and change it."""
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
        if not self.vocabulary.vectors:
            return False
        braceless = [token for token in self.tokens if token.text not in ("{", "}")]
        for token, mark, index in zip(braceless, braceless[1:], braceless[2:], strict=False):
            if mark.text == "^" and index.text in ("0", "1", "3"):
                symbol = self.vocabulary.symbols.get(key([token]))
                if symbol is not None and self.vocabulary.is_vector(symbol):
                    return True
        return False

    def parse(self, tokens: Sequence[Token]) -> Node:
        """Return the tree of a part of the text, in the same reading."""
        if len(tokens) == 1 and tokens[0].kind == "number" and self._may_be_lone():
            return numbers.lone(self, tokens[0].text)
        inner = Parser(tokens, self.vocabulary, loose=self.loose, sign=self.sign, depth=self.depth)
        inner.bound = self.bound
        inner.has_components = self.has_components
        inner.gradients = self.gradients
        node = inner._all()
        self.is_ambiguous |= inner.is_ambiguous
        self.has_two_signs |= inner.has_two_signs
        self.count(inner.nodes)
        return node

    def _may_be_lone(self) -> bool:
        """Whether a number by itself is one: no symbol is spelled with it, and it is not too deep."""
        return not self.vocabulary.phrases and self.depth < DEPTH_LIMIT

    def sum(self) -> Node:
        """Read terms with + and − between them."""
        terms = [self.term(self._signs())]
        while self.mark in _SUMMING:
            sign = self._signs()
            terms.append(_signed(self.term(), sign))
        if len(terms) == 1:
            return terms[0]
        return matrices.sum_of(terms) or tree.Sum(tuple(terms))

    def _signs(self) -> int:
        sign = 1
        for _ in range(DEPTH_LIMIT):
            text = self.mark
            if text not in _SUMMING:
                return sign
            self.position += 1
            sign *= _SUMMING[text]
            if text in ("pm", "mp"):
                self.has_two_signs = True
                sign *= self.sign
        raise ExpressionError("there are too many signs in a row")

    def term(self, sign: int = 1) -> Node:
        """Read factors, written side by side or with \\cdot, \\times, / between them; a sign belongs to a dividend."""
        factors: list[Node] = [self.factor()]
        while True:
            mark = self.mark
            if mark in _PRODUCTS:
                self.position += 1
                self.join(factors, self._signed_factor())
            elif mark in QUOTIENTS:
                self.position += 1
                factors.append(powers.power(self, self._divisor(), tree.MINUS_ONE))
            elif mark == "mod":
                self.position += 1
                parts = (_signed(product(factors), sign), self._modulus())
                factors, sign = [divisors.folded("modulo", parts) or tree.Call("modulo", parts)], 1
            elif self.starts_factor():
                self.join(factors, self.factor())
            else:
                return _signed(product(factors), sign)

    def join(self, factors: list[Node], right: Node) -> None:
        """Add a factor; two four-vectors side by side are their scalar product."""
        if factors and self.is_gradient(factors[-1]) and self.is_gradient(right):
            factors[-1] = dotted(factors[-1], right)
        elif factors and self.vocabulary.is_vector(right) and self.vocabulary.is_vector(factors[-1]):
            factors[-1] = tree.Call("dot", (factors[-1], right))
        else:
            factors.append(right)

    def is_gradient(self, node: Node) -> bool:
        """Whether ∇ has made a tree."""
        return isinstance(node, tree.Group) and node in self.gradients

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
        return not (self.bars and self.at_bar()) or bars.opens(self.tokens, self.position)

    def at_bar(self) -> bool:
        return self.at(*bars.BARS)

    def factor(self) -> Node:
        """Read a primary with what is raised behind it."""
        start = self.position
        node = self.primary()
        is_closed = self.tokens[start].text in OPENING and self.position > start + 1
        while self.mark in _BEHIND:
            if self.take("!"):
                node = tree.Call("double_factorial" if self.take("!") else "factorial", (node,))
                if self.at("!"):
                    raise ExpressionError("x!!! can be two things: write brackets")
            elif self.at("^"):
                self.advance()
                node = powers.raised(self, node, self.group())
            elif self.take("%"):
                node = tree.Product((node, tree.number(Fraction(1, 100))))
            elif self.at("_") and is_closed:
                self.advance()
                script = self.group()
                lowered = colour.entry(node, script) or powers.component(self, node, script, is_upper=False)
                node = lowered or tree.Call("rising", (node, self.parse(script)))
            elif self.at("'"):
                raise ExpressionError("a derivative written with ' is not read: write it out")
            else:
                break
        if is_closed:
            self.closed_at = self.position
        return node

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
        if (phrase := brackets.phrase(self)) is not None:
            return phrase
        if token.kind == "number":
            return numbers.read(self)
        if token.kind == "roman":
            return words.read_roman(self, self.advance().text)
        if token.kind == "letter":
            return words.read_letters(self)
        if self.at_bar():
            return brackets.absolute(self)
        if token.kind == "symbol":
            if token.text == "{" and self.peek(1).text == "}" and self.peek(2).text == "_":
                return calls.hypergeometric(self)
            if token.text == "_" and self.peek(1).kind == "number" and self.peek(2).text == "F":
                return calls.hypergeometric(self)
            if token.text in OPENING:
                return brackets.read(self, self.advance().text)
            raise ExpressionError(f"“{token}” is not expected here")
        if token.kind == "end":
            raise ExpressionError("the expression ends too early")
        return controls.read(self)

    def count(self, nodes: int) -> None:
        """Add to the parts read. Raises ExpressionError where they become too many."""
        self.nodes += nodes
        if self.nodes > NODES_LIMIT:
            raise ExpressionError(f"the expression has more than {NODES_LIMIT} parts")


def _signed(node: Node, sign: int) -> Node:
    return node if sign > 0 else negated(node)
