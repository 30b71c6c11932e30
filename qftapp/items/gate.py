"""The gate between a draft and its review: the contract's own checks, then what the text must not do."""

from dataclasses import asdict, dataclass
from typing import Any

from qftapp.actors.text import storable
from qftapp.items import lint, queries
from qftapp.items.models import ItemVersion
from qftapp.verification import VERIFIER_VERSION, Contract, ContractError
from qftapp.verification.soundness import Check, examine


@dataclass(frozen=True)
class GateReport:
    """What every check said of one wording, and the gold at the points where it was computed."""

    checks: tuple[Check, ...]
    points: tuple[dict[str, Any], ...] = ()
    verifier_version: str = VERIFIER_VERSION

    @property
    def passed(self) -> bool:
        """Whether nothing stands against a review."""
        return all(check.status != "fail" for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that block."""
        return tuple(check for check in self.checks if check.status == "fail")

    @property
    def ordered(self) -> tuple[Check, ...]:
        """The checks with those that block first."""
        return tuple(sorted(self.checks, key=lambda check: check.status != "fail"))

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        report: dict[str, Any] = storable(
            {
                "verifier_version": self.verifier_version,
                "checks": [asdict(check) for check in self.checks],
                "points": list(self.points),
            }
        )
        return report

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "GateReport":
        """A report as `to_json` wrote it."""
        checks = tuple(Check(**check) for check in data["checks"])
        return cls(checks, tuple(data["points"]), data["verifier_version"])


def run(version: ItemVersion) -> GateReport:
    """All checks of a version as it stands; takes some hundred milliseconds, more where gold is slow."""
    try:
        contract = Contract.from_json(version.contract)
    except ContractError as error:
        unsound = Check(
            code="contract",
            title="The answer contract is complete",
            status="fail",
            message=f"{len(error.problems)} to mend in the contract.",
            detail={"problems": [asdict(problem) for problem in error.problems]},
        )
        return GateReport((unsound, *lint.check_text(version, None), _repeats(version)))
    examination = examine(contract, second_solution=version.second_solution)
    value = _number(examination.points[0]["gold"]) if examination.points else None
    text = lint.check_text(version, contract, value)
    return GateReport((*examination.checks, *text, _repeats(version)), tuple(examination.points))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _repeats(version: ItemVersion) -> Check:
    near = [
        {"slug": slug, "number": number, "similarity": round(similarity, 2)}
        for slug, number, similarity in queries.near_repeats(version.statement, of_item=version.item_id)
    ]
    title = "No other item asks the same"
    if not near:
        return Check("repeat", title, "pass", "No statement in the bank comes close.", {})
    return Check(
        "repeat", title, "fail", f"The statement nearly repeats {near[0]['slug']}; ask something else.", {"near": near}
    )
