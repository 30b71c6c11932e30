"""What a worker says of its job: numbers, checkpoints, the end. Whatever is said twice counts once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors.events import log
from qftapp.actors.models import LanguageModel, User
from qftapp.actors.text import storable
from qftapp.experiments.jobs.claiming import held
from qftapp.experiments.jobs.evaluation import evaluation_of
from qftapp.experiments.models import Checkpoint, Metric, TrainingJob
from qftapp.runs.models import Run
from qftapp.runs.registering import save_model

State = TrainingJob.State

MOST_STEPS = 2**31 - 1
LONGEST_LOG = 20_000
"""Characters of a log's end that are kept."""

_NAME = re.compile(r"[\w./@:+-]{1,80}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Number:
    """A metric at a step; its value is nan where the trainer had none, so that the curve shows the gap."""

    name: str
    step: int
    value: float


@transaction.atomic
def report(
    slug: str, claim: UUID, *, by: User, progress: int, steps: int, metrics: Iterable[Number] = (), log_tail: str = ""
) -> TrainingJob:
    """Keep numbers and the end of the log, and remember that the worker lives; its answer is the job's state."""
    job = held(slug, claim, by=by)
    numbers = {(number.name, number.step): number for number in metrics}
    if wrong := [name for name, _ in numbers if not _NAME.fullmatch(name)]:
        raise ValidationError({"metrics": f"{wrong[0]!r} is no name of a metric."})
    Metric.objects.bulk_create(
        [Metric(job=job, name=one.name, step=one.step, value=one.value) for one in numbers.values()],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["job", "name", "step"],
        update_fields=["value"],
    )
    job.progress, job.steps, job.heard_at = progress, steps or job.steps, timezone.now()
    job.log_tail = storable(log_tail)[-LONGEST_LOG:] or job.log_tail
    job.save(update_fields=["progress", "steps", "heard_at", "log_tail"])
    return job


@transaction.atomic
def register(
    slug: str, claim: UUID, *, by: User, step: int, locator: str, sha256: str, is_last: bool
) -> tuple[Checkpoint, Run | None]:
    """Make a language model of weights that a job wrote, and, of the last ones, the run that evaluates them."""
    job = held(slug, claim, by=by)
    if not _SHA256.fullmatch(sha256):
        raise ValidationError({"sha256": "Give the hash as 64 hexadecimal digits."})
    found = job.checkpoints.select_related("model").filter(step=step, sha256=sha256).first()
    checkpoint = found or _new_checkpoint(job, step, locator, sha256, by)
    if is_last and not checkpoint.is_last:
        job.checkpoints.filter(is_last=True).update(is_last=False)
        checkpoint.is_last = True
        checkpoint.save(update_fields=["is_last"])
    TrainingJob.objects.filter(pk=job.pk).update(heard_at=timezone.now())
    return checkpoint, evaluation_of(checkpoint, by=by) if checkpoint.is_last else None


def _new_checkpoint(job: TrainingJob, step: int, locator: str, sha256: str, by: User) -> Checkpoint:
    model = LanguageModel(
        slug=_free_model_slug(f"{job.slug[:66]}-{step}"),
        kind=LanguageModel.Kind.CHECKPOINT,
        locator=locator,
        parent=job.base,
        licence=job.base.licence,
        training_on_outputs=job.base.training_on_outputs,
        notes=f"Step {step} of the training job {job.slug}, on the machine of “{job.worker}”.",
    )
    model = save_model(model, by=by)
    made = Checkpoint.objects.create(job=job, step=step, model=model, sha256=sha256, created_by=by)
    log(by, "training_job.checkpoint", job, step=step, model=model.slug)
    return made


def _free_model_slug(stem: str) -> str:
    taken = set(LanguageModel.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return stem if stem not in taken else next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)


@transaction.atomic
def end(slug: str, claim: UUID, *, by: User, error: str = "") -> TrainingJob:
    """Say that a job is done, or why it failed; one that has ended stays as it is."""
    job = held(slug, claim, by=by)
    if job.has_ended:
        return job
    job.state = State.FAILED if error else State.DONE
    job.error, job.finished_at = storable(error)[-LONGEST_LOG:], timezone.now()
    job.heard_at = job.finished_at
    job.save(update_fields=["state", "error", "finished_at", "heard_at"])
    log(by, f"training_job.{job.state}", job, step=job.progress, worker=job.worker)
    return job
