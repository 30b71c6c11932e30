"""The verdict on an answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from qftapp.verification.comparands import Comparands
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


class Evidence(Mapping[str, Any]):
    """What a verdict rests on, as JSON values; it may quote the response: escape it.

    As far as known: "answer" (form and text), "points" (arguments, gold, answer as text), "differs_at" (which of them
    shows the difference, None if none does), "seed", "seconds". Points are put into words when they are asked for.
    """

    def __init__(self, known: Mapping[str, Any], compared: Comparands | None) -> None:
        self._known = known if compared is None else {**known, "points": compared, "differs_at": compared.differs_at}

    def __getitem__(self, name: str) -> Any:
        found = self._known[name]
        return found.rows if isinstance(found, Comparands) else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its reason in a sentence for people.

    `diagnosis` says how a wrong answer is wrong, None if nothing can be said for certain.
    """

    outcome: Outcome
    reason: str
    diagnosis: Diagnosis | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self, *, with_evidence: bool = True) -> dict[str, Any]:
        """Return every field as plain JSON values; evidence takes about as long to put into words as a verdict."""
        said = {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "diagnosis": self.diagnosis and self.diagnosis.to_json(),
        }
        return {**said, "evidence": dict(self.evidence)} if with_evidence else said
