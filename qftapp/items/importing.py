"""Bringing items in from a file: a batch keeps the upload, the worker reads it row by row, a report says what came."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from qftapp.actors import jobs, permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.text import plain, storable
from qftapp.items import jsonl, tpbench
from qftapp.items.actions import create_item, save_source, save_source_problem
from qftapp.items.content import content_of
from qftapp.items.models import Batch, Item, Source, SourceProblem

MAX_BYTES = 50_000_000
MAX_ROWS = 20_000
PROGRESS_EVERY = 20
"""Rows between two looks at whether somebody cancelled."""

REPORT_EVERY = 500
"""Rows between two writings of the report, which grows with the file."""

READERS: dict[str, Callable[[bytes], jsonl.Row]] = {
    Batch.Format.ITEMS: jsonl.read,
    Batch.Format.TPBENCH: tpbench.read,
}


@transaction.atomic
def start(*, by: User, format: str, filename: str, payload: bytes) -> Batch:
    """Keep an uploaded file and ask the worker to read it; raises ValidationError on a file that cannot be one."""
    from qftapp.items.tasks import ingest_batch

    if not permissions.can_write_items(by):
        raise PermissionDenied("Only authors may import items.")
    filename = plain(filename)
    if format not in READERS:
        raise ValidationError({"format": "Choose a format of the list."})
    if len(payload) > MAX_BYTES:
        raise ValidationError({"file": f"The file has {len(payload):,} bytes; at most {MAX_BYTES:,} are read."})
    if b"\0" in payload[:4000]:
        raise ValidationError({"file": "The file is not text in UTF-8 (it looks like UTF-16); save it as UTF-8."})
    try:
        rows = lines_of(payload)
        _, first = next(rows, (0, b""))
        size = (1 if first else 0) + sum(1 for _ in rows)
    except ValueError as error:
        raise ValidationError({"file": str(error)}) from None
    if size == 0:
        raise ValidationError({"file": "The file has no rows."})
    if size > MAX_ROWS:
        raise ValidationError({"file": f"The file has {size:,} rows; bring at most {MAX_ROWS:,} at once."})
    looks_like = _format_of(first)
    if looks_like and looks_like != format:
        raise ValidationError({"format": f"The rows of this file look like “{looks_like.label}”; choose that format."})
    stem = slugify(filename.rsplit(".", 1)[0])[:40] or "items"
    slug = f"{stem}-{timezone.now():%Y%m%d-%H%M%S-%f}"
    batch = Batch(slug=slug, format=format, filename=filename[:200], payload=payload, size=size, requested_by=by)
    batch.full_clean(exclude=["payload"])
    batch.save()
    log(by, "batch.requested", batch, filename=filename[:200], rows=size)
    ingest_batch.defer(batch_id=batch.pk)
    return batch


def _format_of(row: bytes) -> Batch.Format | None:
    """The format whose own columns a row has, if any; a row that cannot be read is for the report to tell."""
    try:
        columns = jsonl.parse_object(row).keys()
    except jsonl.RowRefused:
        return None
    if {"slug", "contract"} <= columns:
        return Batch.Format.ITEMS
    if {"problem_id", "reference_implementation"} <= columns:
        return Batch.Format.TPBENCH
    return None


def lines_of(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """The rows of a file with their numbers from 1: the lines of JSON lines, or the elements of one JSON array."""
    payload = payload.removeprefix(BOM_UTF8)
    if payload.lstrip().startswith(b"["):
        try:
            elements = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"The file begins like a JSON array but is not one: {error}") from None
        for number, element in enumerate(elements, 1):
            yield number, orjson.dumps(element)
        return
    for number, line in enumerate(payload.split(b"\n"), 1):
        if line.strip():
            yield number, line


def ingest(batch_id: int) -> Batch:
    """Read a batch to its end or until somebody cancels it; safe to run again after a crash.

    Each row is a transaction of its own: a refused row leaves nothing behind, and rows that arrived before a crash are
    recognised the second time. What is no row's fault ends the batch as failed and is raised again.
    """
    batch = Batch.objects.select_related("requested_by").get(pk=batch_id)
    if not _update(batch, state=Batch.State.RUNNING, started_at=timezone.now(), progress=0):
        return batch
    report = _Report()
    try:
        _read_rows(batch, report)
    except Exception as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        _fail(batch, f"Stopped after {report.rows} rows ({why}).", report=report.to_json(), progress=report.rows)
        raise
    _update(batch, state=Batch.State.DONE, finished_at=timezone.now())
    return batch


def _fail(batch: Batch, reason: str, **fields: Any) -> None:
    """End a batch that nobody reads any more; no item is ever half here, so it may be tried again."""
    reason = f"{reason} What arrived is whole and stays; try again to bring the rest."
    _update(batch, state=Batch.State.FAILED, finished_at=timezone.now(), error=storable(reason), **fields)


def fail_forsaken() -> None:
    """End the batches whose job is gone: it failed before it began, or with its workers, time after time."""
    forsaken = Batch.objects.filter(~jobs.is_in_hand("ingest_batch", "batch_id")).exclude(state__in=Batch.ENDED)
    for batch in forsaken.defer("payload"):
        _fail(batch, "The background worker gave this import up.")


@transaction.atomic
def retry(batch_id: int, *, by: User) -> Batch:
    """Ask the worker to read a failed batch again from the start; what arrived before is recognised."""
    from qftapp.items.tasks import ingest_batch

    batch = _lock(batch_id, by)
    if batch.state != Batch.State.FAILED:
        raise Conflict(f"The import is {batch.get_state_display().lower()}; only a failed one is tried again.")
    batch.state, batch.finished_at, batch.error, batch.progress = Batch.State.QUEUED, None, "", 0
    batch.save(update_fields=["state", "finished_at", "error", "progress"])
    log(by, "batch.retried", batch)
    ingest_batch.defer(batch_id=batch.pk)
    return batch


@dataclass
class _Report:
    """What became of the rows so far."""

    arrived: dict[str, None] = field(default_factory=dict)
    present: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return len(self.arrived) + self.present + len(self.refused)

    def to_json(self) -> dict[str, Any]:
        """The report as the batch keeps it."""
        report = {"arrived": list(self.arrived), "present": self.present, "refused": self.refused}
        return dict(storable(report))


def _read_rows(batch: Batch, report: _Report) -> None:
    """Bring the rows one after the other, until the end or until somebody cancelled, and report each."""
    for done, (number, line) in enumerate(lines_of(bytes(batch.payload)), 1):
        try:
            slug = _bring(READERS[batch.format](line), batch)
        except jsonl.RowRefused as error:
            report.refused.append({"row": number, "reason": str(error)[:500]})
        else:
            if slug and slug not in report.arrived:
                report.arrived[slug] = None
            else:
                report.present += 1
        is_last = done == batch.size
        if done % PROGRESS_EVERY == 0 or is_last:
            goes_on = _update(batch, progress=done)
            if done % REPORT_EVERY == 0 or is_last or not goes_on:
                Batch.objects.filter(pk=batch.pk).update(report=report.to_json())
            if not goes_on:
                return


def _update(batch: Batch, **fields: Any) -> bool:
    """Write fields unless the batch was cancelled meanwhile; returns whether it goes on."""
    going_on = Batch.objects.filter(pk=batch.pk).exclude(state__in=Batch.ENDED).update(**fields)
    batch.refresh_from_db(fields=["state", "progress", "report", "finished_at", "started_at", "error"])
    return bool(going_on)


def _bring(row: jsonl.Row, batch: Batch) -> str:
    """Make a draft of the row; returns its slug, or nothing where the very same item is here from elsewhere already."""
    existing = Item.objects.filter(slug=row.item["slug"]).first()
    if existing:
        if any(content_of(version) == row.content for version in existing.versions.all()):
            return existing.slug if existing.batch_id == batch.pk else ""
        raise jsonl.RowRefused(f"an item {existing.slug} with other content is here already")
    origin = row.item["origin"]
    if (origin == Item.Origin.ADAPTED) != (row.problem is not None):
        raise jsonl.RowRefused("origin is adapted exactly if there is a source problem")
    if origin not in Item.Origin.values:
        raise jsonl.RowRefused(f"origin must be one of {', '.join(Item.Origin.values)}")
    try:
        with transaction.atomic():
            create_item(
                by=batch.requested_by,
                slug=row.item["slug"],
                classification=row.item,
                source_problem=_source_problem(row, batch.requested_by),
                content=row.content,
                batch=batch,
                is_synthetic=origin == Item.Origin.SYNTHETIC,
            )
    except ValidationError as error:
        raise jsonl.RowRefused("; ".join(_sentences(error))) from None
    except (IntegrityError, DataError) as error:
        raise jsonl.RowRefused(f"the database refuses it: {str(error).splitlines()[0]}") from None
    return row.item["slug"]


def _source_problem(row: jsonl.Row, by: User) -> SourceProblem | None:
    """The row's source problem, made where it is new; what is here already stands as it is."""
    if row.source is None or row.problem is None:
        return None
    source = Source.objects.filter(slug=row.source["slug"]).first()
    if source is None:
        source = save_source(Source(**row.source), by=by)
    problem = SourceProblem.objects.filter(source=source, locator=row.problem["locator"]).first()
    if problem is None:
        problem = save_source_problem(SourceProblem(source=source, **row.problem), by=by)
    return problem


def _sentences(error: ValidationError) -> Iterator[str]:
    if hasattr(error, "error_dict"):
        for field, errors in error.error_dict.items():
            for one in errors:
                yield f"{field}: {' '.join(one.messages)}"
    else:
        yield from error.messages


@transaction.atomic
def cancel(batch_id: int, *, by: User) -> Batch:
    """Stop a batch; what arrived so far stays."""
    batch = _lock(batch_id, by)
    if batch.has_ended:
        raise Conflict(f"The import is {batch.get_state_display().lower()} already.")
    batch.state = Batch.State.CANCELLED
    batch.finished_at = timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    log(by, "batch.cancelled", batch)
    return batch


def _lock(batch_id: int, by: User) -> Batch:
    """The batch, locked until the transaction ends; raises PermissionDenied unless it is this person's."""
    batch = Batch.objects.select_for_update().defer("payload", "report").get(pk=batch_id)
    if not can_steer(by, batch):
        raise PermissionDenied("Only the one who asked for an import may stop it or try it again.")
    return batch


def can_steer(user: User, batch: Batch) -> bool:
    """May stop this import or try it again: the one who asked for it, and administrators."""
    return batch.requested_by_id == user.pk or user.is_superuser
