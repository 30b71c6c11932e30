r"""Finite sums and products, written out: \sum_{n=1}^{4} n^2."""

from fractions import Fraction
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.arithmetic import product
from qftapp.verification.latex.cursor import split
from qftapp.verification.latex.scripts import read_scripts
from qftapp.verification.latex.spelling import key, name_of
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

TERMS_LIMIT = 200


def read(parser: "Parser", name: str) -> Node:
    r"""Return the tree of a sum or product; \sum or \prod is read already."""
    scripts = read_scripts(parser)
    parts = split(scripts.sub, "=")
    if len(parts) != 2 or not parts[0] or not scripts.sup:
        raise ExpressionError("a sum needs its variable and both bounds")
    low, high = _whole(parser.parse(parts[1])), _whole(parser.parse(scripts.sup))
    if high - low >= TERMS_LIMIT:
        raise ExpressionError(f"the sum has more than {TERMS_LIMIT} terms")
    spelled = key(parts[0])
    variable = tree.Variable(name_of(spelled))
    before, parser.bound = parser.bound, {**parser.bound, spelled: variable}
    term = parser.term()
    parser.bound = before
    terms = [_at(term, variable, tree.number(value)) for value in range(low, high + 1)]
    parser.count(sum(1 for _ in tree.walk(term)) * len(terms))
    if name == "prod":
        return product(terms) if terms else tree.ONE
    return tree.Sum(tuple(terms)) if len(terms) > 1 else terms[0] if terms else tree.ZERO


def _whole(node: Node) -> int:
    if isinstance(node, tree.Number) and node.value.denominator == 1 and abs(node.value) <= Fraction(10**6):
        return int(node.value)
    raise ExpressionError("only sums between whole numbers are read")


def _at(node: Node, variable: tree.Variable, value: Node) -> Node:
    if node == variable:
        return value
    return tree.rebuilt(node, tuple(_at(child, variable, value) for child in tree.children(node)))
