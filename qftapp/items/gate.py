"""The gate between a draft and its review: the contract's own checks, then what the text must not do."""

import re
from dataclasses import asdict, dataclass, replace
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
    def is_final(self) -> bool:
        """Whether the same content gets the same report again: nothing was missing that it takes to check."""
        return not any(check.code == "sandbox" or "unavailable" in check.detail for check in self.checks)

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
    """All checks of a version as it stands; takes some hundred milliseconds, seconds where gold is slow.

    Pages and acts ask `examining.report_of`, which bounds how often and how many at once.
    """
    return with_repeats(examine_content(version), version)


def examine_content(version: ItemVersion) -> GateReport:
    """The checks that depend on nothing but the version's content and the verifier."""
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
        return GateReport((unsound, *lint.check_text(version, None)))
    examination = examine(contract, second_solution=version.second_solution)
    value = _number(examination.points[0]["gold"]) if examination.points else None
    text = lint.check_text(version, contract, value)
    return GateReport((*examination.checks, *text), tuple(examination.points))


def with_repeats(report: GateReport, version: ItemVersion) -> GateReport:
    """The report with the check that depends on the other items, asked of the bank as it is now."""
    return replace(report, checks=(*report.checks, _repeats(version)))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _repeats(version: ItemVersion) -> Check:
    """Refuses what is word for word there; closeness alone is for author and reviewer to judge.

    Two items may well differ by one sign of a coupling, so a degree of similarity cannot tell a repeat from a sibling.
    """
    title = "No other item asks the same"
    found = queries.near_repeats(version.statement, of_item=version.item_id)
    if not found:
        message = "No statement in review or approved comes close."
        return Check("repeat", title, "pass", message, {})
    near = [{"slug": each.slug, "number": each.number, "similarity": round(each.similarity, 2)} for each in found]
    same = next((each.slug for each in found if _letters(each.statement) == _letters(version.statement)), "")
    if same:
        return Check("repeat", title, "fail", f"The statement is that of {same}; ask something else.", {"near": near})
    message = f"The statement comes close to that of {found[0].slug}; make sure that it asks something else."
    return Check("repeat", title, "note", message, {"near": near})


def _letters(statement: str) -> str:
    """A statement without what changes no meaning: spaces, capitals, LaTeX's braces and small gaps."""
    return re.sub(r"\\[,;:! ]|[\s{}~]", "", statement).casefold()
