"""The points at which an answer is compared with gold: spread over signs and magnitudes, never at special values.

Coordinates are generic: no zeros, nothing on an axis of the complex plane. The same seed gives the same points.
"""

import cmath
import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.drawn import Drawn
from qftapp.verification.evaluation import evaluate, holds
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.records import record
from qftapp.verification.sources import read_expression
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.tree import Node
from qftapp.verification.values import Coordinate, Point, Scalar

MAGNITUDES = (0.05, 0.35, 0.9, 2.5, 12.0)
"""Edges of the strata of magnitude in which an unbounded symbol takes its values."""
_STRATA = tuple(itertools.pairwise(map(math.log, MAGNITUDES)))
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
        return all(_permitted(s, point[s.name]) for s in self.symbols) and self.violated(point) is None

    def propose(self, source: random.Random, strata: dict[str, int]) -> Point:
        """Return a point within every domain and, as far as they are simple, within the assumptions."""
        chosen: dict[str, Coordinate] = {}
        for symbol in self.order:
            chosen[symbol.name] = _choose(self._narrowed(symbol, chosen), strata[symbol.name], source)
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


@record
class Range:
    """A symbol with the bounds that hold for it once other symbols are chosen."""

    symbol: Symbol
    low: float | None
    high: float | None


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
        excluded = next((s.name for s in region.symbols if not _permitted(s, point[s.name])), None)
        obstacle = f"the domain of {excluded}" if excluded else region.violated(point)
        if obstacle is None and point not in seen:
            return point
        obstacles[obstacle or ""] = obstacles.get(obstacle or "", 0) + 1
    if "" in obstacles:
        return None
    worst = max(obstacles, key=lambda text: obstacles[text])
    raise NoPoints(f"no point satisfies the assumptions in {TRIES} tries; most often “{worst}” fails")


def _permitted(symbol: Symbol, value: Coordinate) -> bool:
    """Whether a value keeps clear of the excluded ones and within domain and bounds."""
    if isinstance(value, Drawn):
        return True
    return all(_is_within(symbol, part) for part in value) if isinstance(value, tuple) else _is_within(symbol, value)


def _is_within(symbol: Symbol, part: float | complex) -> bool:
    if symbol.exclude:
        margin = 0.0 if symbol.domain.is_whole else 1e-3
        if any(abs(part - excluded) <= margin * (1 + abs(excluded)) for excluded in symbol.exclude):
            return False
    size = abs(part) if isinstance(part, complex) else part
    if symbol.low is not None and size < symbol.low:
        return False
    if symbol.high is not None and size > symbol.high:
        return False
    match symbol.domain:
        case Domain.POSITIVE | Domain.NATURAL:
            return size > 0
        case Domain.NEGATIVE:
            return size < 0
        case Domain.NONNEGATIVE:
            return size >= 0
    return True


def _choose(within: Range, stratum: int, source: random.Random) -> Coordinate:
    """Return a generic value of the symbol; `stratum` picks sign and magnitude."""
    return _WAYS.get(within.symbol.domain, _choose_real)(within, stratum, source)


def _choose_object(within: Range, stratum: int, source: random.Random) -> Drawn:
    symbol = within.symbol
    return Drawn(symbol.domain, source.getrandbits(32), symbol.low, symbol.high)


def _choose_complex(within: Range, stratum: int, source: random.Random) -> complex:
    phase = (stratum % 4) * math.pi / 2 + source.uniform(0.2, math.pi / 2 - 0.2)
    # Going round once more, each quadrant meets other magnitudes: ten points see all of both.
    value = cmath.rect(_choose_positive(within, stratum + stratum // 4, source), phase)
    return complex(_rounded(value.real), _rounded(value.imag))


def _choose_four_vector(within: Range, stratum: int, source: random.Random) -> tuple[float, ...]:
    """Return four components, in every other stratum timelike (as far as the bounds permit) and of either energy."""
    time, *space = (_choose_real(within, source.randrange(64), source) for _ in range(4))
    if stratum % 2:
        energy = _rounded(math.hypot(*space) * (1 + _magnitude(stratum // 4, source)))
        energy = energy if stratum // 2 % 2 else -energy
        time = energy if _permitted(within.symbol, energy) else time
    return (time, *space)


def _choose_real(within: Range, stratum: int, source: random.Random) -> float:
    low, high = _limits(within)
    if low is not None and high is not None:
        if low > 0 and high > 50 * low:
            return _rounded(math.exp(_spread(math.log(low), math.log(high), stratum, source)))
        return _rounded(_spread(low, high, stratum, source))
    if low is not None:
        return _rounded(low + _magnitude(stratum, source) * _unit(low))
    if high is not None:
        return _rounded(high - _magnitude(stratum, source) * _unit(high))
    return _rounded(_magnitude(stratum // 2, source) * (-1 if stratum % 2 else 1))


def _choose_positive(within: Range, stratum: int, source: random.Random) -> float:
    return _choose_real(Range(within.symbol, max(0.0, within.low or 0.0), within.high), stratum, source)


def _limits(within: Range) -> tuple[float | None, float | None]:
    low, high = within.low, within.high
    domain = within.symbol.domain
    if domain in (Domain.POSITIVE, Domain.NONNEGATIVE):
        low = max(low or 0.0, 0.0)
    if domain is Domain.NEGATIVE:
        high = min(high or 0.0, 0.0)
    if low is not None and high is not None and low >= high:
        # Contradictory bounds: propose something, the check of the assumptions names the culprit.
        high = None
    return low, high


def _unit(edge: float) -> float:
    """Return the scale on which to move away from a bound."""
    return abs(edge) if edge else 1.0


def _spread(low: float, high: float, stratum: int, source: random.Random) -> float:
    """Return a point of the interval, in one of eight slices and away from the ends."""
    return low + (high - low) * (0.02 + 0.96 * (stratum % 8 + source.random()) / 8)


def _magnitude(stratum: int, source: random.Random) -> float:
    return math.exp(source.uniform(*_STRATA[stratum % len(_STRATA)]))


def _rounded(value: float) -> float:
    """Round to six figures, so that people can read and repeat a point."""
    return float(f"{value:.6g}")


def _choose_whole(within: Range, stratum: int, source: random.Random) -> int:
    low, high = _whole_limits(within)
    return source.randint(low, max(low, high))


_WAYS: dict[Domain, Callable[[Range, int, random.Random], Coordinate]] = {
    Domain.FOUR_VECTOR: _choose_four_vector,
    **dict.fromkeys((Domain.COMPLEX, Domain.LADDER_OPERATOR), _choose_complex),
    **dict.fromkeys((domain for domain in Domain if domain.is_whole), _choose_whole),
    **dict.fromkeys((domain for domain in Domain if domain.is_function or domain.is_matrix), _choose_object),
}
"""How values are chosen but for real numbers."""


def _whole_limits(within: Range) -> tuple[int, int]:
    natural = within.symbol.domain is Domain.NATURAL
    low = None if within.low is None else math.ceil(within.low)
    high = None if within.high is None else math.floor(within.high)
    if natural:
        low = max(low or 1, 1)
    if low is None and high is None:
        return -9, 9
    if low is None:
        return (high or 0) - 18, high or 0
    return low, low + (11 if natural else 18) if high is None else high


def _enumerated(region: Region) -> list[Point] | None:
    """Return every point if all symbols are integers and there are few, else None."""
    if not all(symbol.domain.is_whole for symbol in region.symbols):
        return None
    spans = [_whole_limits(Range(symbol, symbol.low, symbol.high)) for symbol in region.symbols]
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
