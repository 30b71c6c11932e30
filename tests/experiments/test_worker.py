"""Real workers, killed, stopped and cut off: no metric is lost or counted twice, no job is forgotten."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from qftapp.experiments.jobs import claiming, requesting
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.models import Metric, TrainingJob
from qftapp.runs.models import Run, Trace
from tests.experiments.jobs import done_export, requested
from tests.experiments.working import Server, machine, serving, wait_until, worker
from tests.factories import approved, default_prompt, frozen_release, person
from tests.runs.files import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "worker" / "jobs"


def steps_of(job: TrainingJob, name: str = "loss") -> list[int]:
    return list(Metric.objects.filter(job=job, name=name).order_by("step").values_list("step", flat=True))


def state(job: TrainingJob) -> str:
    job.refresh_from_db()
    return job.state


def trainer_pid(folder: Path, job: TrainingJob) -> int:
    return json.loads((folder / job.slug / "trainer.pid").read_text())["pid"]


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


def test_job_is_trained_reported_registered_and_evaluated(server: Server, folder: Path):
    default_prompt()
    item = approved("width")
    release = frozen_release(item, split="test")
    export = done_export("rl", release=release)
    recipe = Recipe(release.name, "test", samples=2)
    job = requested("grpo", export=export, config={"steps": 12, "save_every": 5}, evaluation=recipe)

    with worker(server.url, folder, "--once") as process:
        assert process.wait(60) == 0
    work()

    assert (state(job), job.progress, job.steps, job.error) == ("done", 12, 12, "")
    assert steps_of(job) == list(range(1, 13))
    assert f"from step 0 on, {job.base.locator}" in job.log_tail
    assert list(job.checkpoints.values_list("step", "is_last")) == [(12, True), (10, False), (5, False)]
    last = job.checkpoints.get(is_last=True)
    assert last.model.locator == str(folder / job.slug / "output" / "checkpoint-12")
    assert Trace.objects.filter(run=job.rollouts).count() == 12
    evaluation = Run.objects.get(model=last.model)
    assert evaluation.state == "done"
    assert [trace.grades.get().outcome for trace in evaluation.traces.all()] == ["correct", "correct"]


def test_metrics_outlive_a_lost_network(server: Server, folder: Path):
    job = requested(config={"steps": 60})
    slow = machine(folder, seconds=0.05)
    with worker(server.url, folder, "--once", "--config", slow) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        server.stop()
        wait_until(lambda: (folder / job.slug / "output" / "checkpoint-60").exists())
        assert len(steps_of(job)) < 60
        server.start()
        assert process.wait(60) == 0

    assert state(job) == "done"
    assert steps_of(job) == list(range(1, 61))


def test_killed_worker_finds_its_trainer_again(server: Server, folder: Path):
    job = requested(config={"steps": 80})
    slow = machine(folder, seconds=0.05)
    with worker(server.url, folder, "--config", slow) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        pid = trainer_pid(folder, job)
        assert is_alive(pid)

        with worker(server.url, folder, "--once", "--config", slow) as successor:
            assert successor.wait(60) == 0

    assert trainer_pid(folder, job) == pid
    assert (state(job), job.attempts) == ("done", 1)
    assert steps_of(job) == list(range(1, 81))
    assert job.log_tail.count("from step 0 on") == 1


def test_worker_told_to_stop_leaves_the_job_with_a_checkpoint_for_the_next(server: Server, folder: Path):
    job = requested(config={"steps": 60})
    slow = machine(folder, seconds=0.05)
    with worker(server.url, folder, "--config", slow) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        process.terminate()
        assert process.wait(60) == 0
    assert state(job) == "queued"
    left_at = job.checkpoints.get().step
    assert 3 < left_at < 60

    with worker(server.url, folder, "--once", "--config", slow, name="gpu-2") as process:
        assert process.wait(60) == 0

    assert (state(job), job.attempts, job.worker) == ("done", 2, "gpu-2")
    assert steps_of(job) == list(range(1, 61))
    assert f"from step {left_at} on" in job.log_tail


def test_next_worker_elsewhere_goes_on_from_the_checkpoint_where_it_can_reach_it(server: Server, folder: Path):
    job = requested(config={"steps": 60})
    slow = machine(folder, seconds=0.05)
    with worker(server.url, folder, "--config", slow) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        process.terminate()
        process.wait(60)
    left_at = job.checkpoints.get().step

    with worker(server.url, folder.parent / "elsewhere", "--once", "--config", slow) as process:
        assert process.wait(60) == 0

    assert state(job) == "done"
    assert f"from step {left_at} on" in job.log_tail


def test_cancel_reaches_the_trainer(server: Server, folder: Path):
    job = requested(config={"steps": 10_000})
    with worker(server.url, folder, "--config", machine(folder, seconds=0.05)) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        pid = trainer_pid(folder, job)
        # What the worker has nothing to say to is said in a heartbeat; a trainer at work says something each second.
        requesting.cancel(job.pk, by=person("farah"))
        wait_until(lambda: not is_alive(pid))
        wait_until(lambda: (folder / job.slug / "closed").exists())
        assert process.poll() is None

    assert state(job) == "cancelled"
    assert job.checkpoints.count() == 1
    assert job.checkpoints.get().step == max(steps_of(job))


def test_worker_whose_claim_is_lost_stops_and_changes_nothing(server: Server, folder: Path):
    job = requested(config={"steps": 10_000})
    with worker(server.url, folder, "--methods", "sft", "--config", machine(folder, seconds=0.05)) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        pid = trainer_pid(folder, job)
        TrainingJob.objects.filter(pk=job.pk).update(heard_at=timezone.now() - timedelta(hours=1))
        claiming.offer_forsaken()
        other = claiming.claim(by=person("farah"), worker="other", methods=["sft"])
        assert other is not None
        came = len(steps_of(job))
        wait_until(lambda: not is_alive(pid))
        process.terminate()
        process.wait(60)

    assert (state(job), job.worker, len(steps_of(job))) == ("running", "other", came)


@pytest.mark.parametrize(
    ("config", "said"),
    [({"fault": "epochs: must be positive"}, "configuration is refused"), ({"crash": 4}, "ended with code 1")],
)
def test_trainer_that_fails_is_a_failed_job_with_the_end_of_its_log(server: Server, folder: Path, config, said):
    job = requested(config={"steps": 9})
    with worker(server.url, folder, "--once", "--config", machine(folder, **config)) as process:
        assert process.wait(60) == 0
    assert state(job) == "failed"
    assert said in job.error
    assert str(config.get("fault", "9 steps")) in job.error


def test_trainer_that_others_told_to_end_has_not_failed_whatever_its_launcher_says(server: Server, folder: Path):
    job = requested(config={"steps": 60})
    slow = machine(folder, seconds=0.05, stopped_code=1)
    with worker(server.url, folder, "--once", "--config", slow) as process:
        wait_until(lambda: len(steps_of(job)) > 3)
        os.kill(trainer_pid(folder, job), signal.SIGTERM)
        assert process.wait(60) == 0

    assert (state(job), job.attempts) == ("done", 2)
    assert steps_of(job) == list(range(1, 61))


def test_trainer_that_cannot_be_started_is_a_failed_job(server: Server, folder: Path):
    job = requested(config={"steps": 9})
    with worker(server.url, folder, "--once", "--trainer-command", "/no/such/trainer") as process:
        assert process.wait(60) == 0
    assert state(job) == "failed"
    assert "/no/such/trainer: No such file" in job.error


def test_rows_that_are_not_what_was_promised_are_not_trained_on(server: Server, folder: Path):
    job = requested(config={"steps": 9})
    Path(job.export.file.path).write_bytes(b'{"item": "other"}\n')
    with worker(server.url, folder, "--once") as process:
        assert process.wait(60) == 0
    assert state(job) == "failed"
    assert "The rows have the hash" in job.error
    assert not (folder / job.slug / "trainer.log").exists()


def test_trainer_is_not_told_the_token(server: Server, folder: Path):
    requested(config={"steps": 10_000})
    with worker(server.url, folder, "--config", machine(folder, seconds=0.05)):
        wait_until(lambda: any(folder.glob("*/trainer.pid")))
        pid = json.loads(next(folder.glob("*/trainer.pid")).read_text())["pid"]
        assert b"QFT_TOKEN" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_worker_without_a_token_says_so():
    command = ["-m", "training.worker", "--url", "http://127.0.0.1:9", "--name", "gpu-1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QFT_TOKEN")}
    said = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=environment)
    assert said.returncode == 1
    assert "QFT_TOKEN" in said.stderr
