"""What was compared: gold and an answer point by point, put into words for whoever looks."""

from collections.abc import Sequence
from typing import Any

from qftapp.verification.lazily import lazily
from qftapp.verification.solutions import Values
from qftapp.verification.values import Point, Value, shown, shown_coordinate

QUOTED = 400
"""Characters of a value that are shown."""


class Comparands:
    """The values of gold and answer at the points; `differs_at` is the first that tells them apart, if one does."""

    def __init__(self, points: Sequence[Point], gold: Sequence[Value], answer: Values, differs_at: int | None) -> None:
        self.points = points
        self.gold = gold
        self.answer = answer
        self.differs_at = differs_at

    @lazily
    def rows(self) -> list[dict[str, Any]]:
        """Arguments, gold and answer at every point, as text."""
        return [
            {
                "arguments": {name: shown_coordinate(value) for name, value in point.items()},
                "gold": shown(gold, QUOTED),
                "answer": error[:QUOTED] or shown(value, QUOTED),
            }
            for point, gold, value, error in zip(
                self.points, self.gold, self.answer.values, self.answer.errors, strict=True
            )
        ]
