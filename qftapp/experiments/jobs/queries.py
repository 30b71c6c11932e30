"""Reads of training jobs: the list with its filters, one with all that its page shows."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from qftapp.experiments.models import Checkpoint, Metric, TrainingJob
from qftapp.runs.models import Run

FILTERS = {"method": "method", "state": "state", "base": "base__slug", "export": "export__slug"}
"""The filters of the list, and what each compares."""

LARGEST = 1e308
"""No number is larger; nan, which PostgreSQL puts above all, is."""


def jobs(filters: Mapping[str, str]) -> QuerySet[TrainingJob, Any]:
    """The jobs that match, newest first, each with its `best_reward` and `checkpoint_count`."""
    chosen = {lookup: filters[name] for name, lookup in FILTERS.items() if filters.get(name)}
    rewards = Metric.objects.filter(job=OuterRef("pk"), name="reward", value__lte=LARGEST).order_by()
    best = rewards.values("job").annotate(best=Max("value")).values("best")
    written = Checkpoint.objects.filter(job=OuterRef("pk")).order_by().values("job").annotate(count=Count("pk"))
    found = TrainingJob.objects.filter(**chosen).select_related("base", "export", "requested_by", "rollouts")
    return found.annotate(best_reward=Subquery(best), checkpoint_count=Subquery(written.values("count")))


def checkpoints(job: TrainingJob) -> QuerySet[Checkpoint, Any]:
    """The checkpoints of a job, the newest first."""
    return job.checkpoints.select_related("model").order_by("-step", "-pk")


def evaluations(job: TrainingJob) -> list[Run]:
    """The runs that evaluate a job's checkpoints, newest first."""
    runs = Run.objects.filter(model__checkpoint__job=job, purpose=Run.Purpose.EVALUATE)
    return list(runs.select_related("model", "release").defer("release__archive").order_by("-pk"))
