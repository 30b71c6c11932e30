"""Workers that are killed in the middle of a run, as real processes: no answer is lost, none asked for again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.runs.asking import actions
from qftapp.runs.asking.executing import execute
from qftapp.runs.asking.keeping import AskedElsewhere
from qftapp.runs.asking.traces import RunKeeper
from qftapp.runs.models import Run
from qftapp.tasks import retry_stalled_jobs
from tests import factories
from tests.runs.asking import answering, started, triples
from tests.servers import completion

pytestmark = pytest.mark.django_db(transaction=True)
IN_FLIGHT = 4
COMMAND = ("manage.py", "procrastinate", "worker", "--queues=asking", "--one-shot", "--shutdown-graceful-timeout=0.1")


@pytest.fixture
def workers() -> Iterator[list[subprocess.Popen]]:
    """The workers of a test, none of which outlives it."""
    started: list[subprocess.Popen] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def worker(workers) -> Callable[[str], subprocess.Popen]:
    """A function that starts a worker which works off what there is in the asking queue."""

    def start(address: str) -> subprocess.Popen:
        workers.append(a_worker(address))
        return workers[-1]

    return start


def a_worker(address: str) -> subprocess.Popen:
    given = connection.settings_dict
    database = f"postgres://{given['USER']}@:{given['PORT']}/{given['HOST']}/{given['NAME']}"
    return subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=project.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "qftapp.settings",
            "QFT_MODE": "local",
            "DATABASE_URL": database,
            "ENDPOINTS": f"local={address}",
        },
    )


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 200
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def slowly(body):
    time.sleep(0.1)
    return completion()


def test_run_of_a_killed_worker_goes_on_where_it_stood(worker):
    with answering(slowly) as server:
        run = started(10, samples_per_item=4, in_flight=IN_FLIGHT)
        first = worker(server.address)
        wait_until(lambda: run.traces.count() >= 10)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        written = run.traces.count()
        waiting_until_it_is_noticed()

        second = worker(server.address)
        assert second.wait(200) == 0

        run.refresh_from_db()
        assert run.state == "done"
        assert 10 <= written < 40
        assert len(triples(run)) == 40
        assert len(server.asked) <= 40 + IN_FLIGHT
    assert ProcrastinateJob.objects.get(task_name="ask_run").status == "succeeded"


def waiting_until_it_is_noticed() -> None:
    """Age the dead worker, and do what happens every minute."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'")
    async_to_sync(retry_stalled_jobs.func)(timestamp=0)


def test_worker_that_is_told_to_stop_leaves_the_run_to_the_next_one(worker):
    with answering(slowly) as server:
        run = started(10, samples_per_item=4, in_flight=IN_FLIGHT)
        first = worker(server.address)
        wait_until(lambda: run.traces.exists())
        first.terminate()
        first.wait(200)
        run.refresh_from_db()
        assert run.state == "queued"
        assert worker(server.address).wait(200) == 0

        assert len(triples(run)) == 40
        assert len(server.asked) <= 40 + IN_FLIGHT


def test_answers_outlive_the_loss_of_the_database():
    def cut_off_once(body):
        if len(server.asked) == 6:
            cut_off()
        return slowly(body)

    with answering(cut_off_once) as server:
        run = started(4, samples_per_item=4, in_flight=2)
        assert execute(run.pk) == "done"

    assert len(triples(run)) == len(server.asked) == 16


def cut_off() -> None:
    """End the sessions of everybody who holds a run's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
            [RunKeeper.LOCKS],
        )
    connection.close()


def test_two_workers_never_ask_for_the_same_run():
    with answering(completion()) as server:
        run = started(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [RunKeeper.LOCKS, run.pk])
        with pytest.raises(AskedElsewhere):
            execute(run.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RunKeeper.LOCKS, run.pk])
        run.refresh_from_db()
        assert (run.state, server.asked) == ("queued", [])

        assert execute(run.pk) == "done"


def test_run_that_ended_is_not_asked_again():
    with answering(completion()) as server:
        run = started(1, samples_per_item=1)
        execute(run.pk)
        assert execute(run.pk) == ""

    assert len(server.asked) == 1


@pytest.mark.parametrize(("status", "is_forsaken"), [("todo", False), ("doing", False), ("failed", True)])
def test_run_whose_job_is_gone_fails_with_a_reason(status, is_forsaken):
    with answering(completion()):
        run = started(1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])

    actions.fail_forsaken()

    run.refresh_from_db()
    assert (run.state == "failed") is is_forsaken


def test_runs_that_wait_for_no_worker_are_never_forsaken():
    imported = factories.RunFactory(state="running", finished_at=None)
    ended = factories.asked(state="done", finished_at=imported.requested_at)

    actions.fail_forsaken()

    assert set(Run.objects.values_list("state", flat=True)) == {"running", "done"}
    assert ended.error == ""
