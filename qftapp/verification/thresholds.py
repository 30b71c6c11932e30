"""Points on both sides of every threshold: θ(s − 4m²) and θ(s − 8m²) agree wherever nobody looks between them."""

from collections.abc import Iterable, Iterator, Sequence

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.points import Region
from qftapp.verification.roots import Root, roots
from qftapp.verification.tree import Node
from qftapp.verification.values import Point

MOST_SWITCHES = 6
MOST_POINTS = 16
LINES = 3
"""Points through which thresholds are looked for."""
MARGIN = 1e-3
"""How far beside a threshold a point lies, as a share of the symbol."""
_SWITCHES = frozenset(("heaviside", "abs", "sign"))


def switches(parts: Iterable[Node]) -> list[Node]:
    """Return the expressions at whose zeros the parts of a tree change their form, without repetitions."""
    found: dict[Node, None] = {}
    for part in parts:
        match part:
            case tree.Call(function, (argument,)) if function in _SWITCHES:
                found[argument] = None
            case tree.Call("minimum" | "maximum", (left, right)) | tree.Comparison(_, (left, right)):
                found[tree.Sum((left, tree.Product((tree.MINUS_ONE, right))))] = None
    return [switch for switch in found if tree.variables(switch)][:MOST_SWITCHES]


def points_beside(
    contract: Contract, points: Sequence[Point], parts: Iterable[Node], spacetime: Spacetime
) -> tuple[Point, ...]:
    """Return points on both sides of the thresholds of a tree, given by its parts, where the contract permits them."""
    found: list[Point] = []
    if not (edges := switches(parts)):
        return ()
    region = Region.of(contract)
    for switch in edges:
        for root in roots(contract.symbols, points[:LINES], switch, spacetime):
            found.extend(point for point in _beside(root) if region.admits(point))
            if len(found) >= MOST_POINTS:
                return tuple(found[:MOST_POINTS])
    return tuple(found)


def _beside(root: Root) -> Iterator[Point]:
    value = root.point[root.name]
    assert isinstance(value, float)
    for factor in (1 - MARGIN, 1 + MARGIN):
        yield {**root.point, root.name: value * factor}
