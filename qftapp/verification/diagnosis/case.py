"""What a diagnosis is made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qftapp.verification.contract import Contract
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, Value

Evaluate: TypeAlias = Callable[[Node, Point, float], Value]
"""The value of a tree at a point; it raises TooSlow past a time (of time.monotonic)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong answer beside gold: their values at the same points, and their trees where they are expressions."""

    contract: Contract
    points: Sequence[Point]
    gold: Sequence[Value]
    answers: Sequence[Value]
    evaluate: Evaluate
    gold_tree: Node | None = None
    answer_tree: Node | None = None
