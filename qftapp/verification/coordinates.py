"""Values of one symbol: generic, within its domain and bounds, spread over signs and magnitudes."""

import cmath
import itertools
import math
import random
from collections.abc import Callable

from qftapp.verification.drawn import Drawn
from qftapp.verification.records import record
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.values import Coordinate

MAGNITUDES = (0.05, 0.35, 0.9, 2.5, 12.0)
"""Edges of the strata of magnitude in which an unbounded symbol takes its values."""
_STRATA = tuple(itertools.pairwise(map(math.log, MAGNITUDES)))


@record
class Range:
    """A symbol with the bounds that hold for it once other symbols are chosen."""

    symbol: Symbol
    low: float | None
    high: float | None


def permitted(symbol: Symbol, value: Coordinate) -> bool:
    """Whether a value keeps clear of the excluded ones and within domain and bounds."""
    if isinstance(value, Drawn):
        return True
    return all(_is_within(symbol, part) for part in value) if isinstance(value, tuple) else _is_within(symbol, value)


def _is_within(symbol: Symbol, part: float | complex) -> bool:
    """Whether a number, or a component, is permitted."""
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


def choose(within: Range, stratum: int, source: random.Random) -> Coordinate:
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
        time = energy if permitted(within.symbol, energy) else time
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
    low, high = whole_limits(within)
    return source.randint(low, max(low, high))


def whole_limits(within: Range) -> tuple[int, int]:
    """Return the least and the greatest whole number that a symbol may be."""
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


_WAYS: dict[Domain, Callable[[Range, int, random.Random], Coordinate]] = {
    Domain.FOUR_VECTOR: _choose_four_vector,
    **dict.fromkeys((Domain.COMPLEX, Domain.LADDER_OPERATOR), _choose_complex),
    **dict.fromkeys((domain for domain in Domain if domain.is_whole), _choose_whole),
    **dict.fromkeys((domain for domain in Domain if domain.is_function or domain.is_matrix), _choose_object),
}
"""How values are chosen but for real numbers."""
