"""The verdict on an answer."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from qftapp.verification.diagnosis.finding import Diagnosis


class Outcome(StrEnum):
    """What became of a response; only correct and wrong are judgements of the answer.

    The table in `verify` says which response has which outcome; timeout is the end of memory as well as of time.
    """

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    TIMEOUT = "timeout"
    BROKEN_ITEM = "broken_item"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its reason in a sentence for people; `evidence` is JSON and may quote the response: escape it.

    evidence, as far as known: "answer" (form and text), "points" (arguments, gold, answer as text), "differs_at" (which
    of them shows the difference, None if none does), "seed", "seconds".
    `diagnosis` says how a wrong answer is wrong, None if nothing can be said for certain.
    """

    outcome: Outcome
    reason: str
    diagnosis: Diagnosis | None = None
    evidence: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return every field as plain JSON values."""
        return {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "diagnosis": self.diagnosis and self.diagnosis.to_json(),
            "evidence": self.evidence,
        }
