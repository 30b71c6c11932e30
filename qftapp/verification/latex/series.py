r"""Sums and products, written out: \sum_{n=1}^{4} n^2, and \sum_{n=0}^{\infty} x^n/n! as far as it needs to settle.

A series that converges slowly, such as \sum 1/n^2, has not settled by then; what holds it is unreadable, never wrong.
What has symbols for bounds, as \sum_{k=0}^{n} x^k, stays as it is.
"""

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
ENDLESS = (100, 120)
"""Terms of an endless sum: so many must have settled it, so many are its value."""


def read(parser: "Parser", name: str) -> Node:
    r"""Return the tree of a sum or product; \sum or \prod is read already."""
    scripts = read_scripts(parser)
    parts = split(scripts.sub, "=")
    if len(parts) != 2 or not parts[0] or not scripts.sup:
        raise ExpressionError("a sum needs its variable and both bounds")
    start, end = parser.parse(parts[1]), parser.parse(scripts.sup)
    if tree.variables(start) | tree.variables(end):
        return _symbolic(parser, key(parts[0]), (start, end), is_product=name == "prod")
    low, is_endless = _whole(start), end == tree.Constant("infinity")
    high = low + ENDLESS[1] - 1 if is_endless else _whole(end)
    if high - low >= TERMS_LIMIT:
        raise ExpressionError(f"the sum has more than {TERMS_LIMIT} terms")
    spelled = key(parts[0])
    variable = tree.Variable(name_of(spelled))
    before, parser.bound = parser.bound, {**parser.bound, spelled: variable}
    term = parser.term()
    parser.bound = before
    terms = [tree.replaced(term, variable, tree.number(value)) for value in range(low, high + 1)]
    parser.count(sum(1 for _ in tree.walk(term)) * len(terms))
    if is_endless:
        return tree.Call("limit", tuple(_joined(name, terms[:count]) for count in reversed(ENDLESS)))
    return _joined(name, terms)


def _joined(name: str, terms: list[Node]) -> Node:
    if name == "prod":
        return product(terms) if terms else tree.ONE
    return tree.Sum(tuple(terms)) if len(terms) > 1 else terms[0] if terms else tree.ZERO


def _symbolic(parser: "Parser", spelled: str, bounds: tuple[Node, Node], *, is_product: bool) -> Node:
    r"""Return \sum_{k=0}^{n}: how many terms there are depends on a symbol."""
    if not all(map(parser.vocabulary.is_whole, bounds)):
        raise ExpressionError("a bound of a sum is no whole number: its symbols must be declared integers")
    variable = tree.Variable(name_of(spelled))
    known = (*parser.vocabulary.words.values(), *parser.bound.values())
    taken = {node.name for node in known if isinstance(node, tree.Variable | tree.Matrix)}
    while variable.name in taken:
        variable = tree.Variable(f"{variable.name}_")
    before, parser.bound = parser.bound, {**parser.bound, spelled: variable}
    term = parser.term()
    parser.bound = before
    if isinstance(term, tree.Group):
        raise ExpressionError("a sum of lists over a symbolic range is not read")
    return tree.Series(variable.name, *bounds, term, is_product)


def _whole(node: Node) -> int:
    if isinstance(node, tree.Number) and node.value.denominator == 1 and abs(node.value) <= Fraction(10**6):
        return int(node.value)
    raise ExpressionError("only sums between whole numbers are read")
