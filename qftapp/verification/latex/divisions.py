r"""Fractions, roots and binomials: \frac{a}{b}, \frac12, \sqrt[3]{x}, \binom{n}{k}."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.latex import differentials
from qftapp.verification.latex.arithmetic import product
from qftapp.verification.latex.cursor import split
from qftapp.verification.latex.tokens import Token, tokenize
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def fraction(parser: "Parser") -> Node:
    r"""Return a quotient or a derivative; \frac is read already."""
    above, below = half(parser), half(parser)
    if (quotient := differentials.fraction(parser, above, below)) is not None:
        return quotient
    numerator, denominator = parser.parse(above), parser.parse(below)
    return product([numerator, tree.Power(denominator, tree.MINUS_ONE)])


def half(parser: "Parser") -> list[Token]:
    r"""Read an argument of \frac; of a bare number only its first digit, as \frac12 means ½ and \frac1e5 is 5/e."""
    token = parser.next
    if token.kind == "number" and len(token.text) > 1:
        first, *rest = tokenize(token.text[1:], scientific=False)
        parser.tokens[parser.position : parser.position + 1] = [first._replace(is_glued=True), *rest]
        return [Token("number", token.text[0])]
    return parser.group()


def root(parser: "Parser") -> Node:
    r"""Return a square root or one of another degree; \sqrt is read already."""
    degree = None
    if parser.take("["):
        degree = parser.sum()
        parser.expect("]")
    inner = parser.parse(parser.group())
    if degree is None:
        return tree.Power(inner, tree.HALF)
    return tree.Power(inner, product([tree.ONE, tree.Power(degree, tree.MINUS_ONE)]))


def binomial(parser: "Parser") -> Node:
    r"""Return n!/(k!(n−k)!), of several numbers below n!/(k!l!m!); \binom is read already."""
    above, below = parser.parse(parser.group()), list(map(parser.parse, split(_unbracketed(parser.group()), ",", ";")))
    if len(below) == 1:
        return tree.Call("binomial", (above, below[0]))
    divisors = [tree.Power(tree.Call("factorial", (part,)), tree.MINUS_ONE) for part in below]
    return tree.Product((tree.Call("factorial", (above,)), *divisors))


def _unbracketed(tokens: list[Token]) -> list[Token]:
    return tokens[1:-1] if tokens and tokens[0].text == "[" and tokens[-1].text == "]" else tokens
