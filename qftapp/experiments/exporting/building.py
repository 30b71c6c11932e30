"""An export at work: chosen, written row by row, hashed, and done in one transaction, or nothing of it stays."""

import gzip
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from qftapp.actors.events import log
from qftapp.actors.jobs import defer
from qftapp.actors.locking import advisory_lock
from qftapp.actors.text import storable
from qftapp.experiments.exporting import process, rl, sft
from qftapp.experiments.exporting.choosing import Selection, choose
from qftapp.experiments.exporting.contamination import told
from qftapp.experiments.exporting.picks import Pick
from qftapp.experiments.exporting.recipes import read_recipe
from qftapp.experiments.exporting.reporting import report_of
from qftapp.experiments.models import Export, ExportItem

LOCK = 0x65787072
"""First half of the advisory locks of exports that are being made."""

ROWS_AT_ONCE = 200
"""Rows between two looks at whether somebody has cancelled."""

State = Export.State
WRITERS = {"sft": sft.rows, "rl": rl.rows, "process": process.rows}


class Stopped(Exception):
    """The export does not go on; a message says why, and none that somebody has cancelled it."""


def execute(export_id: int) -> None:
    """Make an export to the end or until somebody cancels; safe to run again after a crash.

    Does nothing while another process is at it. Where the same rows stand in another export, this one is cancelled
    and points there.
    """
    with advisory_lock(LOCK, export_id) as is_ours:
        export = _begun(export_id) if is_ours else None
        if export is None:
            return
        try:
            _make(export)
        except Stopped as error:
            if str(error):
                fail(export_id, str(error))
        except Exception as error:
            fail(export_id, f"Stopped: {next(iter(str(error).splitlines()), type(error).__name__)}.")
            raise


def fail(export_id: int, reason: str) -> None:
    """End an export that does not go on; nothing of it stays, so it may be tried again."""
    _update(export_id, state=State.FAILED, finished_at=timezone.now(), error=storable(reason))


def _begun(export_id: int) -> Export | None:
    """The export, running; nothing where it has ended."""
    if not _update(export_id, state=State.RUNNING, started_at=timezone.now(), progress=0):
        return None
    return Export.objects.select_related("release", "requested_by").get(pk=export_id)


def _update(export_id: int, **fields: Any) -> bool:
    """Write fields unless the export has ended meanwhile; returns whether it goes on."""
    return bool(Export.objects.filter(pk=export_id).exclude(state__in=Export.ENDED).update(**fields))


def _make(export: Export) -> None:
    recipe = read_recipe(export.kind, export.recipe)
    selection = choose(export.release, recipe)
    if selection.pairs and not recipe.leave_out_near_test:
        raise Stopped(f"Items give test entries away: {told(selection.pairs)}.")
    if not selection.picks:
        raise Stopped("Nothing is left to train on.")
    if not _update(export.pk, size=selection.size, rows=len(selection.picks)):
        raise Stopped
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as kept:
        sha256 = _write(export, selection, kept)
        kept.flush()
        _finish(export, selection, sha256, kept)


def _write(export: Export, selection: Selection, kept: IO[bytes]) -> str:
    """Write the rows, gzipped without name and time, which would change the bytes; returns their hash."""
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=kept, mtime=0) as file:
        written = 0
        for some in _groups(selection.picks):
            for row in WRITERS[export.kind](some):
                line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
                digest.update(line)
                file.write(line)
            written += len(some)
            if not _update(export.pk, progress=written):
                raise Stopped
    return digest.hexdigest()


def _groups(picks: list[Pick]) -> Iterator[list[Pick]]:
    waiting = iter(picks)
    while some := list(islice(waiting, ROWS_AT_ONCE)):
        yield some


def _finish(export: Export, selection: Selection, sha256: str, kept: IO[bytes]) -> None:
    """Let the export stand with its file, its items and its report; or point to the one that has these rows."""
    from qftapp.experiments.tasks import make_formats

    kept.seek(0)
    name = export.file.field.generate_filename(export, f"{export.slug}.jsonl.gz")
    stored = export.file.storage.save(name, File(kept))
    try:
        with transaction.atomic():
            goes_on = _update(
                export.pk,
                state=State.DONE,
                finished_at=timezone.now(),
                progress=len(selection.picks),
                report=storable(report_of(export, selection)),
                sha256=sha256,
                file=stored,
            )
            if not goes_on:
                raise Stopped
            rows = Counter(pick.entry.version_id for pick in selection.picks)
            ExportItem.objects.bulk_create(
                ExportItem(export=export, item_version_id=version, rows=count) for version, count in rows.items()
            )
            log(export.requested_by, "export.done", export, rows=len(selection.picks), sha256=sha256)
            defer(make_formats, export_id=export.pk)
    except IntegrityError:
        export.file.storage.delete(stored)
        _point_to_the_same(export, sha256)
    except BaseException:
        export.file.storage.delete(stored)
        raise


def _point_to_the_same(export: Export, sha256: str) -> None:
    """Cancel an export whose rows stand in another one already."""
    same = Export.objects.get(sha256=sha256)
    error = f"These rows stand in {same.slug} already."
    now = timezone.now()
    with transaction.atomic():
        if _update(export.pk, state=State.CANCELLED, finished_at=now, error=error, report={"same_as": same.slug}):
            log(export.requested_by, "export.was_there", export, same_as=same.slug)
