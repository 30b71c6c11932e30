"""What is said of an answer, and the time there is to say it."""

import time
from dataclasses import dataclass
from typing import NamedTuple

from qftapp.verification.comparands import Comparands
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.verdict import Outcome


class Judgement(NamedTuple):
    """What a verdict says before its evidence is bound to it."""

    outcome: Outcome
    reason: str
    diagnosis: Diagnosis | None = None
    compared: Comparands | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The time an answer may take, gold included, and whether any of it goes to a diagnosis."""

    started: float
    deadline: float
    has_time_to_diagnose: bool

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - (time.monotonic() - self.started)
