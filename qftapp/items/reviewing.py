"""What happens between a draft and its approval: submit, withdraw, answer, comment, judge, check again, retire."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import history, log
from qftapp.actors.models import User
from qftapp.actors.text import plain
from qftapp.items import examining, gate
from qftapp.items.actions import State, lock_version, move, require, require_state
from qftapp.items.content import content_of, hash_content
from qftapp.items.models import Item, ItemVersion, Review
from qftapp.items.trying import Trial, try_answer
from qftapp.verification import VERIFIER_VERSION, Outcome

ANSWERED = "item_version.answered"


class GateRefused(Conflict):
    """The gate found something to mend; `report` says what."""

    def __init__(self, report: gate.GateReport) -> None:
        super().__init__("The checks found something to mend.")
        self.report = report


def submit(version_id: int, *, by: User) -> ItemVersion:
    """Run the gate on a draft and send it to review.

    Raises GateRefused with the report, Busy where the checks cannot run now, and Conflict if the draft changed while
    they ran. They run outside the transaction, so that no row stays locked while a candidate computes.
    """
    version = ItemVersion.objects.select_related("item").get(pk=version_id)
    require_state(version, State.DRAFT)
    require(permissions.can_submit(by, version), "Only its author may submit a draft.")
    report = examining.report_of(version, by=by, patience=examining.PATIENCE_SECONDS)
    if not report.passed:
        raise GateRefused(report)
    with transaction.atomic():
        locked = lock_version(version_id)
        if locked.revision != version.revision or locked.state != State.DRAFT:
            raise Conflict("The draft changed while its checks ran; look at it and submit again.")
        move(locked, State.REVIEW)
        locked.content_hash = hash_content(content_of(locked))
        locked.gate = report.to_json()
        locked.save()
        log(by, "item_version.submitted", locked, content_hash=locked.content_hash)
    return locked


@transaction.atomic
def withdraw(version_id: int, *, by: User) -> ItemVersion:
    """Take a version back from review into a draft."""
    version = lock_version(version_id)
    require_state(version, State.REVIEW)
    require(permissions.can_withdraw(by, version), "Only its author may take a version back.")
    _reopen(version)
    log(by, "item_version.withdrawn", version)
    return version


def _reopen(version: ItemVersion) -> None:
    move(version, State.DRAFT)
    version.content_hash = ""
    version.gate = None
    version.revision += 1
    version.save()


def _record_review(version: ItemVersion, *, by: User, verdict: str, comment: str, content_hash: str) -> Review:
    """Keep the verdict, with the wording that goes back to its author and the outcome of the reviewer's own answer."""
    require_state(version, State.REVIEW)
    require(permissions.can_review(by, version), "A reviewer who did not write this version must judge it.")
    if version.content_hash != content_hash:
        raise Conflict("The author changed this version since you opened it; read it again before you judge it.")
    review = Review(
        version=version,
        reviewer=by,
        verdict=verdict,
        comment=plain(comment),
        content_hash=content_hash,
        content=content_of(version) if verdict == Review.Verdict.REQUEST_CHANGES else None,
        own_answer=_own_answer(version, by),
    )
    review.clean_fields()
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:
        raise Conflict("You have judged this wording already.") from None
    return review


def _own_answer(version: ItemVersion, by: User) -> str:
    """The outcome of this person's answers to the present wording: correct if one was, else the last one's, or none."""
    answers = history([version]).filter(verb=ANSWERED, actor=by, data__content_hash=version.content_hash)
    outcomes = [str(event.data["outcome"]) for event in answers]
    return Outcome.CORRECT if Outcome.CORRECT in outcomes else next(iter(outcomes), "")


def approve(version_id: int, *, by: User, content_hash: str, comment: str = "") -> ItemVersion:
    """Record an approving review and publish the version, retiring the one it replaces.

    `content_hash` names the wording that the reviewer read. Raises Conflict if that is not what is in review now,
    GateRefused if the verifier changed since the submission and finds something, and PermissionDenied if `by` is no
    reviewer or wrote the version.
    """
    _require_current_checks(version_id, by)
    with transaction.atomic():
        version = lock_version(version_id)
        review = _record_review(
            version, by=by, verdict=Review.Verdict.APPROVE, comment=comment, content_hash=content_hash
        )
        for replaced in ItemVersion.objects.select_for_update().filter(item=version.item, state=State.APPROVED):
            move(replaced, State.RETIRED)
            replaced.save()
            log(by, "item_version.replaced", replaced, by_version=version.number)
        move(version, State.APPROVED)
        version.save()
        log(by, "item_version.approved", version, comment=review.comment, own_answer=review.own_answer)
    return version


def _require_current_checks(version_id: int, by: User) -> None:
    """Raise GateRefused where the checks of this verifier do not pass, run now if the stored ones are of another."""
    version = ItemVersion.objects.select_related("item").get(pk=version_id)
    report = gate.GateReport.from_json(version.gate) if version.gate else None
    if (report is None or report.verifier_version != VERIFIER_VERSION) and permissions.can_review(by, version):
        report = examining.report_of(version, by=by, patience=examining.PATIENCE_SECONDS)
    if report is not None and not report.passed:
        raise GateRefused(report)


@transaction.atomic
def renew_gate(version_id: int, *, by: User, report: gate.GateReport, content_hash: str, changes: list[Any]) -> None:
    """Store what the checks of today say of a submitted version in place of what they said before; both are logged.

    Raises Conflict where the version no longer has the content that was checked.
    """
    version = lock_version(version_id)
    if version.state == State.DRAFT or version.content_hash != content_hash:
        raise Conflict(f"{version} is not what was checked any more.")
    before = (version.gate or {}).get("verifier_version", "")
    with connection.cursor() as cursor:
        # The trigger that freezes submitted versions lets the report through in this transaction alone.
        cursor.execute("SET LOCAL qft.renews_gate = 'yes'")
        version.gate = report.to_json()
        version.save(update_fields=["gate"])
        cursor.execute("SET LOCAL qft.renews_gate = 'no'")
    log(by, "item_version.rechecked", version, old=before, new=report.verifier_version, changes=changes)


@transaction.atomic
def request_changes(version_id: int, *, by: User, content_hash: str, comment: str) -> ItemVersion:
    """Record what the reviewer wants changed and give the version back to its author as a draft.

    Raises ValidationError without a comment, Conflict and PermissionDenied as `approve` does.
    """
    if not comment.strip():
        raise ValidationError({"comment": "Say what the author should change."})
    version = lock_version(version_id)
    review = _record_review(
        version, by=by, verdict=Review.Verdict.REQUEST_CHANGES, comment=comment, content_hash=content_hash
    )
    _reopen(version)
    log(by, "item_version.changes_requested", version, comment=review.comment, own_answer=review.own_answer)
    return version


def solve(version_id: int, *, by: User, answer: str) -> Trial:
    """Judge a person's own answer; remembered as an event of that person if it could be judged.

    Raises ContractError where the version's contract is unsound, and Busy where nothing can be run now.
    """
    version = ItemVersion.objects.get(pk=version_id)
    trial = try_answer(version, by=by, answer=answer)
    verdict = trial.verdict
    if verdict.outcome not in (Outcome.NO_ANSWER, Outcome.UNREADABLE):
        log(
            by,
            ANSWERED,
            version,
            outcome=verdict.outcome.value,
            reason=verdict.reason,
            answer=answer[:4000],
            content_hash=hash_content(content_of(version)),
        )
    return trial


@transaction.atomic
def comment_on(version_id: int, *, by: User, text: str) -> None:
    """Say something about a version without judging it; it stands in the item's history."""
    if not text.strip():
        raise ValidationError({"comment": "Write a comment first."})
    text = plain(text)
    require(by.is_authenticated, "Log in to comment.")
    log(by, "item_version.commented", ItemVersion.objects.get(pk=version_id), comment=text[:20_000])


@transaction.atomic
def retire(item_ids: Iterable[int], *, by: User, reason: str = "") -> list[Item]:
    """Take the approved versions of these items out of circulation; returns the items that had one."""
    require(permissions.can_retire(by), "Only reviewers may retire items.")
    reason = plain(reason)
    approved = ItemVersion.objects.select_for_update(of=("self",)).select_related("item")
    retired = []
    for version in approved.filter(item__in=list(item_ids), state=State.APPROVED).order_by("item_id"):
        move(version, State.RETIRED)
        version.save()
        log(by, "item_version.retired", version, reason=reason)
        retired.append(version.item)
    return retired
