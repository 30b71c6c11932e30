"""Who works on a job: claimed by a worker, left by it, offered again where it was not heard of."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.actors.events import history, log
from qftapp.actors.models import User
from qftapp.actors.text import plain
from qftapp.experiments.jobs.evaluation import rollouts_of
from qftapp.experiments.jobs.requesting import require_engineer
from qftapp.experiments.models import TrainingJob

State = TrainingJob.State

MOST_LOSSES = 3
"""Workers that a job may take with it at one and the same step before it is given up."""

LOST_CLAIM = "This claim is not the job’s: somebody else has it by now, or nobody."


@transaction.atomic
def claim(*, by: User, worker: str, methods: Collection[str], as_claim: UUID | None = None) -> TrainingJob | None:
    """Give a worker the job that waits longest; nothing where none waits.

    `as_claim` is the worker's own choice: asked again with it, because an answer was lost, it gets the same job.
    """
    require_engineer(by)
    name = plain(worker).strip()
    if not 1 <= len(name) <= 120:
        raise ValidationError({"worker": "A worker says who it is, in at most 120 characters."})
    if unknown := set(methods) - set(TrainingJob.Method.values):
        raise ValidationError({"methods": f"There is no method {', '.join(sorted(unknown))}."})
    if as_claim and (again := TrainingJob.objects.filter(claim=as_claim).first()):
        if again.state != State.RUNNING:
            raise Conflict("This claim was of a job that has ended; make a new one.")
        return again
    waiting = TrainingJob.objects.select_for_update(skip_locked=True, of=("self",))
    job = waiting.filter(state=State.QUEUED, method__in=methods).order_by("requested_at", "pk").first()
    return job and _give(job, name, as_claim or uuid4(), by)


def _give(job: TrainingJob, worker: str, as_claim: UUID, by: User) -> TrainingJob:
    now = timezone.now()
    job.state, job.claim, job.worker, job.heard_at = State.RUNNING, as_claim, worker, now
    job.started_at = job.started_at or now
    job.attempts += 1
    job.rollouts = rollouts_of(job, by=by)
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        raise Conflict("This claim is being used in this very moment.") from None
    log(by, "training_job.claimed", job, worker=worker, attempt=job.attempts)
    return job


def held(slug: str, claim: UUID, *, by: User) -> TrainingJob:
    """The job of that claim, locked until the transaction ends; raises Conflict where the claim is lost."""
    require_engineer(by)
    job = TrainingJob.objects.select_for_update(of=("self",)).filter(slug=slug).first()
    if job is None or job.claim != claim:
        raise Conflict(LOST_CLAIM)
    return job


@transaction.atomic
def leave(slug: str, claim: UUID, *, by: User) -> TrainingJob:
    """Give a job back to the queue: its worker has to stop, the job has not ended."""
    job = held(slug, claim, by=by)
    if job.state == State.RUNNING:
        _offer_again(job)
        log(by, "training_job.left", job, worker=job.worker, step=job.progress)
    return job


def _offer_again(job: TrainingJob) -> None:
    job.state, job.claim = State.QUEUED, None
    job.save(update_fields=["state", "claim"])


def silent() -> QuerySet[TrainingJob]:
    """The running jobs whose worker has not been heard of for too long."""
    limit = timezone.now() - timedelta(minutes=settings.TRAINING_SILENCE_MINUTES)
    return TrainingJob.objects.filter(state=State.RUNNING, heard_at__lt=limit)


def offer_forsaken() -> None:
    """Offer the jobs of silent workers to others; a job that took several with it at one step has failed."""
    for pk in silent().values_list("pk", flat=True):
        with transaction.atomic():
            job = silent().select_for_update(of=("self",)).select_related("requested_by").filter(pk=pk).first()
            if job is not None:
                _lose(job)


def _lose(job: TrainingJob) -> None:
    """Take a job from a worker that is not heard of."""
    about = {"worker": job.worker, "step": job.progress, "heard_at": str(job.heard_at)}
    log(job.requested_by, "training_job.lost", job, **about)
    losses = history([job]).filter(verb__in=("training_job.lost", "training_job.resumed"))[:MOST_LOSSES]
    if [event.data.get("step") for event in losses if event.verb.endswith("lost")] == [job.progress] * MOST_LOSSES:
        job.state, job.finished_at = State.FAILED, timezone.now()
        job.error = f"{MOST_LOSSES} workers in a row were lost at step {job.progress}, the last one “{job.worker}”."
        job.save(update_fields=["state", "finished_at", "error"])
    else:
        _offer_again(job)
