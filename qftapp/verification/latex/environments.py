r"""Matrices, \mathrm{diag}(…) and case distinctions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.commands import COMPARISONS
from qftapp.verification.latex.cursor import split
from qftapp.verification.latex.matrices import determinant
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_MATRICES = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"))
_CASES = frozenset(("cases", "dcases", "rcases"))
_TRANSPARENT = frozenset(("aligned", "align", "align*", "equation", "equation*", "gathered", "split"))
_OTHERWISE = frozenset(("otherwise", "else", "elsewhere"))
_JOINING = frozenset(("if", "for", "when", "where", "and"))
ENTRIES_LIMIT = 256


def read(parser: "Parser") -> Node:
    r"""Return the tree of an environment; \begin is read already."""
    name = key(parser.group())
    if name == "array":
        parser.group()  # the columns
    body = _body(parser)
    rows = [split(row, "&") for row in split(body, "newline") if row]
    if name in _MATRICES:
        return _matrix(parser, rows)
    if name == "vmatrix":
        return determinant(_matrix(parser, rows))
    if name in _CASES:
        return _cases(parser, rows)
    if name in _TRANSPARENT and len(rows) == 1:
        return parser.parse([token for cell in rows[0] for token in cell])
    raise ExpressionError(f"the environment {name[:40]} is not read here")


def _body(parser: "Parser") -> list[Token]:
    start, depth = parser.position, 1
    while depth:
        token = parser.advance()
        if token.kind == "command" and token.text in ("begin", "end"):
            depth += 1 if token.text == "begin" else -1
    end = parser.position - 1
    parser.group()
    return parser.tokens[start:end]


def _matrix(parser: "Parser", rows: list[list[list[Token]]]) -> Node:
    if not rows or len({len(row) for row in rows}) != 1:
        raise ExpressionError("the rows of the matrix differ in length")
    if len(rows) * len(rows[0]) > ENTRIES_LIMIT:
        raise ExpressionError(f"the matrix has more than {ENTRIES_LIMIT} entries")
    return tree.Group("list", tuple(tree.Group("list", tuple(map(parser.parse, row))) for row in rows))


def diagonal(entries: Sequence[Node]) -> Node:
    """Return the diagonal matrix with these entries."""
    size = range(len(entries))
    if len(entries) ** 2 > ENTRIES_LIMIT:
        raise ExpressionError(f"the matrix has more than {ENTRIES_LIMIT} entries")
    rows = [[entries[row] if row == column else tree.ZERO for column in size] for row in size]
    return tree.Group("list", tuple(tree.Group("list", tuple(row)) for row in rows))


def _cases(parser: "Parser", rows: list[list[list[Token]]]) -> Node:
    node: Node = tree.Constant("nan")
    for row in reversed(rows):
        if len(row) != 2:
            raise ExpressionError("each case needs a value and a condition")
        value = parser.parse(_without_comma(row[0]))
        condition = _condition(parser, row[1])
        node = value if condition is None else tree.Choice(condition, value, node)
    return node


def _without_comma(tokens: list[Token]) -> list[Token]:
    return tokens[:-1] if tokens and tokens[-1].text in (",", ";") else tokens


def _condition(parser: "Parser", tokens: list[Token]) -> Node | None:
    """Return a condition such as t > 0 or 0 < x < 1; nothing for “otherwise”."""
    words = {token.text.strip(" ,.:").casefold() for token in tokens if token.kind == "roman"}
    if words & _OTHERWISE:
        return None
    kept = [t for t in tokens if not (t.kind == "roman" and t.text.strip(" ,.:").casefold() in _JOINING)]
    conditions = [comparison(parser, part) for part in split(_without_comma(kept), ",", "wedge")]
    return conditions[0] if len(conditions) == 1 else tree.Logic("and", tuple(conditions))


def comparison(parser: "Parser", tokens: list[Token]) -> Node:
    """Return a chain of comparisons. Raises ExpressionError where there is none."""
    operators, operands, part = [], [], list[Token]()
    for token in tokens:
        if token.kind in ("symbol", "command") and token.text in COMPARISONS:
            operators.append(COMPARISONS[token.text])
            operands.append(parser.parse(part))
            part = []
        else:
            part.append(token)
    operands.append(parser.parse(part))
    if not operators:
        raise ExpressionError("a case lacks its condition")
    return tree.Comparison(tuple(operators), tuple(operands))
