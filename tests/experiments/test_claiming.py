"""Workers claim, report, leave and die."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.actors.events import history
from qftapp.experiments.jobs import claiming, reporting, requesting
from qftapp.experiments.models import TrainingJob
from tests.experiments.jobs import claim_of, claimed, requested
from tests.factories import person
from tests.items.racing import at_once

pytestmark = pytest.mark.django_db


def claim(worker: str = "gpu-1", methods=("sft", "grpo"), **given) -> TrainingJob | None:
    return claiming.claim(by=person("farah"), worker=worker, methods=methods, **given)


def silence(job: TrainingJob, minutes: int = 11) -> None:
    TrainingJob.objects.filter(pk=job.pk).update(heard_at=timezone.now() - timedelta(minutes=minutes))


def verbs(job: TrainingJob) -> list[str]:
    return [event.verb.partition(".")[2] for event in history([job])]


def test_worker_gets_the_job_that_waits_longest():
    first, _ = requested(), requested()
    got = claim("gpu-1")
    assert (got.pk, got.state, got.worker, got.attempts) == (first.pk, "running", "gpu-1", 1)
    assert got.claim is not None
    assert got.started_at is not None
    assert verbs(first) == ["claimed", "requested"]


def test_worker_gets_only_methods_that_it_knows():
    requested("grpo")
    assert claim(methods=["sft"]) is None
    assert claim(methods=["grpo"]) is not None


def test_nothing_is_claimed_where_nothing_waits():
    claimed()
    assert claim() is None


@pytest.mark.parametrize("given", [{"worker": " "}, {"worker": "w" * 121}, {"methods": ["dpo"]}])
def test_claim_that_says_nonsense_is_refused(given):
    with pytest.raises(ValidationError):
        claim(**given)


def test_same_claim_asked_again_gets_the_same_job():
    requested(), requested()
    mine = uuid4()
    assert claim(as_claim=mine).pk == claim(as_claim=mine).pk
    assert TrainingJob.objects.filter(state="queued").count() == 1


def test_claim_of_a_job_that_ended_claims_no_other():
    job = claimed()
    reporting.end(job.slug, claim_of(job), by=person("farah"))
    requested()
    with pytest.raises(Conflict):
        claim(as_claim=job.claim)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_claim_at_once_do_not_get_the_same_job():
    requested()
    got = at_once(*(lambda name=name: claim(name) for name in ("gpu-1", "gpu-2", "gpu-3", "gpu-4")))
    assert [type(one).__name__ for one in got].count("TrainingJob") == 1
    assert got.count(None) == 3


def test_grpo_job_gets_a_run_for_its_rollouts_once():
    job = claimed(method="grpo")
    assert (job.rollouts.purpose, job.rollouts.origin, job.rollouts.model) == ("teach", "imported", job.base)
    claiming.leave(job.slug, claim_of(job), by=person("farah"))
    assert claimed(job).rollouts == job.rollouts
    assert claimed(method="sft").rollouts is None


def test_left_job_is_given_to_the_next_worker_and_the_old_claim_is_lost():
    job = claimed(worker="gpu-1")
    claiming.leave(job.slug, claim_of(job), by=person("farah"))

    again = claim("gpu-2")

    assert (again.pk, again.attempts, again.worker) == (job.pk, 2, "gpu-2")
    for act in (
        lambda: reporting.report(job.slug, claim_of(job), by=person("farah"), progress=5, steps=9),
        lambda: reporting.end(job.slug, claim_of(job), by=person("farah")),
        lambda: claiming.leave(job.slug, claim_of(job), by=person("farah")),
        lambda: reporting.register(
            job.slug, claim_of(job), by=person("farah"), step=1, locator="/w", sha256="a" * 64, is_last=True
        ),
    ):
        with pytest.raises(Conflict, match="not the job’s"):
            act()
    again.refresh_from_db()
    assert (again.state, again.progress, again.checkpoints.count()) == ("running", 0, 0)


def test_job_of_a_silent_worker_is_offered_again_and_the_log_says_so():
    job, alive = claimed(worker="gpu-1"), claimed(worker="gpu-2")
    silence(job)
    silence(alive, minutes=9)

    claiming.offer_forsaken()

    job.refresh_from_db()
    alive.refresh_from_db()
    assert (job.state, job.claim, alive.state) == ("queued", None, "running")
    lost = history([job]).first()
    assert (lost.verb, lost.data["worker"]) == ("training_job.lost", "gpu-1")


def test_job_that_takes_every_worker_with_it_at_one_step_has_failed():
    job = requested()
    for _ in range(claiming.MOST_LOSSES):
        silence(claimed(job))
        claiming.offer_forsaken()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "3 workers in a row were lost at step 0" in job.error

    requesting.resume(job.pk, by=person("farah"))
    silence(claimed(job))
    claiming.offer_forsaken()
    job.refresh_from_db()
    assert job.state == "queued"


def test_job_that_comes_further_each_time_is_never_given_up():
    job = requested()
    for step in range(claiming.MOST_LOSSES + 2):
        got = claimed(job)
        reporting.report(job.slug, claim_of(got), by=person("farah"), progress=step, steps=100)
        silence(got)
        claiming.offer_forsaken()
    job.refresh_from_db()
    assert job.state == "queued"
