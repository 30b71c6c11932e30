"""Background tasks of the platform."""

import os
import re
import subprocess
import sys

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.management.commands import serve
from qftapp.tasks import ATTEMPTS, retry_stalled_jobs


def job_of_a_worker_last_heard_of(interval: str) -> int:
    """The id of a job that is being done by such a worker."""
    job = retry_stalled_jobs.defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id", [interval]
        )
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", cursor.fetchone())
    return job


@pytest.mark.django_db
@pytest.mark.parametrize(("silence", "status"), [("10 minutes", "todo"), ("10 seconds", "doing")])
def test_only_the_jobs_of_silent_workers_are_run_again(silence, status):
    job = job_of_a_worker_last_heard_of(silence)

    async_to_sync(retry_stalled_jobs.func)(timestamp=0)

    assert ProcrastinateJob.objects.get(pk=job).status == status


@pytest.mark.django_db
def test_job_that_takes_its_worker_with_it_every_time_is_given_up():
    job = job_of_a_worker_last_heard_of("10 minutes")
    ProcrastinateJob.objects.filter(pk=job).update(attempts=ATTEMPTS - 1)

    async_to_sync(retry_stalled_jobs.func)(timestamp=0)

    assert ProcrastinateJob.objects.get(pk=job).status == "failed"


def test_worker_process_knows_every_task():
    code = "import django; django.setup(); from procrastinate.contrib.django import app; "
    code += "app.perform_import_paths(); print('ingest_batch' in app.tasks)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "qftapp.settings", "QFT_MODE": "local"}

    told = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines()[-1] == "True"


def queues_in(words: str) -> set[str]:
    """The queues that a worker's command line names."""
    return set(re.search(r"--queues=(\S+)", words)[1].split(","))


def test_every_queue_has_a_worker():
    app.perform_import_paths()
    needed = {task.queue for task in app.tasks.values() if task.queue != "builtin"}

    served = queues_in(" ".join(serve.WORKER)) | queues_in(" ".join(serve.ASKING_WORKER))
    composed = re.findall("procrastinate worker --queues=.*", (settings.BASE_DIR / "compose.yaml").read_text())

    assert needed == served == set().union(*map(queues_in, composed))
