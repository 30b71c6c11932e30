"""When the gate runs: what it said of a content is remembered, nothing is examined twice at once, and few at a time.

Gold is somebody's program and may loop until its limits stop it. Without bounds a page that asks again and again would
keep every thread of the web server waiting for the sandbox, and the site would stand still for all.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore
from typing import TypeVar

from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.actors.locking import advisory_lock
from qftapp.actors.models import User
from qftapp.items import gate
from qftapp.items.content import content_of, hash_content
from qftapp.items.models import GateRecord, ItemVersion
from qftapp.verification import VERIFIER_VERSION

KEPT = timedelta(days=1)
"""How long a report is remembered."""

FAILED_KEPT = timedelta(minutes=10)
"""How long one with failures is: a busy machine may be to blame for a timeout."""

PATIENCE_SECONDS = 4.0
"""How long an act waits for its turn before it says that the checks are running already."""

_running = BoundedSemaphore(2)
"""Runs of people's programs at once in one web process; its other threads go on serving pages."""

_waiting = BoundedSemaphore(2)
"""Acts of one web process that may wait for a turn; further ones are told at once."""

_OF_PERSON = 1
"""First half of the advisory locks of people; those of contents are single numbers of 64 bits."""

Result = TypeVar("Result")


class Busy(Conflict):
    """The checks cannot run now, because they are running already or many others are; ask again."""

    def __init__(self) -> None:
        super().__init__("The checks are running already; this takes some seconds.")


def report_of(version: ItemVersion, *, by: User, patience: float = 0.0, afresh: bool = False) -> gate.GateReport:
    """What the gate says of a version as it stands: remembered, or examined now.

    Raises Busy where it is not this content's or this person's turn within `patience` seconds. `afresh` examines what
    is remembered once more. Nearness to other items is never remembered.
    """
    key = key_of(version)
    report = None if afresh else _remembered(key)
    if report is None:
        report = in_turn(lambda: _examined(version, key, afresh), by=by, content=key, patience=patience)
    return gate.with_repeats(report, version)


def in_turn(act: Callable[[], Result], *, by: User, content: str = "", patience: float = 0.0) -> Result:
    """Run what keeps the sandbox busy when it is its turn; raises Busy where that is not within `patience` seconds."""
    with _turn(by, content) as is_ours:
        if is_ours:
            return act()
    if patience <= 0 or not _waiting.acquire(blocking=False):
        raise Busy
    try:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            time.sleep(0.1)
            with _turn(by, content) as is_ours:
                if is_ours:
                    return act()
    finally:
        _waiting.release()
    raise Busy


@contextmanager
def _turn(by: User, content: str) -> Iterator[bool]:
    """Whether it is the turn of this process, this person and this content; if so, nobody else's until the end."""
    if not _running.acquire(blocking=False):
        yield False
        return
    try:
        with advisory_lock(_OF_PERSON, by.pk) as has_person:
            if not has_person:
                yield False
            elif not content:
                yield True
            else:
                with advisory_lock(int(content[:16], 16) - 2**63) as has_content:
                    yield has_content
    finally:
        _running.release()


def key_of(version: ItemVersion) -> str:
    """The hash of all that an examination depends on."""
    return hash_content({**content_of(version), "verifier": VERIFIER_VERSION})


def _remembered(key: str) -> gate.GateReport | None:
    record = GateRecord.objects.filter(key=key).first()
    if record is None:
        return None
    report = gate.GateReport.from_json(record.report)
    kept = KEPT if report.passed else FAILED_KEPT
    return report if record.made_at > timezone.now() - kept else None


def _examined(version: ItemVersion, key: str, afresh: bool) -> gate.GateReport:
    """Examine, unless somebody finished the same while we came to our turn."""
    known = None if afresh else _remembered(key)
    if known is not None:
        return known
    report = gate.examine_content(version)
    now = timezone.now()
    GateRecord.objects.filter(made_at__lt=now - KEPT).delete()
    if report.is_final:
        GateRecord.objects.update_or_create(key=key, defaults={"report": report.to_json(), "made_at": now})
    return report
