"""What people do with files of traces: make a run for them, hand one in, begin, cancel, try again."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save
from qftapp.actors.text import plain
from qftapp.runs.importing import uploads
from qftapp.runs.importing.columns import OURS, REQUIRED
from qftapp.runs.importing.formats import ENDINGS, format_of
from qftapp.runs.importing.preview import first_rows
from qftapp.runs.importing.rows import Unreadable
from qftapp.runs.importing.working import run_ends_with
from qftapp.runs.models import Run, TraceImport

State = TraceImport.State


@transaction.atomic
def make_run(run: Run, *, by: User) -> Run:
    """Save a new run that files will fill; raises ValidationError on unusable fields."""
    _require(by)
    run.origin, run.requested_by = Run.Origin.IMPORTED, by
    check_and_save(run)
    log(by, "run.made", run, model=run.model.slug, purpose=run.purpose)
    return run


@transaction.atomic
def hand_in(file: IO[bytes], *, run: Run, by: User, filename: str, format: str = "", size: int = 0) -> TraceImport:
    """Keep a file of traces for a run, until somebody says which columns are which and begins.

    The file is read as a stream. Raises ValidationError where it cannot be one or ends before the `size` in bytes that
    its sender has said, Conflict where the run was asked here.
    """
    _require(by)
    if run.origin != Run.Origin.IMPORTED:
        raise Conflict("The traces of this run were not imported; bring the file into a run of its own.")
    filename = plain(filename)[-200:]
    format = format or format_of(filename)
    if format not in TraceImport.Format.values:
        raise ValidationError({"format": f"The name does not tell the format ({ENDINGS}); choose it."})
    found = TraceImport(run=run, format=format, filename=filename, requested_by=by)
    found.full_clean(exclude=["file"])
    with file if isinstance(file, UploadedFile) else uploads.spooled(file) as whole:
        found.file.save(f"{timezone.now():%d-%H%M%S}-{run.slug}", whole, save=False)
    try:
        found.bytes = found.file.size
        if found.bytes < size:
            came = f"{found.bytes:,} of {size:,} bytes"
            raise ValidationError({"file": f"The file broke off: {came} came. Send it again."})
        first_rows(Path(found.file.path), format)
        found.save()
    except Unreadable as error:
        found.file.delete(save=False)
        raise ValidationError({"file": str(error)}) from None
    except BaseException:
        found.file.delete(save=False)
        raise
    log(by, "trace_import.handed_in", found, run=run.slug, filename=filename, bytes=found.bytes)
    return found


@transaction.atomic
def begin(import_id: int, *, by: User, columns: Mapping[str, str], in_background: bool = True) -> TraceImport:
    """Begin an import with these columns, ours to the file's; raises ValidationError where one that must be is not."""
    found = _lock(import_id, by)
    if found.state != State.QUEUED or found.columns:
        raise Conflict(f"The import is {found.get_state_display().lower()} already.")
    chosen = {ours: theirs for ours, theirs in columns.items() if theirs}
    if unknown := chosen.keys() - OURS.keys():
        raise ValidationError(f"There is no column {', '.join(sorted(unknown))}; there are {', '.join(OURS)}.")
    missing = [name for name in REQUIRED if name not in chosen]
    if missing:
        raise ValidationError(dict.fromkeys(missing, "Say which column of the file this is."))
    found.columns = chosen
    found.save(update_fields=["columns"])
    Run.objects.filter(pk=found.run_id, state__in=(Run.State.FAILED, Run.State.CANCELLED)).update(
        state=Run.State.QUEUED, finished_at=None, error=""
    )
    log(by, "trace_import.begun", found, columns=chosen)
    if in_background:
        _defer(found)
    return found


@transaction.atomic
def cancel(import_id: int, *, by: User) -> TraceImport:
    """Give an import up; nothing of it comes."""
    found = _lock(import_id, by)
    if found.has_ended:
        raise Conflict(f"The import is {found.get_state_display().lower()} already.")
    found.state, found.finished_at = State.CANCELLED, timezone.now()
    found.save(update_fields=["state", "finished_at"])
    run_ends_with(found.pk, Run.State.CANCELLED)
    log(by, "trace_import.cancelled", found)
    return found


@transaction.atomic
def retry(import_id: int, *, by: User) -> TraceImport:
    """Begin a failed import again from the start of its file."""
    found = _lock(import_id, by)
    if found.state != State.FAILED:
        raise Conflict(f"The import is {found.get_state_display().lower()}; only a failed one is tried again.")
    found.state, found.finished_at, found.error = State.QUEUED, None, ""
    found.bytes_read = found.progress = 0
    found.save(update_fields=["state", "finished_at", "error", "bytes_read", "progress"])
    Run.objects.filter(pk=found.run_id, state=Run.State.FAILED).update(state=Run.State.QUEUED, finished_at=None)
    log(by, "trace_import.retried", found)
    _defer(found)
    return found


def is_waiting_for_columns(found: TraceImport) -> bool:
    """Whether the file is here and nobody has begun its import yet."""
    return found.state == State.QUEUED and not found.columns


def _require(by: User) -> None:
    if not permissions.can_run(by):
        raise PermissionDenied("Only engineers may import traces.")


def _lock(import_id: int, by: User) -> TraceImport:
    """The import, locked until the transaction ends."""
    _require(by)
    return TraceImport.objects.select_for_update(of=("self",)).select_related("run").get(pk=import_id)


def _defer(found: TraceImport) -> None:
    from qftapp.runs.tasks import import_traces

    import_traces.defer(import_id=found.pk)
