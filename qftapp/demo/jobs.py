"""Training jobs of the demo world: numbers made by hand and marked as such, so that curves and lineage can be seen."""

import hashlib
import math
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from qftapp.actors.models import LanguageModel, User
from qftapp.experiments.jobs import reporting, requesting
from qftapp.experiments.jobs.reporting import Number
from qftapp.experiments.models import Export, TrainingJob

BY_HAND = "by hand"
"""What the worker of these jobs calls itself; their pages say so."""

SFT, GRPO = "demo-sft", "demo-grpo"
BASE = "demo-base"
NOTE = "Nobody trained this: its numbers were made by hand for the demo."


def seed_jobs(by: User) -> None:
    """Make each job that is not there yet, with its metrics and checkpoint."""
    if not TrainingJob.objects.filter(slug=SFT).exists():
        traces = Export.objects.get(slug="first-traces")
        _job(SFT, "sft", _base(by), traces, {"steps": 240}, _sft_numbers(), by)
    if not TrainingJob.objects.filter(slug=GRPO).exists():
        tuned = TrainingJob.objects.get(slug=SFT).checkpoints.get().model
        _job(
            GRPO,
            "grpo",
            tuned,
            Export.objects.get(slug="first-prompts"),
            {"steps": 300, "kl": 0.001},
            _grpo_numbers(),
            by,
        )


def are_seeded() -> bool:
    """Whether both jobs are there."""
    return TrainingJob.objects.filter(slug__in=(SFT, GRPO), state=TrainingJob.State.DONE).count() == 2


def _base(by: User) -> LanguageModel:
    about = {"kind": LanguageModel.Kind.OPEN_WEIGHTS, "locator": "nowhere: made by hand", "notes": NOTE, "added_by": by}
    return LanguageModel.objects.get_or_create(slug=BASE, defaults=about)[0]


@transaction.atomic
def _job(
    slug: str,
    method: str,
    base: LanguageModel,
    export: Export,
    config: dict[str, Any],
    told: Iterator[Number],
    by: User,
) -> None:
    """A job that is done, said by a worker that never was."""
    wish = requesting.Wish(method=method, base=base, export=export, config=config, notes=NOTE, slug=slug)
    job = requesting.request(wish, by=by)
    now, steps, claim = timezone.now(), config["steps"], uuid4()
    TrainingJob.objects.filter(pk=job.pk).update(
        state=TrainingJob.State.RUNNING, claim=claim, worker=BY_HAND, heard_at=now, started_at=now, attempts=1
    )
    reporting.report(slug, claim, by=by, progress=steps, steps=steps, metrics=told, log_tail=f"{NOTE}\n")
    weights = hashlib.sha256(slug.encode()).hexdigest()
    place = "nowhere: made by hand"
    reporting.register(slug, claim, by=by, step=steps, locator=place, sha256=weights, is_last=True)
    reporting.end(slug, claim, by=by)


def _wobble(step: int, strength: float) -> float:
    """Something between noise and a wave, the same each time."""
    return strength * (math.sin(1.7 * step) + math.sin(0.61 * step + 1) + math.sin(3.9 * step * step)) / 3


def _sft_numbers() -> Iterator[Number]:
    for step in range(1, 241):
        left = math.exp(-step / 60)
        yield Number("loss", step, 0.62 + 1.1 * left + _wobble(step, 0.05))
        yield Number("entropy", step, 0.55 + 0.5 * left + _wobble(step + 7, 0.03))
        yield Number("learning_rate", step, 1e-5 * (1 + math.cos(math.pi * step / 240)) / 2)


def _grpo_numbers() -> Iterator[Number]:
    for step in range(1, 301):
        gained = 1 - math.exp(-step / 110)
        correct = 0.22 + 0.36 * gained + _wobble(step, 0.05)
        unreadable = 0.18 * (1 - gained) + 0.02 + _wobble(step + 3, 0.01)
        yield Number("reward", step, correct)
        yield Number("loss", step, _wobble(step, 0.02))
        yield Number("kl", step, 0.06 * gained + _wobble(step, 0.004))
        yield Number("entropy", step, 0.9 - 0.35 * gained + _wobble(step, 0.03))
        yield Number("completions/mean_length", step, 3_100 + 1_400 * gained + _wobble(step, 160))
        yield Number("outcome/correct", step, correct)
        yield Number("outcome/unreadable", step, unreadable)
        yield Number("outcome/wrong", step, 1 - correct - unreadable)
