"""Bringing items in from a file: a batch keeps the upload, the worker reads it row by row, the report says what came."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.items import jsonl, tpbench
from qftapp.items.actions import create_item
from qftapp.items.content import content_of
from qftapp.items.models import Batch, Item, Source, SourceProblem

MAX_BYTES = 50_000_000
MAX_ROWS = 20_000
REPORT_EVERY = 20
"""Rows between two looks at whether somebody cancelled."""

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
    if format not in READERS:
        raise ValidationError({"format": "Choose a format of the list."})
    if len(payload) > MAX_BYTES:
        raise ValidationError({"file": f"The file has {len(payload):,} bytes; at most {MAX_BYTES:,} are read."})
    try:
        size = sum(1 for _ in lines_of(payload))
    except ValueError as error:
        raise ValidationError({"file": str(error)}) from None
    if size == 0:
        raise ValidationError({"file": "The file has no rows."})
    if size > MAX_ROWS:
        raise ValidationError({"file": f"The file has {size:,} rows; bring at most {MAX_ROWS:,} at once."})
    stem = slugify(filename.rsplit(".", 1)[0])[:40] or "items"
    slug = f"{stem}-{timezone.now():%Y%m%d-%H%M%S-%f}"
    batch = Batch(slug=slug, format=format, filename=filename[:200], payload=payload, size=size, requested_by=by)
    batch.full_clean(exclude=["payload"])
    batch.save()
    log(by, "batch.requested", batch, filename=filename[:200], rows=size)
    ingest_batch.defer(batch_id=batch.pk)
    return batch


def lines_of(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """The rows of a file with their line numbers from 1: JSON lines, or the elements of one JSON array."""
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
    found as present the second time.
    """
    batch = Batch.objects.select_related("requested_by").get(pk=batch_id)
    if batch.has_ended:
        return batch
    _update(batch, state=Batch.State.RUNNING, started_at=timezone.now(), progress=0)
    arrived: list[str] = []
    refused: list[dict[str, Any]] = []
    present = 0
    for done, (number, line) in enumerate(lines_of(bytes(batch.payload)), 1):
        try:
            slug = _bring(READERS[batch.format](line), batch)
        except jsonl.RowRefused as error:
            refused.append({"line": number, "reason": str(error)[:500]})
        else:
            if slug:
                arrived.append(slug)
            else:
                present += 1
        if done % REPORT_EVERY == 0 or done == batch.size:
            report = {"arrived": arrived, "present": present, "refused": refused}
            if not _update(batch, progress=done, report=report):
                return batch
    _update(batch, state=Batch.State.DONE, finished_at=timezone.now())
    return batch


def _update(batch: Batch, **fields: Any) -> bool:
    """Write fields unless the batch was cancelled meanwhile; returns whether it goes on."""
    going_on = Batch.objects.filter(pk=batch.pk).exclude(state__in=Batch.ENDED).update(**fields)
    batch.refresh_from_db(fields=["state", "progress", "report", "finished_at", "started_at"])
    return bool(going_on)


def _bring(row: jsonl.Row, batch: Batch) -> str:
    """Make a draft of the row; returns its slug, or nothing where the very same item is here already."""
    existing = Item.objects.filter(slug=row.item["slug"]).first()
    if existing:
        if any(content_of(version) == row.content for version in existing.versions.all()):
            return ""
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
                source_problem=_source_problem(row),
                content=row.content,
                batch=batch,
                is_synthetic=origin == Item.Origin.SYNTHETIC,
            )
    except ValidationError as error:
        raise jsonl.RowRefused("; ".join(_sentences(error))) from None
    return row.item["slug"]


def _source_problem(row: jsonl.Row) -> SourceProblem | None:
    """The row's source problem, made where it is new; what is here already stands as it is."""
    if row.source is None or row.problem is None:
        return None
    source = Source.objects.filter(slug=row.source["slug"]).first()
    if source is None:
        source = Source(**row.source)
        source.full_clean()
        source.save()
    problem = SourceProblem.objects.filter(source=source, locator=row.problem["locator"]).first()
    if problem is None:
        problem = SourceProblem(source=source, **row.problem)
        problem.full_clean()
        problem.save()
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
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.requested_by_id != by.pk and not by.is_superuser:
        raise PermissionDenied("Only the one who asked for it may cancel an import.")
    if batch.has_ended:
        raise Conflict(f"The import is {batch.get_state_display().lower()} already.")
    batch.state = Batch.State.CANCELLED
    batch.finished_at = timezone.now()
    batch.save()
    log(by, "batch.cancelled", batch)
    return batch
