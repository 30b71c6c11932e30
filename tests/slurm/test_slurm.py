"""Training jobs through a real Slurm: submitted, followed, requeued, submitted again when time is up, cancelled."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qftapp.actors import tokens
from qftapp.experiments.jobs import requesting
from qftapp.experiments.models import Metric, TrainingJob
from tests.experiments.jobs import requested
from tests.experiments.working import PROJECT, SAMPLER, TRAINER, machine, serving, wait_until
from tests.factories import person
from tests.slurm.cluster import Cluster, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    with running(Path(os.environ["SLURM_ROOT"]).resolve(), tmp_path_factory.mktemp("slurm")) as up:
        yield up


@pytest.fixture
def url(settings, tmp_path) -> Iterator[str]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with serving() as server:
        yield server.url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shared" / "jobs"


@contextmanager
def login_node(cluster: Cluster, url: str, folder: Path, *flags: str) -> Iterator[subprocess.Popen]:
    _, secret = tokens.create(by=person("farah"), name=f"login {time.monotonic()}")
    command = [sys.executable, "-m", "training.slurm", "--url", url, "--name", "login", "--folder", str(folder)]
    command += ["--trainer-command", TRAINER, "--sampler-command", SAMPLER, "--once", *flags]
    process = subprocess.Popen(command, cwd=PROJECT, env=cluster.environment | {"QFT_TOKEN": secret})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def steps_of(job: TrainingJob) -> list[int]:
    return list(Metric.objects.filter(job=job, name="loss").order_by("step").values_list("step", flat=True))


def slurm_id(folder: Path, job: TrainingJob) -> str:
    return json.loads((folder / job.slug / "trainer.slurm").read_text())["id"]


def test_job_that_slurm_requeues_in_the_middle_goes_on_and_is_done(cluster: Cluster, url: str, folder: Path):
    job = requested(config={"steps": 60})
    with login_node(cluster, url, folder, "--config", machine(folder, seconds=0.2)) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        cluster.run("scontrol", "requeue", slurm_id(folder, job))
        assert process.wait(300) == 0

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
    assert steps_of(job) == list(range(1, 61))
    stopped_at = min(job.checkpoints.values_list("step", flat=True))
    assert 3 < stopped_at < 60
    assert f"from step {stopped_at} on" in (folder / job.slug / "trainer.log").read_text()
    assert "Restarts=1" in cluster.run("scontrol", "show", "job", slurm_id(folder, job))
    assert "QFT_TOKEN" not in (folder / job.slug / "trainer.sh").read_text()


def test_job_whose_time_is_up_writes_a_checkpoint_and_is_submitted_again(cluster: Cluster, url: str, folder: Path):
    job = requested(config={"steps": 60})
    flags = ("--sbatch=--time=1", "--signal-seconds=25", "--config", machine(folder, seconds=1))
    with login_node(cluster, url, folder, *flags) as process:
        wait_until(lambda: len(steps_of(job)) > 1)
        first = slurm_id(folder, job)
        assert process.wait(400) == 0

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
    assert steps_of(job) == list(range(1, 61))
    assert job.checkpoints.count() > 1
    assert slurm_id(folder, job) != first


def test_cancel_reaches_the_trainer_through_slurm(cluster: Cluster, url: str, folder: Path):
    job = requested(config={"steps": 10_000})
    with login_node(cluster, url, folder, "--config", machine(folder, seconds=0.2)) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        requesting.cancel(job.pk, by=person("farah"))
        assert process.wait(120) == 0

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.checkpoints.get().step == max(steps_of(job))
    told = cluster.run("scontrol", "--oneliner", "show", "job", slurm_id(folder, job))
    assert {"JobState=CANCELLED", "JobState=COMPLETED"} & set(told.split())


def test_login_node_that_is_started_again_finds_its_job(cluster: Cluster, url: str, folder: Path):
    job = requested(config={"steps": 60})
    slow = machine(folder, seconds=0.3)
    with login_node(cluster, url, folder, "--config", slow) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        first = slurm_id(folder, job)
        process.terminate()
        assert process.wait(60) == 0
    with login_node(cluster, url, folder, "--config", slow) as process:
        assert process.wait(200) == 0

    job.refresh_from_db()
    assert (job.state, job.attempts, slurm_id(folder, job)) == ("done", 1, first)
    assert steps_of(job) == list(range(1, 61))
