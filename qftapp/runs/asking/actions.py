"""What people do with a run that asks a model: start it, cancel it, let it go on."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from qftapp.actors import jobs, permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import LanguageModel, User
from qftapp.actors.saving import check_and_save
from qftapp.items.models import refuse_unusable
from qftapp.runs.asking import endpoints
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import Prompt, Run, RunItem

MAX_REQUESTS = 1_000_000
State = Run.State


@dataclass(frozen=True)
class Plan:
    """What a run is to ask, and how."""

    model: LanguageModel
    purpose: str
    selection: Selection
    endpoint: str
    prompt: Prompt
    samples_per_item: int = 1
    sampling: dict[str, Any] = field(default_factory=dict)
    in_flight: int = 16
    request_seconds: int = 1_800
    notes: str = ""
    slug: str = ""


@transaction.atomic
def start(plan: Plan, *, by: User) -> Run:
    """Write down a run with its items and ask the worker for it; raises ValidationError on what cannot be asked."""
    _require_engineer(by)
    _check(plan)
    versions = list(plan.selection.versions.values_list("pk", flat=True))
    if not versions:
        raise ValidationError("No item is chosen: take a filter away, or choose another split.")
    size = len(versions) * plan.samples_per_item
    if size > MAX_REQUESTS:
        raise ValidationError(f"That would be {size:,} requests; a run has at most {MAX_REQUESTS:,}.")
    run = Run(
        slug=plan.slug or free_slug(plan),
        model=plan.model,
        purpose=plan.purpose,
        origin=Run.Origin.ASKED,
        release=plan.selection.release,
        split=plan.selection.split if plan.selection.release else "",
        prompt=plan.prompt,
        endpoint=plan.endpoint,
        sampling=plan.sampling,
        samples_per_item=plan.samples_per_item,
        in_flight=plan.in_flight,
        request_seconds=plan.request_seconds,
        size=size,
        notes=plan.notes,
        requested_by=by,
    )
    refuse_unusable(run.slug)
    check_and_save(run)
    RunItem.objects.bulk_create([RunItem(run=run, item_version_id=pk) for pk in versions], batch_size=1_000)
    log(by, "run.started", run, items=len(versions), requests=size)
    _defer(run)
    return run


def _check(plan: Plan) -> None:
    """Raise ValidationError where purpose and items do not go together, or the endpoint is not known."""
    selection = plan.selection
    if plan.endpoint not in endpoints.names():
        raise ValidationError({"endpoint": "Choose an endpoint that the settings name."})
    if plan.purpose == Run.Purpose.EVALUATE:
        if selection.release is None or not selection.release.is_frozen:
            raise ValidationError({"release": "An evaluation needs a frozen release, so that it can be repeated."})
        if not selection.split:
            raise ValidationError({"split": "An evaluation needs one split of the release."})
    if selection.in_review and (selection.release or plan.purpose != Run.Purpose.CHECK_ITEMS):
        raise ValidationError({"in_review": "Versions in review are asked only to check items, outside of a release."})


def free_slug(plan: Plan) -> str:
    """A name that no run has: model, release and split, or purpose, with a number from the second on."""
    release, split = plan.selection.release, plan.selection.split
    what = [release.name, split] if release else [plan.purpose.replace("_", "-")]
    stem = slugify("-".join((plan.model.slug, *what)).replace(".", "-"))[:70].strip("-")
    taken = set(Run.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return stem if stem not in taken else next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)


@transaction.atomic
def cancel(run_id: int, *, by: User) -> Run:
    """Stop a run: what waits for an answer is dropped, what came stays."""
    run = _lock(run_id, by)
    if run.has_ended:
        raise Conflict(f"The run is {run.get_state_display().lower()} already.")
    run.state, run.finished_at = State.CANCELLED, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    log(by, "run.cancelled", run)
    return run


@transaction.atomic
def go_on(run_id: int, *, by: User) -> Run:
    """Ask for what a run lacks, with the requests that failed for good; what came stays and is not asked again."""
    run = _lock(run_id, by)
    if State.QUEUED not in Run.NEXT_STATES[State(run.state)] or not run.has_ended:
        raise Conflict(f"The run is {run.get_state_display().lower()} already.")
    if run.state == State.DONE and not run.failed_requests.exists():
        raise Conflict("The run has every answer it asked for.")
    failed, _ = run.failed_requests.all().delete()
    run.state, run.finished_at, run.error = State.QUEUED, None, ""
    run.save(update_fields=["state", "finished_at", "error"])
    log(by, "run.continued", run, failed_requests=failed)
    _defer(run)
    return run


def fail_forsaken() -> None:
    """End the runs whose job is gone: it was given up after it had taken its workers with it time after time."""
    asked = Run.objects.filter(~jobs.is_in_hand("ask_run", "run_id"), origin=Run.Origin.ASKED)
    asked = asked.exclude(state__in=Run.ENDED)
    reason = "The background worker gave this run up. What came stays; try again to ask for the rest."
    asked.update(state=State.FAILED, finished_at=timezone.now(), error=reason)


def _lock(run_id: int, by: User) -> Run:
    """The run, locked until the transaction ends."""
    _require_engineer(by)
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.origin != Run.Origin.ASKED:
        raise Conflict("This run was not asked from here.")
    return run


def _require_engineer(by: User) -> None:
    if not permissions.can_run(by):
        raise PermissionDenied("Only engineers may start, cancel and continue runs.")


def _defer(run: Run) -> None:
    from qftapp.runs.tasks import ask_run

    # Two jobs of one run wait for each other.
    ask_run.configure(lock=f"run:{run.pk}").defer(run_id=run.pk)
