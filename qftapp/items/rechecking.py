"""Running the gate again over the bank: what a new verifier says of versions whose checks passed once.

Processes do the work, since the precision of ball arithmetic is one for each process; the database is asked here only.
"""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from qftapp import worker_process
from qftapp.items import gate
from qftapp.items.content import content_of
from qftapp.items.models import ItemVersion
from qftapp.verification.cores import cores

ABSENT = "absent"
"""The verdict of a check that a report does not have."""

UNCHECKED = "unchecked"
"""The verdict of every check of a version without a report, such as a draft."""


@dataclass(frozen=True)
class Change:
    """A check, or a test of the item, that says something else than before; `message` is what it says now."""

    code: str
    title: str
    old: str
    new: str
    message: str

    @property
    def is_loss(self) -> bool:
        """Whether something that passed fails now."""
        return self.new == "fail" and self.old not in ("fail", UNCHECKED)

    def to_json(self) -> dict[str, str]:
        """Every field by name."""
        return {"code": self.code, "title": self.title, "old": self.old, "new": self.new, "message": self.message}


@dataclass(frozen=True)
class Recheck:
    """A version with its report of now and what changed against the stored one."""

    version: ItemVersion
    report: gate.GateReport
    changes: tuple[Change, ...]

    @property
    def old_verifier(self) -> str:
        """The verifier of the stored report, empty where there is none."""
        return str((self.version.gate or {}).get("verifier_version", ""))

    @property
    def loses(self) -> bool:
        """Whether something that passed fails now."""
        return any(change.is_loss for change in self.changes)

    def to_json(self) -> dict[str, Any]:
        """The version by name, the two verifiers, the changes."""
        return {
            "slug": self.version.item.slug,
            "version": self.version.number,
            "state": self.version.state,
            "verifier": {"old": self.old_verifier, "new": self.report.verifier_version},
            "passes": self.report.passed,
            "changes": [change.to_json() for change in self.changes],
        }


def recheck(versions: Sequence[ItemVersion], *, processes: int = 0) -> Iterator[Recheck]:
    """Examine versions, with their items loaded, and yield each as it is done; 0 processes means one for each core."""
    processes = min(processes or cores(), len(versions))
    if processes <= 1:
        for version in versions:
            yield _compared(version, gate.examine_content(version))
        return
    # Started anew rather than forked: connections to the database and threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(processes, mp_context=context, initializer=worker_process.start)
    try:
        waiting: dict[Future[dict[str, Any]], ItemVersion] = {
            executor.submit(_examine, content_of(version)): version for version in versions
        }
        losing = []
        for done in as_completed(waiting):
            found = _compared(waiting[done], gate.GateReport.from_json(done.result()))
            if found.loses:
                losing.append(found.version)
            else:
                yield found
        # Once more one by one: where all cores are busy, what is right may run out of time.
        for version in losing:
            report = executor.submit(_examine, content_of(version)).result()
            yield _compared(version, gate.GateReport.from_json(report))
    finally:
        executor.shutdown(cancel_futures=True)


def _examine(content: dict[str, Any]) -> dict[str, Any]:
    return gate.examine_content(ItemVersion(**content)).to_json()


def _compared(version: ItemVersion, report: gate.GateReport) -> Recheck:
    report = gate.with_repeats(report, version)
    if not version.gate:
        failures = (Change(check.code, check.title, UNCHECKED, "fail", check.message) for check in report.failures)
        return Recheck(version, report, tuple(failures))
    stored = gate.GateReport.from_json(version.gate)
    return Recheck(version, report, (*_changed_checks(stored, report), *_changed_tests(stored, report)))


def _changed_checks(stored: gate.GateReport, report: gate.GateReport) -> Iterator[Change]:
    """The checks with another verdict; one that one of the reports does not have counts only where it fails."""
    before = {check.code: check for check in stored.checks}
    after = {check.code: check for check in report.checks}
    for code in dict.fromkeys((*after, *before)):
        old, new = (checks[code].status if code in checks else ABSENT for checks in (before, after))
        if old != new and (ABSENT not in (old, new) or "fail" in (old, new)):
            check = after.get(code) or before[code]
            yield Change(code, check.title, old, new, check.message if code in after else "")


def _changed_tests(stored: gate.GateReport, report: gate.GateReport) -> Iterator[Change]:
    """The item's tests with another outcome."""
    for number, (old, new) in enumerate(zip(_tests(stored), _tests(report), strict=False), 1):
        if old["outcome"] != new["outcome"]:
            title = f"Test {number}{', ' if new['name'] else ''}{new['name']}"
            yield Change(f"tests.{number - 1}", title, old["outcome"], new["outcome"], new["reason"])


def _tests(report: gate.GateReport) -> list[dict[str, Any]]:
    return next((check.detail.get("tests", []) for check in report.checks if check.code == "tests"), [])
