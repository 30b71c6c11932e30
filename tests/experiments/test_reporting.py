"""Numbers, checkpoints and ends: what is said twice counts once."""

import math

import pytest
from django.core.exceptions import ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import LanguageModel
from qftapp.experiments.jobs import claiming, reporting, requesting
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.jobs.reporting import Number
from qftapp.runs.models import Run
from tests.experiments.jobs import claim_of, claimed
from tests.factories import approved, default_prompt, frozen_release, person

pytestmark = pytest.mark.django_db
A, B = "a" * 64, "b" * 64


def report(job, *numbers: tuple[str, int, float], progress: int = 1, steps: int = 10, log_tail: str = ""):
    told = [Number(*number) for number in numbers]
    return reporting.report(
        job.slug, claim_of(job), by=person("farah"), progress=progress, steps=steps, metrics=told, log_tail=log_tail
    )


def register(job, step: int = 5, sha256: str = A, is_last: bool = False):
    return reporting.register(
        job.slug, claim_of(job), by=person("farah"), step=step, locator=f"/c/{step}", sha256=sha256, is_last=is_last
    )


def stored(job) -> list[tuple[str, int, float]]:
    return list(job.metrics.values_list("name", "step", "value"))


def test_metric_that_is_sent_twice_is_there_once_with_its_last_value():
    job = claimed()
    report(job, ("loss", 1, 2.5), ("loss", 2, 2.0))
    report(job, ("loss", 1, 2.5), ("loss", 2, 1.5), ("loss", 2, 1.25))
    assert stored(job) == [("loss", 1, 2.5), ("loss", 2, 1.25)]


def test_report_keeps_progress_and_the_end_of_the_log():
    job = claimed()
    report(job, progress=4, steps=40, log_tail="\0" + "x" * 30_000)
    job.refresh_from_db()
    assert (job.progress, job.steps, len(job.log_tail)) == (4, 40, 20_000)
    report(job, progress=5, steps=0)
    job.refresh_from_db()
    assert (job.progress, job.steps, len(job.log_tail)) == (5, 40, 20_000)


def test_number_that_is_none_is_kept_as_such():
    job = claimed()
    report(job, ("loss", 1, math.nan))
    assert math.isnan(stored(job)[0][2])


def test_name_that_is_none_is_refused():
    job = claimed()
    with pytest.raises(ValidationError):
        report(job, ("<script>", 1, 0.0))
    assert stored(job) == []


def test_worker_of_a_cancelled_job_is_told_and_may_wind_up():
    job = claimed()
    requesting.cancel(job.pk, by=person("farah"))
    assert report(job, ("loss", 3, 1.0)).state == "cancelled"
    checkpoint, _ = register(job, step=3)
    assert reporting.end(job.slug, claim_of(job), by=person("farah")).state == "cancelled"
    assert stored(job) == [("loss", 3, 1.0)]
    assert checkpoint.step == 3


def test_worker_of_a_job_that_was_resumed_meanwhile_has_lost_it():
    job = claimed()
    requesting.cancel(job.pk, by=person("farah"))
    requesting.resume(job.pk, by=person("farah"))
    with pytest.raises(Conflict):
        report(job, ("loss", 3, 1.0))
    assert stored(job) == []


def test_checkpoint_is_a_model_whose_parent_is_the_base():
    job = claimed()
    checkpoint, run = register(job)
    model = checkpoint.model
    assert (model.kind, model.parent, model.locator, model.slug) == ("checkpoint", job.base, "/c/5", f"{job.slug}-5")
    assert run is None


def test_checkpoint_that_is_sent_twice_is_there_once():
    job = claimed()
    assert register(job)[0] == register(job)[0]
    assert LanguageModel.objects.filter(kind="checkpoint").count() == 1


def test_other_weights_at_the_same_step_are_another_model():
    job = claimed()
    first, second = register(job)[0], register(job, sha256=B)[0]
    assert second.model.slug == f"{first.model.slug}-2"


def test_newest_last_checkpoint_is_the_last():
    job = claimed()
    register(job, is_last=True)
    register(job, step=9, sha256=B, is_last=True)
    assert list(job.checkpoints.values_list("step", "is_last")) == [(9, True), (5, False)]


@pytest.mark.parametrize("sha256", ["a" * 63 + "g", "A" * 64])
def test_hash_that_is_none_is_refused(sha256):
    with pytest.raises(ValidationError):
        register(claimed(), sha256=sha256)


def test_last_checkpoint_asks_for_its_evaluation_once():
    default_prompt()
    release = frozen_release(approved(), split="test")
    job = claimed(evaluation=Recipe(release.name, "test", samples=3, temperature=0.5, max_tokens=99))
    assert register(job)[1] is None

    _, run = register(job, is_last=True)
    assert register(job, is_last=True)[1] == run

    assert (run.purpose, run.origin, run.release, run.split) == ("evaluate", "imported", release, "test")
    assert (run.samples_per_item, run.sampling) == (3, {"temperature": 0.5, "max_tokens": 99, "seed": 0})
    assert Run.objects.count() == 1


@pytest.mark.parametrize(("error", "state"), [("", "done"), ("out of memory", "failed")])
def test_job_ends_once(error, state):
    job = claimed()
    reporting.end(job.slug, claim_of(job), by=person("farah"), error=error)
    again = reporting.end(job.slug, claim_of(job), by=person("farah"), error="something else")
    assert (again.state, again.error) == (state, error)


def test_ended_job_cannot_be_left():
    job = claimed()
    reporting.end(job.slug, claim_of(job), by=person("farah"))
    assert claiming.leave(job.slug, claim_of(job), by=person("farah")).state == "done"
