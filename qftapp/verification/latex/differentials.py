r"""Derivatives written as quotients: \frac{df}{dx}, \frac{d^2}{dx^2}f, \frac{\partial^2\phi}{\partial x\partial t}."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.cursor import Cursor
from qftapp.verification.latex.derivatives import by_symbol, derived, is_mark, operand
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.latex.unknowns import MOST_DERIVATIVES
from qftapp.verification.tree import Node, Variable

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def fraction(parser: "Parser", above: Sequence[Token], below: Sequence[Token]) -> Node | None:
    r"""Return the derivative that \frac{d…}{dx…} is; nothing where it is a quotient."""
    head = _head(parser, above)
    marks = _denominator(parser, below, head.is_partial) if head else None
    if head is None or marks is None:
        return None
    if sum(order for _, order in marks) != head.order:
        raise ExpressionError("the orders above and below a derivative differ")
    bys = [by_symbol(parser, tokens) for tokens, order in marks for _ in range(order)]
    body = parser.parse(head.rest) if head.rest else operand(parser, bys)
    return derived(parser, body, bys, is_partial=head.is_partial)


@dataclass(frozen=True, slots=True)
class _Head:
    """The numerator of a derivative: d or ∂, its order, and what stands behind it."""

    is_partial: bool
    order: int
    rest: list[Token]


def _head(parser: "Parser", tokens: Sequence[Token]) -> _Head | None:
    if not tokens or not is_mark(parser, tokens[0]):
        return None
    cursor = Cursor(tokens[1:])
    order = 1
    if cursor.take("^"):
        text = key(cursor.group())
        if not text.isdecimal():
            return None
        order = int(text)
    if order > MOST_DERIVATIVES:
        raise ExpressionError(f"more than {MOST_DERIVATIVES} derivatives are not read")
    return _Head(tokens[0].text == "partial", order, cursor.tokens[cursor.position :])


def _denominator(parser: "Parser", tokens: Sequence[Token], is_partial: bool) -> list[tuple[list[Token], int]] | None:
    """Return what stands behind each d, with its order; nothing where there is none."""
    found: list[tuple[list[Token], int]] = []
    for token in tokens:
        if is_mark(parser, token) and (token.text == "partial") == is_partial:
            found.append(([], 1))
        elif not found:
            return None
        else:
            found[-1][0].append(token)
    return [_ordered(parser, part) for part, _ in found] if all(part for part, _ in found) else None


def _ordered(parser: "Parser", tokens: list[Token]) -> tuple[list[Token], int]:
    """Return the symbol and the order of x^2; on a four-vector that is an index."""
    place = next((n for n, token in enumerate(tokens) if token.text == "^" and token.kind == "symbol"), len(tokens))
    node = parser.vocabulary.symbols.get(key(tokens[:place]))
    if isinstance(node, Variable) and node.name in parser.vocabulary.vectors:
        return tokens, 1
    raised = key(tokens[place + 1 :])
    return (tokens[:place], int(raised)) if raised.isdecimal() and int(raised) < 10 else (tokens, 1)
