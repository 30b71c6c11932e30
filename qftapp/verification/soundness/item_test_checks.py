"""The item's own tests: every answer must have the outcome that the author says it has."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from qftapp.verification.contract import Contract
from qftapp.verification.item_tests import Expected, ItemTest, wanted
from qftapp.verification.solutions import SandboxUnavailable
from qftapp.verification.soundness.checks import Check
from qftapp.verification.verdict import Outcome, Verdict
from qftapp.verification.verify import verify

TITLE = "The item's own tests pass"
MOST_SECONDS = 2.0
"""What the verdict on one of the answers may take."""

_MUST = {Expected.CORRECT: "be accepted", Expected.WRONG: "be refused", Expected.UNREADABLE: "be unreadable"}


def run(contract: Contract, seed: int, deadline_seconds: float) -> Iterator[Check]:
    """Yield a summary with every test in its detail, then one check for each that does not come out as it must."""
    stop_at = time.monotonic() + deadline_seconds
    try:
        rows = [_row(contract, test, seed, stop_at) for test in contract.tests]
    except SandboxUnavailable as error:
        message = f"The tests could not be run: {error}"
        yield Check("tests", TITLE, "fail", message, {"unavailable": True})
        return
    failing = [number for number, row in enumerate(rows, 1) if row["outcome"] != row["expected"]]
    missing = _missing(contract)
    if failing:
        message = f"{len(failing)} of {len(rows)} come{'s' if len(failing) == 1 else ''} out otherwise; see below."
        yield Check("tests", TITLE, "fail", message, {"tests": rows})
    elif missing:
        before = f"All {len(rows)} come out as they must. " if rows else ""
        yield Check("tests", TITLE, "note", f"{before}Add {missing}.", {"tests": rows})
    else:
        yield Check("tests", TITLE, "pass", f"All {len(rows)} come out as they must.", {"tests": rows})
    for number in failing:
        yield Check(f"test_{number}", _title(number, rows[number - 1]), "fail", _complaint(rows[number - 1]))


def _row(contract: Contract, test: ItemTest, seed: int, stop_at: float) -> dict[str, Any]:
    """Return a test with its outcome, as JSON."""
    left = stop_at - time.monotonic()
    if left > 0:
        verdict = verify(contract, test.answer, seed=seed, deadline_seconds=min(left, MOST_SECONDS))
    else:
        verdict = Verdict(Outcome.TIMEOUT, "the tests before it took all the time")
    return {
        "name": test.name,
        "answer": test.answer,
        "expected": test.outcome.value,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "diagnosis": verdict.diagnosis.to_json() if verdict.diagnosis else None,
    }


def _title(number: int, row: dict[str, Any]) -> str:
    return f"Test {number}{', ' if row['name'] else ''}{row['name']}"


def _complaint(row: dict[str, Any]) -> str:
    diagnosis = f" ({row['diagnosis']['words']})" if row["diagnosis"] else ""
    outcome = row["outcome"].replace("_", " ")
    return f"It must {_MUST[Expected(row['expected'])]}, but is {outcome}: {row['reason']}{diagnosis}."


def _missing(contract: Contract) -> str:
    """Say which tests would make an item that can be trusted, "" if they are there."""
    forms, misses = wanted(contract.kind, len(contract.labels))
    has_forms = _count(contract.tests, Expected.CORRECT)
    has_misses = _count([test for test in contract.tests if test.name], Expected.WRONG)
    parts = []
    if has_forms < forms:
        parts.append(_counted(forms - has_forms, has_forms > 0, "form", "of the answer that must be accepted"))
    if has_misses < misses:
        parts.append(_counted(misses - has_misses, has_misses > 0, "near miss", "with a name that must be refused"))
    return " and ".join(parts)


def _count(tests: Sequence[ItemTest], outcome: Expected) -> int:
    return sum(test.outcome is outcome for test in tests)


def _counted(number: int, has_some: bool, noun: str, rest: str) -> str:
    plural = noun if number == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number}{' more' if has_some else ''} {plural} {rest}"
