"""Trying an answer: what the verifier says of it and how it was read; nothing is stored."""

from dataclasses import dataclass

from qftapp.actors.models import User
from qftapp.items import examining
from qftapp.items.content import contract_of
from qftapp.items.models import ItemVersion
from qftapp.verification import Outcome, Verdict, verify
from qftapp.verification.diagnosis import CODES
from qftapp.verification.item_tests import Expected
from qftapp.verification.readback import Readback, read_back

ADVICE = {
    Outcome.UNREADABLE: (
        "Write the answer alone in one `\\boxed{…}`, or as a code block that defines {signature}, with the names that "
        "the contract declares. Brackets settle what can be read in two ways."
    ),
    Outcome.NO_ANSWER: "End with the answer: in `\\boxed{…}`, as a code block that defines {signature}, or on a line.",
    Outcome.TIMEOUT: "Write it more simply: a closed form, a series, a coarser sum.",
    Outcome.BROKEN_ITEM: "Nothing can be compared with this gold. The checks say what to mend.",
}
"""What to do about an outcome that is no judgement of the answer."""


@dataclass(frozen=True)
class Trial:
    """An answer, the verdict on it, and what it was read as."""

    answer: str
    verdict: Verdict
    readings: tuple[Readback, ...]
    signature: str

    @property
    def advice(self) -> str:
        """What to do where the answer could not be judged, empty where it was."""
        return ADVICE.get(self.verdict.outcome, "").replace("{signature}", f"`{self.signature}`")

    @property
    def diagnosis_title(self) -> str:
        """The sort of mistake, such as “missing term”."""
        return CODES[self.verdict.diagnosis.code][0] if self.verdict.diagnosis else ""

    @property
    def as_test(self) -> dict[str, str] | None:
        """The answer as a test that expects what came out, None where that cannot be expected."""
        if self.verdict.outcome.value not in set(Expected):
            return None
        name = self.verdict.diagnosis.words if self.verdict.diagnosis else ""
        return {"answer": self.answer, "outcome": self.verdict.outcome.value, "name": name}


def try_answer(version: ItemVersion, *, by: User, answer: str) -> Trial:
    """Judge an answer to a version as it stands.

    Raises ContractError where the version's contract is unsound, and Busy where nothing can be run now.
    """
    contract = contract_of(version)
    patience = examining.PATIENCE_SECONDS
    verdict = examining.in_turn(lambda: verify(contract, answer), by=by, patience=patience)
    signature = f"{contract.entry_point}({', '.join(contract.names)})"
    return Trial(answer, verdict, read_back(contract, answer), signature)
