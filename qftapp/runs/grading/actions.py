"""What engineers do with gradings: ask for one, stop it, let its grades count or leave those that counted before."""

from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from qftapp.actors import jobs, permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.locking import advisory_lock
from qftapp.actors.models import User
from qftapp.runs.grading.execution import LOCK, fail
from qftapp.runs.grading.grouping import ungrouped
from qftapp.runs.grading.ungraded import ungraded
from qftapp.runs.models import Grade, Grading, Run, Trace
from qftapp.verification import VERIFIER_VERSION

State = Grading.State


def _require_engineer(by: User) -> None:
    if not permissions.can_run(by):
        raise PermissionDenied("Only engineers may grade runs.")


@transaction.atomic
def request(run_id: int, *, by: User, in_background: bool = True) -> Grading:
    """Ask for the traces of a run to be graded by the verifier of now; raises Conflict where nothing is to be done.

    Without `in_background` the caller executes it.
    """
    from qftapp.runs.tasks import grade_run

    _require_engineer(by)
    run = Run.objects.select_for_update().get(pk=run_id)  # a grading that ends now sees what has come until here
    if run.origin == Run.Origin.RECONSTRUCTED:
        raise Conflict(f"{run} is reconstructed from aggregates: there is no answer to grade.")
    if run.gradings.filter(state__in=(State.QUEUED, State.RUNNING)).exists():
        raise Conflict(f"{run} is being graded already.")
    size = ungraded(run_id, VERIFIER_VERSION).count()
    if not size and not ungrouped(run_id, VERIFIER_VERSION).exists():
        has_traces = Trace.objects.filter(run=run).exists()
        raise Conflict(
            f"Every trace of {run} has a grade by verifier {VERIFIER_VERSION}."
            if has_traces
            else f"{run} has no traces yet."
        )
    grading = Grading.objects.create(run=run, verifier_version=VERIFIER_VERSION, size=size, requested_by=by)
    log(by, "grading.requested", grading, run=run.slug, verifier=VERIFIER_VERSION, traces=size)
    if in_background:
        jobs.defer(grade_run, grading_id=grading.pk)
    return grading


def request_if_needed(run_id: int, *, by: User) -> None:
    """Ask for what has come to a run to be graded, unless nothing is to be done or somebody may not ask any more.

    An open grading takes up what comes while it works.
    """
    with suppress(Conflict, PermissionDenied):
        request(run_id, by=by)


@transaction.atomic
def cancel(grading_id: int, *, by: User) -> Grading:
    """Stop a grading; what is graded stays."""
    grading = _locked(grading_id, by)
    if grading.has_ended:
        raise Conflict(f"The grading is {grading.get_state_display().lower()} already.")
    grading.state, grading.finished_at = State.CANCELLED, timezone.now()
    grading.save(update_fields=["state", "finished_at"])
    log(by, "grading.cancelled", grading)
    return grading


@transaction.atomic
def accept(grading_id: int, *, by: User) -> int:
    """Let the grades of a grading count for the whole run; returns how many did not count before."""
    grading = _locked(grading_id, by)
    _require_done(grading)
    own = Grade.objects.filter(run=grading.run_id, verifier_version=grading.verifier_version)
    waiting = own.filter(is_current=False)
    current = Grade.objects.filter(run=grading.run_id, is_current=True)
    replaced = current.filter(Exists(waiting.filter(trace=OuterRef("trace"))))
    replaced.update(is_current=False, superseded_by=grading)
    count = waiting.update(is_current=True, superseded_by=None)
    if not count:
        raise Conflict("Its grades count already.")
    grading.accepted_at, grading.accepted_by, grading.rejected_at = timezone.now(), by, None
    grading.save(update_fields=["accepted_at", "accepted_by", "rejected_at"])
    log(by, "grading.accepted", grading, grades=count)
    return count


@transaction.atomic
def reject(grading_id: int, *, by: User, reason: str = "") -> Grading:
    """Leave the grades that count; those of this grading stay beside them, and may be accepted later all the same."""
    grading = _locked(grading_id, by)
    _require_done(grading)
    if not grading.waits:
        raise Conflict(f"The grading is {'accepted' if grading.accepted_at else 'rejected'} already.")
    grading.rejected_at = timezone.now()
    grading.save(update_fields=["rejected_at"])
    log(by, "grading.rejected", grading, reason=reason[:300])
    return grading


def _locked(grading_id: int, by: User) -> Grading:
    """The grading, locked until the transaction ends; raises PermissionDenied for all but engineers."""
    _require_engineer(by)
    return Grading.objects.select_for_update().get(pk=grading_id)


def _require_done(grading: Grading) -> None:
    if grading.state != State.DONE:
        raise Conflict(f"The grading is {grading.get_state_display().lower()}; only one that is done has a say.")


def fail_forsaken() -> None:
    """End the gradings whose job is gone and that nobody executes: it failed before it began, or with its workers."""
    for grading in Grading.objects.filter(~jobs.is_in_hand("grade_run", "grading_id")).exclude(state__in=Grading.ENDED):
        with advisory_lock(LOCK, grading.pk) as is_forsaken:
            if is_forsaken:
                fail(grading, "The background worker gave this grading up.")
