"""An import whose worker is killed, or cancelled while a worker reads it: a real process, and nothing half here."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.runs.importing import actions
from qftapp.runs.models import Run, Trace, TraceImport
from qftapp.runs.tasks import import_traces
from tests.factories import approved, person
from tests.runs.files import begun, counts, files_folder, lines, row, work

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 4_000
SLOWLY = """
CREATE FUNCTION wait_a_little() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
CREATE TRIGGER waits BEFORE INSERT ON qftapp_trace FOR EACH STATEMENT EXECUTE FUNCTION wait_a_little();
"""
QUICKLY = "DROP TRIGGER waits ON qftapp_trace; DROP FUNCTION wait_a_little();"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def found() -> TraceImport:
    """An import that takes its worker some seconds."""
    ProcrastinateJob.objects.all().delete()
    approved("width")
    return begun(lines(*(row(text=f"{n} " * 2_000, sample=n % 1000) for n in range(1000)), *([b"x" * 8_000] * ROWS)))


@pytest.fixture
def worker(tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of this database and folder, as production starts it."""
    database = connection.settings_dict
    where = urlencode({"host": database["HOST"], "port": database["PORT"]})
    url = f"postgres://{database['USER']}@/{database['NAME']}?{where}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "qftapp.settings", "QFT_MODE": "local"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker"],
        cwd=django_settings.BASE_DIR,
        env=environment | {"DATABASE_URL": url, "DATA_DIR": str(tmp_path)},
    )
    yield process
    process.kill()
    process.wait()


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_read(found: TraceImport) -> Callable[[], bool]:
    return lambda: TraceImport.objects.filter(pk=found.pk, state="running", bytes_read__gt=0).exists()


def test_killed_in_the_middle_leaves_nothing_and_begins_again_from_the_start(found, worker):
    execute(SLOWLY)
    try:
        wait_until(lambda: TraceImport.objects.filter(pk=found.pk, report__has_key="rows").exists())
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert not Trace.objects.exists()
        assert Run.objects.get().state == "running"
        wait_until(lambda: not somebody_has_it(found.pk))
    finally:
        execute(QUICKLY)

    ProcrastinateJob.objects.filter(task_name="import_traces").delete()
    execute("DELETE FROM procrastinate_workers")
    begun_again(found)
    work()

    found.refresh_from_db()
    assert (found.state, counts(found)) == ("done", (1000, 0, ROWS))
    assert Trace.objects.count() == 1000


def begun_again(found: TraceImport) -> None:
    import_traces.defer(import_id=found.pk)


def somebody_has_it(import_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('trace_import'), %s)", [import_id])
        is_free = cursor.fetchone()[0]
        if is_free:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('trace_import'), %s)", [import_id])
    return not is_free


def test_cancelled_while_it_is_read_stops_within_a_moment_and_leaves_nothing(found, worker):
    path = Path(found.file.path)
    wait_until(is_read(found))
    actions.cancel(found.pk, by=person("farah"))
    wait_until(lambda: ProcrastinateJob.objects.get(task_name="import_traces").status == "succeeded", 5)
    found.refresh_from_db()
    assert (found.state, Trace.objects.count(), path.exists()) == ("cancelled", 0, False)
    assert Run.objects.get().state == "cancelled"
