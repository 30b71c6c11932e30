"""When two equations are one: where the sides of either agree, those of the other agree too.

| gold | answer | |
|---|---|---|
| E² = p² + m² | E² − p² − m² = 0, 2E² = 2p² + 2m² | the same: a constant factor between the differences of the sides |
| E² = p² + m² | E²/m² = 1 + p²/m² | the same: the same solutions in every symbol |
| x = 1 | (x − 1)(x − 2) = 0 | another: it has a further solution |
| x = 1 | x = x | another: it holds everywhere |
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import acb

from qftapp.verification import tree
from qftapp.verification.evaluation import BITS, TooSlow, evaluate
from qftapp.verification.symbols import Symbol
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, Scalar, shown_point

STEPS = 24
"""Values of a symbol tried on each point, in search of a change of sign."""
HALVINGS = 50
FEWEST_SOLUTIONS = 3
MOST_POINTS = 4
"""Points on whose lines solutions are looked for."""
VANISHING = 1e-9
"""The share of its size nearby below which a difference counts as 0."""
REACH = 8.0
"""How far from a point solutions are looked for, as a factor on the symbol."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether two equations have the same solutions, None if too few were found; `reason` says where they differ."""

    are_same: bool | None
    reason: str = ""


def same_solutions(
    symbols: Sequence[Symbol], points: Sequence[Point], gold: Node, answer: Node, stop_at: float
) -> Finding:
    """Compare the solutions of two equations, given as residuals, near the points; until `stop_at` (time.monotonic)."""
    try:
        for first, second, words in ((gold, answer, "gold holds"), (answer, gold, "the answer holds")):
            count = 0
            for solution in _solutions(symbols, points, first, stop_at):
                count += 1
                if not solution.solves(second):
                    other = "the answer" if first is gold else "gold"
                    return Finding(False, f"at {shown_point(solution.point)} {words}, but {other} does not")
            if first is gold and count < FEWEST_SOLUTIONS:
                return Finding(None, "too few solutions of gold were found to compare with")
        is_empty = all(_size(answer, point) == 0 for point in points)
    except TooSlow:
        return Finding(None, "the equations could not be compared in time")
    return Finding(False, "the answer holds everywhere") if is_empty else Finding(True)


@dataclass(frozen=True, slots=True)
class _Solution:
    """A point on which an equation holds, and two points beside it on which it does not."""

    point: Point
    beside: tuple[Point, Point]

    def solves(self, other: Node) -> bool:
        size = max(_size(other, point) for point in self.beside)
        return _size(other, self.point) <= VANISHING * size


def _solutions(symbols: Sequence[Symbol], points: Sequence[Point], node: Node, stop_at: float) -> Iterator[_Solution]:
    used = tree.variables(node)
    for point in points[:MOST_POINTS]:
        for symbol in symbols:
            value = point[symbol.name]
            if symbol.name in used and isinstance(value, float | int) and not symbol.domain.is_whole:
                if time.monotonic() > stop_at:
                    raise TooSlow
                yield from _along(point, symbol, float(value), node)


def _along(point: Point, symbol: Symbol, value: float, node: Node) -> Iterator[_Solution]:
    """Yield solutions on the line through a point along one symbol, between its bounds."""
    low = value / REACH if symbol.low is None else symbol.low
    high = value * REACH if symbol.high is None else symbol.high
    low, high = min(low, high), max(low, high)
    places = [low + (high - low) * (step + 0.5) ** 2 / STEPS**2 for step in range(STEPS)]
    signs = [_sign(node, {**point, symbol.name: place}) for place in places]
    for left, right, before, after in zip(places, places[1:], signs, signs[1:], strict=False):
        if before * after < 0:
            root = _halved(node, point, symbol.name, left, right, before)
            beside = ({**point, symbol.name: left}, {**point, symbol.name: right})
            solution = _Solution({**point, symbol.name: root}, beside)
            if solution.solves(node):  # and no pole
                yield solution


def _halved(node: Node, point: Point, name: str, left: float, right: float, before: int) -> float:
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        if _sign(node, {**point, name: middle}) == before:
            left = middle
        else:
            right = middle
    return (left + right) / 2


def _sign(node: Node, point: Point) -> int:
    ball = _ball(node, point)
    if ball is None or not ball.imag.contains(0):
        return 0
    return 1 if ball.real > 0 else -1 if ball.real < 0 else 0


def _size(node: Node, point: Point) -> float:
    ball = _ball(node, point)
    return float("inf") if ball is None else float(abs(ball).mid())


def _ball(node: Node, point: Point) -> acb | None:
    value = evaluate(node, point, BITS[0])
    return value.ball if isinstance(value, Scalar) and value.is_finite else None
