"""An import at work: read, loaded, merged and reported in one transaction, so that nothing is ever half here."""

import hashlib
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from qftapp.actors.events import log
from qftapp.actors.text import storable
from qftapp.runs.grading.actions import request_if_needed
from qftapp.runs.importing import merging
from qftapp.runs.importing.loading import load
from qftapp.runs.importing.refusals import Refusals, write_report
from qftapp.runs.importing.rows import Unreadable
from qftapp.runs.importing.versions import VersionsOfRun
from qftapp.runs.importing.watching import Cancelled, Told, watching
from qftapp.runs.models import Run, TraceImport
from qftapp.runs.words import ask_for_words

State = TraceImport.State


def execute(import_id: int, *, told: Told | None = None) -> TraceImport:
    """Bring the file's traces into the run, all that are sound or none; safe to run again after a crash.

    Whoever else does the same import at this moment is left to it. `told` hears rows and bytes as they are read.
    """
    try:
        with transaction.atomic():
            if is_ours(import_id):
                _prepare()
                _bring(TraceImport.objects.select_related("run", "requested_by").get(pk=import_id), told)
    except Cancelled:
        pass
    except Unreadable as error:
        fail(import_id, str(error))
    except Exception as error:
        fail(import_id, next(iter(str(error).splitlines()), type(error).__name__))
        raise
    found = TraceImport.objects.select_related("run").get(pk=import_id)
    if found.state in (State.DONE, State.CANCELLED):
        forget_file(found)
    return found


SETTINGS = """
SET LOCAL client_connection_check_interval = '2s';  -- a killed worker's statement must not go on without it
SET LOCAL work_mem = '64MB';
"""


def is_ours(import_id: int) -> bool:
    """Whether nobody else does this import; until the transaction ends nobody else will."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('trace_import'), %s)", [import_id])
        return bool(cursor.fetchone()[0])


def _prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)


def _bring(found: TraceImport, told: Told | None) -> None:
    path = Path(found.file.path)
    with watching(found, told) as watch, Refusals() as refusals:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        rows = load(path, found.format, found.columns, VersionsOfRun(found.run), refusals, watch.read)
        Run.objects.select_for_update(no_key=True).get(pk=found.run_id)
        watch.rows(rows)
        merged = merging.merge(found.run_id, watch.stored)
        refused, first = write_report(found.pk, refusals, merging.refusals())
    report = {
        "rows": rows,
        "arrived": merged.arrived,
        "present": merged.present,
        "refused": refused,
        "first_refused": [refusal._asdict() for refusal in first],
    }
    _finish(found, sha256=sha256, report=report, last_sample=merged.last_sample)


def _finish(found: TraceImport, *, sha256: str, report: dict[str, Any], last_sample: int) -> None:
    """Say that the import is done, in the transaction that brings its traces; raises Cancelled where it is no more."""
    now = timezone.now()
    done = {"state": State.DONE, "finished_at": now, "progress": report["rows"], "bytes_read": F("bytes")}
    running = TraceImport.objects.filter(pk=found.pk, state=State.RUNNING)
    if not running.update(**done, sha256=sha256, report=storable(report)):
        raise Cancelled
    Run.objects.filter(pk=found.run_id).update(
        state=Run.State.DONE,
        finished_at=now,
        error="",
        size=F("size") + report["arrived"],
        samples_per_item=Greatest(F("samples_per_item"), last_sample + 1),
    )
    counts = {name: report[name] for name in ("rows", "arrived", "present", "refused")}
    log(found.requested_by, "trace_import.done", found, **counts)
    if report["arrived"]:
        ask_for_words()
        request_if_needed(found.run_id, by=found.requested_by)


def fail(import_id: int, reason: str) -> None:
    """End an import that cannot go on; nothing of it came, so it may be tried again."""
    error = storable(f"{reason.rstrip('.')}. Nothing of it came.")
    ended = {"state": State.FAILED, "finished_at": timezone.now(), "error": error}
    with transaction.atomic():
        if TraceImport.objects.filter(pk=import_id).exclude(state__in=TraceImport.ENDED).update(**ended):
            run_ends_with(import_id, Run.State.FAILED)


def run_ends_with(import_id: int, state: Run.State) -> None:
    """Let the run end like the import that would have made it; one that has traces of another stays done."""
    runs = Run.objects.filter(imports=import_id, state__in=(Run.State.QUEUED, Run.State.RUNNING))
    runs.filter(origin=Run.Origin.IMPORTED).update(state=state, finished_at=timezone.now())


def forget_file(found: TraceImport) -> None:
    """Delete the file of an import that has ended well or was given up; its hash and the report stay."""
    found.file.delete(save=False)
    TraceImport.objects.filter(pk=found.pk).update(file="")
