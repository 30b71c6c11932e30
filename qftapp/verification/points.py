"""The points at which an answer is compared with gold: spread over signs and magnitudes, never at special values.

Coordinates are generic: no zeros, nothing on an axis of the complex plane. The same seed gives the same points.
"""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.coordinates import Range, choose, permitted, whole_limits
from qftapp.verification.evaluation import evaluate, holds
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.sources import read_expression
from qftapp.verification.symbols import Symbol
from qftapp.verification.tree import Node
from qftapp.verification.values import Coordinate, Point, Scalar

TRIES = 400
"""Proposals made for one point before the assumptions count as unsatisfiable."""
ENUMERATED = 200
"""Up to this many possible points, integers are tried one by one instead of at random."""


class NoPoints(ValueError):
    """No point could be found; the message says which assumption stood in the way."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An assumption that bounds the symbol `name` by an expression in other symbols."""

    name: str
    is_lower: bool
    by: Node


@dataclass(frozen=True, slots=True)
class Region:
    """The symbols of a contract in an order in which they can be chosen, and what they must satisfy."""

    symbols: tuple[Symbol, ...]
    order: tuple[Symbol, ...]
    bounds: tuple[Bound, ...]
    assumptions: tuple[tuple[str, Node], ...]
    spacetime: Spacetime

    @classmethod
    def of(cls, contract: Contract) -> "Region":
        """Return the region of a contract whose assumptions are known to be readable."""
        assumptions = tuple((text, read_expression(text, contract)) for text in contract.assumptions)
        order, bounds = _ordered(contract.symbols, [node for _, node in assumptions])
        return cls(contract.symbols, order, bounds, assumptions, Spacetime.of(contract.conventions))

    def violated(self, point: Point) -> str | None:
        """Return the text of the first assumption a point does not satisfy, None if it satisfies all."""
        return next((text for text, node in self.assumptions if not holds(node, point, self.spacetime)), None)

    def admits(self, point: Point) -> bool:
        """Whether a point lies within every domain and satisfies every assumption."""
        return all(permitted(s, point[s.name]) for s in self.symbols) and self.violated(point) is None

    def propose(self, source: random.Random, strata: dict[str, int]) -> Point:
        """Return a point within every domain and, as far as they are simple, within the assumptions."""
        chosen: dict[str, Coordinate] = {}
        for symbol in self.order:
            chosen[symbol.name] = choose(self._narrowed(symbol, chosen), strata[symbol.name], source)
        return chosen if self.order == self.symbols else {symbol.name: chosen[symbol.name] for symbol in self.symbols}

    def _narrowed(self, symbol: Symbol, chosen: dict[str, Coordinate]) -> "Range":
        low, high = symbol.low, symbol.high
        for bound in self.bounds:
            if bound.name == symbol.name and (value := _real_value(bound.by, chosen, self.spacetime)) is not None:
                if bound.is_lower:
                    low = value if low is None else max(low, value)
                else:
                    high = value if high is None else min(high, value)
        return Range(symbol, low, high)


def sample(contract: Contract, count: int, seed: int) -> tuple[Point, ...]:
    """Return up to `count` different points; fewer only where integers leave no more.

    Raises NoPoints if the assumptions (or the excluded values) leave none to be found.
    """
    if not contract.symbols:
        return ({},)
    region = Region.of(contract)
    enumerated = _enumerated(region)
    source = random.Random(f"points {seed}")
    if enumerated is not None:
        source.shuffle(enumerated)
        if not enumerated:
            raise NoPoints("no values of the integers satisfy the assumptions and bounds")
        return tuple(enumerated[:count])
    return tuple(_sampled(region, count, source))


def _sampled(region: Region, count: int, source: random.Random) -> Iterator[Point]:
    """Yield points whose strata go through every sign and magnitude of every symbol in a random order."""
    decks = {symbol.name: _deck(count, source) for symbol in region.symbols}
    seen: list[Point] = []
    for index in range(count):
        strata = {name: deck[index] for name, deck in decks.items()}
        point = _found(region, strata, source, seen)
        if point is None:
            return
        seen.append(point)
        yield point


def _deck(count: int, source: random.Random) -> list[int]:
    deck = list(range(count))
    source.shuffle(deck)
    return deck


def _found(region: Region, strata: dict[str, int], source: random.Random, seen: list[Point]) -> Point | None:
    """Return a new point that satisfies everything, None if only repetitions turn up."""
    obstacles: dict[str, int] = {}
    for attempt in range(TRIES):
        if attempt >= 20:
            strata = {name: source.randrange(64) for name in strata}
        point = region.propose(source, strata)
        excluded = next((s.name for s in region.symbols if not permitted(s, point[s.name])), None)
        obstacle = f"the domain of {excluded}" if excluded else region.violated(point)
        if obstacle is None and point not in seen:
            return point
        obstacles[obstacle or ""] = obstacles.get(obstacle or "", 0) + 1
    if "" in obstacles:
        return None
    worst = max(obstacles, key=lambda text: obstacles[text])
    raise NoPoints(f"no point satisfies the assumptions in {TRIES} tries; most often “{worst}” fails")


def _enumerated(region: Region) -> list[Point] | None:
    """Return every point if all symbols are integers and there are few, else None."""
    if not all(symbol.domain.is_whole for symbol in region.symbols):
        return None
    spans = [whole_limits(Range(symbol, symbol.low, symbol.high)) for symbol in region.symbols]
    if math.prod(max(high - low + 1, 0) for low, high in spans) > ENUMERATED:
        return None
    names = [symbol.name for symbol in region.symbols]
    values = itertools.product(*(range(low, high + 1) for low, high in spans))
    points: list[Point] = [dict(zip(names, value, strict=True)) for value in values]
    return [point for point in points if region.admits(point)]


def _real_value(node: Node, chosen: dict[str, Coordinate], spacetime: Spacetime) -> float | None:
    value = evaluate(node, chosen, spacetime=spacetime)
    if not isinstance(value, Scalar) or not value.is_finite or not value.ball.imag.contains(0):
        return None
    return float(value.ball.real.mid())


def _ordered(symbols: tuple[Symbol, ...], assumptions: list[Node]) -> tuple[tuple[Symbol, ...], tuple[Bound, ...]]:
    """Return an order of choosing the symbols and the bounds usable in that order.

    A comparison with a bare symbol on one side bounds it by the other side, unless that would go round in a circle;
    such assumptions are left to trial and error.
    """
    needs: dict[str, set[str]] = {symbol.name: set() for symbol in symbols}
    plain = {symbol.name for symbol in symbols if symbol.domain.is_number}
    bounds = []
    for bound in itertools.chain.from_iterable(map(_bounds, assumptions)):
        others = tree.variables(bound.by)
        if bound.name in plain and not any(bound.name in _behind(other, needs) for other in others):
            needs[bound.name] |= others
            bounds.append(bound)
    order: list[Symbol] = []
    while len(order) < len(symbols):
        placed = {symbol.name for symbol in order}
        order.append(next(s for s in symbols if s.name not in placed and needs[s.name] <= placed))
    return tuple(order), tuple(bounds)


def _behind(name: str, needs: dict[str, set[str]]) -> set[str]:
    """Return the symbols that must be chosen before `name`, itself included."""
    found, waiting = {name}, [name]
    while waiting:
        new = needs[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def _bounds(node: Node) -> Iterator[Bound]:
    """Yield the bounds that a condition states outright."""
    match node:
        case tree.Logic("and", operands):
            for operand in operands:
                yield from _bounds(operand)
        case tree.Comparison(operators, operands):
            for left, operator, right in zip(operands, operators, operands[1:], strict=False):
                if operator in ("==", "!="):
                    continue
                less = operator in ("<", "<=")
                if isinstance(left, tree.Variable) and left.index is None:
                    yield Bound(left.name, not less, right)
                if isinstance(right, tree.Variable) and right.index is None:
                    yield Bound(right.name, less, left)
