"""What a diagnosis is made from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import Evaluator
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, Value

Prepare: TypeAlias = Callable[[Node], Evaluator]
"""Makes a tree ready to be evaluated at many points."""


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong answer beside gold: their values at the same points, and their trees where they are expressions."""

    contract: Contract
    points: Sequence[Point]
    gold: Sequence[Value]
    answers: Sequence[Value]
    prepare: Prepare
    gold_tree: Node | None = None
    answer_tree: Node | None = None
