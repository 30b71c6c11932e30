r"""Sets of real numbers as intervals and points: [0, 1] \cup \{2\}, and what \cap and \setminus leave of them.

Kept as the cuts at which membership changes. A cut stands just before a number or just after it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from flint import arb

from qftapp.verification import tree
from qftapp.verification.evaluation import evaluate
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.arithmetic import interval, is_infinite, negated
from qftapp.verification.tree import Node
from qftapp.verification.values import Scalar

_NUMBERS_ONLY = "only sets of numbers can be joined or intersected: an end holds a symbol"


@dataclass(frozen=True, slots=True)
class Cut:
    """A place between numbers: before `node` (side −1) or after it (side 1); `value` is what `node` is worth."""

    node: Node
    value: arb
    side: int


@dataclass(frozen=True, slots=True)
class Region:
    """A set of reals: inside from the first cut to the second, outside to the third, and so on."""

    cuts: tuple[Cut, ...]

    def joined(self, other: "Region") -> "Region":
        """Return what is in either."""
        return _combined(self, other, lambda here, there: here or there)

    def common(self, other: "Region") -> "Region":
        """Return what is in both."""
        return _combined(self, other, lambda here, there: here and there)

    def without(self, other: "Region") -> "Region":
        """Return what is in this one alone."""
        return _combined(self, other, lambda here, there: here and not there)

    @property
    def pieces(self) -> tuple[Node, ...]:
        """Its intervals and points in order."""
        return tuple(_piece(*pair) for pair in zip(self.cuts[::2], self.cuts[1::2], strict=True))


_INFINITY = tree.Constant("infinity")
_LEAST = Cut(negated(_INFINITY), arb(-math.inf), 1)
_GREATEST = Cut(_INFINITY, arb(math.inf), -1)
REALS = Region((_LEAST, _GREATEST))
NOTHING = Region(())


def point(node: Node) -> Region:
    """Return the set of one number."""
    value = _value(node)
    return Region((Cut(node, value, -1), Cut(node, value, 1)))


def between(opening: str, ends: Sequence[Node], closing: str) -> Region:
    """Return an interval, nothing of one whose ends are in the wrong order. Raises ExpressionError."""
    low = _end(ends[0], -1 if opening == "[" else 1)
    high = _end(ends[1], 1 if closing == "]" else -1)
    return Region((low, high)) if _order(low, high) < 0 else NOTHING


def _end(node: Node, side: int) -> Cut:
    if is_infinite(node):
        return _GREATEST if node == _INFINITY else _LEAST
    return Cut(node, _value(node), side)


def _value(node: Node) -> arb:
    if tree.variables(node):
        raise ExpressionError(_NUMBERS_ONLY)
    value = evaluate(node, {})
    if not isinstance(value, Scalar) or not value.is_finite or not value.ball.imag.contains(0):
        raise ExpressionError("the end of an interval must be a real number")
    return value.ball.real


def _order(left: Cut, right: Cut) -> int:
    if left.value < right.value:
        return -1
    if left.value > right.value:
        return 1
    return left.side - right.side


def _combined(left: Region, right: Region, keeps: Callable[[bool, bool], bool]) -> Region:
    found: list[Cut] = []
    is_in = False
    cuts = sorted((*left.cuts, *right.cuts), key=cmp_to_key(_order))
    for place, cut in enumerate(cuts):
        if place + 1 < len(cuts) and _order(cut, cuts[place + 1]) == 0:
            continue
        now = keeps(_is_behind(left, cut), _is_behind(right, cut))
        if now != is_in:
            found.append(cut)
            is_in = now
    return Region(tuple(found))


def _is_behind(region: Region, cut: Cut) -> bool:
    """Whether what follows a cut at once is inside."""
    return sum(_order(other, cut) <= 0 for other in region.cuts) % 2 == 1


def _piece(low: Cut, high: Cut) -> Node:
    if not low.value < high.value:
        return low.node
    return interval("[" if low.side < 0 else "(", (low.node, high.node), "]" if high.side > 0 else ")")
