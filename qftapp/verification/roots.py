"""Where a real expression vanishes, searched along one symbol at a time through given points."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, pairwise

from flint import acb

from qftapp.verification import columns, tree
from qftapp.verification.evaluation import BITS, Evaluator, evaluate, evaluator, working_precision
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, Scalar, Value

STEPS = 24
"""Values of a symbol tried on each line, in search of a change of sign."""
HALVINGS, AT_ONCE = 40, 4
"""Halvings of the interval in which a sign changes, and how many of them one look at an expression answers."""
VANISHING = 1e-9
"""The share of its size nearby below which a number counts as 0."""
REACH, FAR = 8.0, 1000.0
"""How far from a point roots are looked for, as factors on the symbol: at first, and beyond that."""


class Where(Enum):
    """Where roots are looked for, in the order in which it is tried."""

    NEAR = "on lines along real symbols, near the points"
    BEYOND = "on the same lines, further out than these and where no bound ends them"
    IN_VECTORS = "on lines along each component of the four-vectors"


@dataclass(frozen=True, slots=True)
class Root:
    """A point where an expression vanishes, and two points beside it, along the symbol `name`, where it does not."""

    point: Point
    name: str
    beside: tuple[Point, Point]

    def solves(self, other: Node, spacetime: Spacetime) -> bool:
        """Whether another expression vanishes here too."""
        nearby = max(size(other, point, spacetime) for point in self.beside)
        return size(other, self.point, spacetime) <= VANISHING * nearby < float("inf")


def roots(
    symbols: Sequence[Symbol], points: Sequence[Point], node: Node, spacetime: Spacetime, where: Where = Where.NEAR
) -> Iterator[Root]:
    """Yield the roots on the lines through the points along each symbol, within its bounds."""
    used, value_at = tree.variables(node), evaluator(node, spacetime=spacetime)
    for point in points:
        for symbol in symbols:
            value = point[symbol.name]
            if symbol.name not in used or symbol.domain.is_whole:
                continue
            if where is not Where.IN_VECTORS and isinstance(value, float | int):
                line = _Line(point, symbol, node, value_at, spacetime)
                has_both_signs = symbol.domain is Domain.REAL and symbol.low is None and symbol.high is None
                for start in (value, -value) if has_both_signs else (value,):
                    for low, high in _stretches(symbol, start, where):
                        yield from line.roots(low, high)
            elif where is Where.IN_VECTORS and isinstance(value, tuple):
                for place, part in enumerate(value):
                    line = _Line(point, symbol, node, value_at, spacetime, place)
                    for low, high in _stretches(symbol, part):
                        yield from line.roots(low, high)


def size(node: Node, point: Point, spacetime: Spacetime) -> float:
    """Return the modulus of an expression, infinite where it is undefined."""
    ball = _number(evaluate(node, point, spacetime=spacetime))
    return float("inf") if ball is None else float(abs(ball).mid())


def _stretches(symbol: Symbol, value: float, where: Where = Where.NEAR) -> Iterator[tuple[float, float]]:
    """Yield between which numbers, the lower first, roots are looked for."""
    if where is Where.BEYOND:
        bound = symbol.low if value < 0 else symbol.high
        if bound is None:
            yield _ordered(value * REACH, value * FAR)
        return
    low, high = _ordered(value / REACH, value * REACH)
    yield low if symbol.low is None else symbol.low, high if symbol.high is None else symbol.high


def _ordered(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)


@dataclass(frozen=True, slots=True)
class _Line:
    point: Point
    symbol: Symbol
    node: Node
    value_at: Evaluator
    spacetime: Spacetime
    place: int | None = None
    """Which component moves, of a four-vector."""

    def roots(self, low: float, high: float) -> Iterator[Root]:
        places = [low + (high - low) * (step + 0.5) ** 2 / STEPS**2 for step in range(STEPS)]
        signs = self.signs(places)
        for (left, before), (right, after) in pairwise(zip(places, signs, strict=True)):
            if before * after < 0:
                root = Root(
                    self.at(self.halved(left, right, before)), self.symbol.name, (self.at(left), self.at(right))
                )
                if root.solves(self.node, self.spacetime):  # and is no pole
                    yield root

    def at(self, place: float) -> Point:
        value = self.point[self.symbol.name]
        if isinstance(value, tuple) and self.place is not None:
            return {**self.point, self.symbol.name: (*value[: self.place], place, *value[self.place + 1 :])}
        return {**self.point, self.symbol.name: place}

    def signs(self, places: Sequence[float]) -> list[int]:
        """Return the signs at many places."""
        signs = self.signs_at_once(places)
        return [*map(self.sign, places)] if signs is None else signs

    def signs_at_once(self, places: Sequence[float]) -> list[int] | None:
        """Return the signs at many places where the expression is plain, None where it is not."""
        if self.place is not None:
            return None
        with working_precision(BITS[0]):
            balls = columns.along(self.node, self.point, self.symbol.name, [*map(acb, places)], math.inf)
        return None if balls is None else [*map(_sign, balls)]

    def sign(self, place: float) -> int:
        return _sign(_number(self.value_at(self.at(place), math.inf)))

    def halved(self, left: float, right: float, before: int) -> float:
        """Return where between two places the sign that is `before` at the left one ends."""
        for _ in range(HALVINGS // AT_ONCE):
            places = _halves(left, right, AT_ONCE)
            signs = self.signs_at_once(places)
            low, high = 0, len(places) - 1
            while high - low > 1:
                middle = (low + high) // 2
                if (self.sign(places[middle]) if signs is None else signs[middle]) == before:
                    low = middle
                else:
                    high = middle
            left, right = places[low], places[high]
        return (left + right) / 2


def _halves(left: float, right: float, times: int) -> list[float]:
    """Return all places that so many halvings of an interval can lead to, in order."""
    places = [left, right]
    for _ in range(times):
        middles = [(low + high) / 2 for low, high in pairwise(places)]
        places = [*chain.from_iterable(zip(places, middles, strict=False)), right]
    return places


def _sign(ball: acb | None) -> int:
    if ball is None or not ball.is_finite() or not ball.imag.contains(0):
        return 0
    return 1 if ball.real > 0 else -1 if ball.real < 0 else 0


def _number(value: Value) -> acb | None:
    return value.ball if isinstance(value, Scalar) and value.is_finite else None
