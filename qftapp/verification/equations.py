"""When two equations are one: where the sides of either agree, those of the other agree too.

| gold | answer | |
|---|---|---|
| E² = p² + m² | E² − p² − m² = 0, 2E² = 2p² + 2m² | the same: a constant factor between the differences of the sides |
| E² = p² + m² | E²/m² = 1 + p²/m² | the same: the same solutions in every symbol |
| x = 1 | (x − 1)(x − 2) = 0 | another: it has a further solution |
| x = 1 | x = x | another: it holds everywhere |
| x² < y | y > x², 2x² < 2y | the same: the same solutions of the equation, the same side of it |
| x² < y | x² ≤ y, x² > y | another: the border belongs to it; the other side |
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from qftapp.verification import tree
from qftapp.verification.evaluation import TooSlow, holds
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.roots import Root, Where, roots, size
from qftapp.verification.symbols import Symbol
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, shown_point

FEWEST_SOLUTIONS = 3
ENOUGH_SOLUTIONS = 6
"""How many of an equation for unknown functions are looked for: each costs many of their values."""
MOST_POINTS = 8
"""Points on whose lines solutions are looked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether two equations have the same solutions, None if too few were found; `reason` says where they differ."""

    are_same: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Where solutions are looked for, until when (of time.monotonic), and those `known` by now."""

    symbols: Sequence[Symbol]
    points: Sequence[Point]
    spacetime: Spacetime
    stop_at: float
    known: dict[Node, list[Root]] = field(default_factory=dict)

    def solutions(self, node: Node) -> list[Root]:
        """Return the solutions of an equation, given as left − right. Raises TooSlow."""
        if node not in self.known:
            self.known[node] = self._solutions(node)
        return self.known[node]

    def _solutions(self, node: Node) -> list[Root]:
        found: list[Root] = []
        has_functions = any(isinstance(part, tree.Applied) for part in tree.walk(node))
        for where in Where:
            if len(found) >= FEWEST_SOLUTIONS:
                break
            for root in roots(self.symbols, self.points[:MOST_POINTS], node, self.spacetime, where):
                if time.monotonic() > self.stop_at:
                    raise TooSlow
                found.append(root)
                if (where is Where.IN_VECTORS or has_functions) and len(found) == ENOUGH_SOLUTIONS:
                    break
        return found


def same_solutions(search: Search, gold: Node, answer: Node) -> Finding:
    """Compare the solutions of two equations, given as left − right."""
    try:
        of_gold, of_answer = search.solutions(gold), search.solutions(answer)
    except TooSlow:
        return Finding(None, "the equations could not be compared in time")
    if len(of_gold) < FEWEST_SOLUTIONS:
        return Finding(None, "too few solutions of gold were found to compare with")
    for found, other, words in (
        (of_gold, answer, "gold holds, but the answer does not"),
        (of_answer, gold, "the answer holds, but gold does not"),
    ):
        for root in found:
            if not root.solves(other, search.spacetime):
                return Finding(False, f"at {shown_point(root.point)} {words}")
    if all(size(answer, point, search.spacetime) == 0 for point in search.points):
        return Finding(False, "the answer holds everywhere")
    return Finding(True)


def same_relation(search: Search, gold: Node, answer: Node) -> Finding:
    """Compare two inequalities: their borders, whether those belong to them, and on which side they hold."""
    match gold, answer:
        case tree.Comparison((sign,), (left, right)), tree.Comparison((other,), (start, end)) if sign == other:
            borders = (_difference(left, right), _difference(start, end))
        case _:
            return Finding(False, "the answer is not the kind of relation that gold is")
    for point in search.points:
        if holds(gold, point, search.spacetime) != holds(answer, point, search.spacetime):
            return Finding(False, f"at {shown_point(point)} only one of them holds")
    finding = same_solutions(search, *borders)
    if not finding.are_same:
        return finding
    for root in search.solutions(borders[0]):
        for point in root.beside:
            if holds(gold, point, search.spacetime) != holds(answer, point, search.spacetime):
                return Finding(False, f"at {shown_point(point)} only one of them holds")
    return finding


def _difference(left: Node, right: Node) -> Node:
    return tree.Sum((left, tree.Product((tree.MINUS_ONE, right))))
