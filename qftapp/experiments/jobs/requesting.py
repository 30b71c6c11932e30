"""What people do with training jobs: ask for one, stop it, let it go on."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import LanguageModel, User
from qftapp.actors.saving import check_and_save
from qftapp.experiments.jobs import options
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.models import Export, TrainingJob
from qftapp.items.models import refuse_unusable

State = TrainingJob.State

KINDS = {TrainingJob.Method.SFT: Export.Kind.SFT, TrainingJob.Method.GRPO: Export.Kind.RL}
"""The kind of export that each method trains on."""


@dataclass(frozen=True)
class Wish:
    """A model to be trained on an export: how, how it is evaluated, and under which name."""

    method: str
    base: LanguageModel
    export: Export
    config: dict[str, Any] = field(default_factory=dict)
    evaluation: Recipe | None = None
    notes: str = ""
    slug: str = ""


@transaction.atomic
def request(wish: Wish, *, by: User) -> TrainingJob:
    """Write down a job for a worker to claim; raises ValidationError on what cannot be trained so."""
    require_engineer(by)
    _check(wish)
    job = TrainingJob(
        slug=wish.slug or free_slug(wish),
        method=wish.method,
        base=wish.base,
        export=wish.export,
        config=options.checked(wish.method, wish.config),
        evaluation=wish.evaluation.json if wish.evaluation else {},
        notes=wish.notes,
        requested_by=by,
    )
    refuse_unusable(job.slug)
    check_and_save(job)
    log(by, "training_job.requested", job, base=job.base.slug, export=job.export.slug)
    return job


def _check(wish: Wish) -> None:
    """Raise ValidationError where method, base and export do not go together."""
    if wish.method not in TrainingJob.Method.values:
        raise ValidationError({"method": "Choose SFT or GRPO."})
    if wish.base.kind == LanguageModel.Kind.API:
        raise ValidationError({"base": "A model behind an API has no weights that could be trained."})
    if wish.export.state != State.DONE:
        raise ValidationError({"export": "This export is not done; wait for it, or choose another."})
    kind = KINDS[TrainingJob.Method(wish.method)]
    if wish.export.kind != kind:
        said = f"{TrainingJob.Method(wish.method).label} trains on exports for {kind.label.lower()}"
        raise ValidationError({"export": f"{said}, and this one is for {wish.export.get_kind_display().lower()}."})
    if not wish.export.rows:
        raise ValidationError({"export": "This export has no rows."})
    if wish.evaluation:
        wish.evaluation.check()


def free_slug(wish: Wish) -> str:
    """A name that no job has: method and base, with a number from the second on."""
    stem = f"{wish.method}-{wish.base.slug}"[:70].strip("-")
    taken = set(TrainingJob.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return stem if stem not in taken else next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)


@transaction.atomic
def cancel(job_id: int, *, by: User) -> TrainingJob:
    """Stop a job: its worker hears of it, writes a last checkpoint and stops; what came stays."""
    job = _lock(job_id, by)
    if job.has_ended:
        raise Conflict(f"The job is {job.get_state_display().lower()} already.")
    job.state, job.finished_at = State.CANCELLED, timezone.now()
    job.save(update_fields=["state", "finished_at"])
    log(by, "training_job.cancelled", job, step=job.progress)
    return job


@transaction.atomic
def resume(job_id: int, *, by: User) -> TrainingJob:
    """Offer a job that failed or was cancelled again; it goes on from its last checkpoint where that can be reached."""
    job = _lock(job_id, by)
    if job.state not in (State.FAILED, State.CANCELLED):
        raise Conflict(f"The job is {job.get_state_display().lower()}; only one that failed or was cancelled goes on.")
    job.state, job.finished_at, job.error, job.claim = State.QUEUED, None, "", None
    job.save(update_fields=["state", "finished_at", "error", "claim"])
    log(by, "training_job.resumed", job, step=job.progress)
    return job


def _lock(job_id: int, by: User) -> TrainingJob:
    """The job, locked until the transaction ends."""
    require_engineer(by)
    return TrainingJob.objects.select_for_update().get(pk=job_id)


def require_engineer(by: User) -> None:
    """Raise PermissionDenied for whoever may not train."""
    if not permissions.can_train(by):
        raise PermissionDenied("Only engineers may train models.")
