"""The ends of the domains, where gold is often singular and points are never sampled: 0 and closed bounds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qftapp.verification.contract import Contract
from qftapp.verification.points import Region
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.values import Coordinate, Point


@dataclass(frozen=True, slots=True)
class End:
    """A sampled point moved to where the symbol `name` has the value `at`."""

    name: str
    at: Coordinate
    point: Point


def ends(contract: Contract, points: Sequence[Point]) -> list[End]:
    """Return one point for each end that lies within its domain, as far as the assumptions admit it."""
    region = Region.of(contract)
    found = []
    for symbol in contract.symbols:
        for value in dict.fromkeys(_values(symbol)):
            if symbol.decoy or any(point[symbol.name] == value for point in points):
                continue
            moved: list[Point] = [{**point, symbol.name: value} for point in points]
            if admitted := next(filter(region.admits, moved), None):
                found.append(End(symbol.name, value, admitted))
    return found


def _values(symbol: Symbol) -> Iterator[Coordinate]:
    """Yield 0 and the bounds as values of the symbol; whether they are permitted is not looked at."""
    if not symbol.domain.is_number:
        return
    for value in (0.0, symbol.low, symbol.high):
        if value is not None:
            yield int(value) if symbol.domain.is_whole else complex(value) if symbol.domain is Domain.COMPLEX else value
