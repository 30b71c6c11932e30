"""Integrands made ready to be evaluated many times: what their variable does not change is computed once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qftapp.verification import tree
from qftapp.verification.continuation import MEROMORPHIC
from qftapp.verification.tree import Node

_PIECEWISE = frozenset({"log", "log2", "log10", "sqrt", "abs", "sign", "heaviside", "floor", "ceiling"})
_CUT_ABOVE_ONE = frozenset({"dilogarithm", "trilogarithm", "polylog"})
_COVERED = (MEROMORPHIC | _PIECEWISE | _CUT_ABOVE_ONE | {"minimum", "maximum"}) - {"floor", "ceiling"}
"""Functions that have no kink and no branch point but where a switch is 0."""


@dataclass(frozen=True, slots=True)
class Integrand:
    """An integrand in which variables of the names in `fixed` stand for what does not depend on its variable.

    Where a number in `switches` changes its sign, the integrand may have a singularity or a kink. Where one of those
    `around` does, so may the integral as a function of other variables. `is_covered` says that they have none elsewhere
    but poles.
    """

    variable: str
    body: Node
    fixed: tuple[tuple[str, Node], ...]
    switches: tuple[Node, ...]
    around: tuple[Node, ...]
    is_covered: bool


@lru_cache(maxsize=256)
def integrand_of(integral: tree.Integral) -> Integrand:
    """Return the integrand of an integral."""
    # Names that no symbol has, nor the integral around this one has given.
    mark = "§" * (1 + max((name.count("§") for name in tree.variables(integral)), default=0))
    found: list[Node] = []
    body = _hoisted(integral.integrand, frozenset((integral.variable,)), mark, found)
    fixed = tuple((f"{mark}{n}", node) for n, node in enumerate(found))
    switches = tuple(node for node in _switches(body) if integral.variable in tree.variables(node))
    outer = (integral.low, integral.high, *found)
    around = tuple(switch for node in outer for switch in _switches(node))
    is_covered = all(part.function in _COVERED for part in tree.walk(body) if isinstance(part, tree.Call)) and not any(
        isinstance(part, tree.Integral) for node in outer for part in tree.walk(node)
    )
    return Integrand(integral.variable, body, fixed, switches, around, is_covered)


def _hoisted(node: Node, bound: frozenset[str], mark: str, found: list[Node]) -> Node:
    """Return a tree with a variable in place of every part that does not depend on `bound`; those parts are `found`."""
    if isinstance(node, tree.Choice | tree.Text | tree.Truth):
        return node
    if not isinstance(node, tree.Group) and tree.variables(node).isdisjoint(bound):
        if node not in found:
            found.append(node)
        return tree.Variable(f"{mark}{found.index(node)}")
    match node:
        case tree.Power(base, tree.Number() as exponent):
            return tree.Power(_hoisted(base, bound, mark, found), exponent)
        case tree.Integral(variable, low, high, integrand):
            low, high = (_hoisted(part, bound, mark, found) for part in (low, high))
            return tree.Integral(variable, low, high, _hoisted(integrand, bound | {variable}, mark, found))
    return tree.rebuilt(node, tuple(_hoisted(part, bound, mark, found) for part in tree.children(node)))


def _switches(node: Node) -> Iterator[Node]:
    match node:
        case tree.Integral():
            yield from integrand_of(node).around
            return
        case tree.Call(function, (argument, *_)) if function in _PIECEWISE:
            yield argument
        case tree.Call(function, (*_, argument)) if function in _CUT_ABOVE_ONE:
            yield _difference(tree.ONE, argument)
        case tree.Call("minimum" | "maximum", operands) | tree.Comparison(_, operands):
            for left, right in pairwise(operands):
                yield _difference(left, right)
        case tree.Power(base, exponent) if not (isinstance(exponent, tree.Number) and exponent.value.denominator == 1):
            yield base
    for part in tree.children(node):
        yield from _switches(part)


def _difference(left: Node, right: Node) -> Node:
    return tree.Sum((left, tree.Product((tree.MINUS_ONE, right))))
