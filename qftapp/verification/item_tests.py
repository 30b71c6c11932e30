"""The tests of an item: answers that the verifier must accept or refuse, written by the author as a model would."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qftapp.verification.reading import Reader
from qftapp.verification.terms import Kind

TEST_LIMIT = 30
ANSWER_LIMIT = 5_000
NAME_LIMIT = 100


class Expected(StrEnum):
    """The outcome an answer must have."""

    CORRECT = "correct"
    WRONG = "wrong"
    UNREADABLE = "unreadable"


EXPECTED_TITLES: dict[Expected, str] = {
    Expected.CORRECT: "must be accepted",
    Expected.WRONG: "must be refused",
    Expected.UNREADABLE: "must be unreadable",
}


@dataclass(frozen=True, slots=True)
class ItemTest:
    """A response and the outcome it must have; `name` says in a few words what a near miss has wrong."""

    answer: str
    outcome: Expected
    name: str = ""

    @classmethod
    def read(cls, reader: Reader) -> "ItemTest":
        """Return the test in a JSON object, noting what is missing or too long."""
        answer = reader.text("answer", limit=ANSWER_LIMIT, required=True)
        outcome = reader.choice("outcome", tuple(Expected), default="")
        name = reader.text("name", limit=NAME_LIMIT, lines=False).strip()
        reader.finish()
        return cls(answer, Expected(outcome or Expected.WRONG), name)

    def to_json(self) -> dict[str, Any]:
        """Return every field."""
        return {"answer": self.answer, "outcome": self.outcome.value, "name": self.name}


def wanted(kind: Kind, labels: int) -> tuple[int, int]:
    """Return how many equivalent forms and how many named near misses an item should have.

    Of a truth value there is one of each, of a label one form and as many misses as there are other labels.
    """
    if kind is Kind.BOOLEAN:
        return 1, 1
    if kind is Kind.LABEL:
        return 1, min(3, labels - 1)
    return 2, 3
