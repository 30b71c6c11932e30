"""One export: its progress, then what is in it, what was left out, and what can be downloaded."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.events import history
from qftapp.actors.http import Request, attempt, posted_from
from qftapp.experiments.exporting import actions, keeping, queries
from qftapp.experiments.exporting.choosing import reasons
from qftapp.experiments.exporting.facts import facts_of
from qftapp.experiments.exporting.packaging import file_name, formats_of
from qftapp.experiments.exporting.telling import told
from qftapp.experiments.models import Export
from qftapp.items.models import Item
from qftapp.items.topics import TOPICS

PAGE_SIZE = 25
COLUMNS = ("item", "version", "topic", "domain_level", "operational_level", "rows")
TITLES: dict[str, dict[str, str]] = {
    "topics": {code: topic.title for code, topic in TOPICS.items()},
    "domain_levels": dict(Item.DomainLevel.choices),
    "operational_levels": dict(Item.OperationalLevel.choices),
}
TABLES = (("topics", "Topic"), ("domain_levels", "Level"), ("operational_levels", "Difficulty"))


def export(request: Request, slug: str) -> HttpResponse:
    """One export; while it is made, the fragment asks for itself again."""
    found = get_object_or_404(queries.exports(), slug=slug)
    context: dict[str, Any] = {"export": found, "can_train": permissions.can_train(request.user)}
    if request.htmx and request.htmx.target == "progress":
        response = render(request, "exports/export.html#progress", context)
        if found.has_ended:
            response["HX-Refresh"] = "true"
        return response
    context |= {"told": told(found.kind, found.recipe) if found.recipe else "", "history": history([found])}
    if found.state == Export.State.DONE:
        context |= _inside(request, found)
    return render(request, "exports/export.html", context)


def _inside(request: Request, found: Export) -> dict[str, Any]:
    """What is shown of an export that is done."""
    return {
        "tables": [(title, _counts(found, name)) for name, title in TABLES if found.report.get(name)],
        "left_out": reasons(found.report.get("left_out", [])),
        "rows": queries.first_rows(found),
        "page": Paginator(queries.items_of(found), PAGE_SIZE).get_page(request.GET.get("page")),
        "twins": [(name, reverse(f"export_items_{name}", args=[found.slug])) for name in ("csv", "json")],
        "formats": [(code, each.title, keeping.size_of(found, code)) for code, each in formats_of(found.kind).items()],
        "jobs": found.training_jobs.select_related("base"),
    }


def _counts(found: Export, name: str) -> list[tuple[str, int]]:
    """The rows by one thing, in words, most frequent first."""
    counts: dict[str, int] = found.report[name]
    return sorted(((TITLES[name].get(code, code), count) for code, count in counts.items()), key=lambda row: -row[1])


@posted_from("export", "slug")
def cancel_export(request: Request, slug: str) -> HttpResponse:
    """Give an export up."""
    found = get_object_or_404(Export, slug=slug)
    attempt(request, actions.cancel, found.pk, by=request.user, done="Cancelled; nothing of it stays.")
    return redirect(found)


@posted_from("export", "slug")
def retry_export(request: Request, slug: str) -> HttpResponse:
    """Begin a failed export again."""
    found = get_object_or_404(Export, slug=slug)
    attempt(request, actions.retry, found.pk, by=request.user, done="Asked for again.")
    return redirect(found)


def items_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """The items of an export with their rows as CSV."""
    return twins.csv_file(f"{slug}-items", COLUMNS, _items(slug))


def items_json(request: Request, slug: str) -> StreamingHttpResponse:
    """The items of an export with their rows as a JSON array."""
    return twins.json_file(f"{slug}-items", _items(slug))


def _items(slug: str) -> Iterator[dict[str, Any]]:
    listed = queries.items_of(get_object_or_404(Export, slug=slug)).iterator(chunk_size=500)
    return (_item(each.item_version, each.rows) for each in listed)


def _item(version: Any, rows: int) -> dict[str, Any]:
    item = version.item
    values = (item.slug, version.number, item.topic, item.domain_level, item.operational_level, rows)
    return dict(zip(COLUMNS, values, strict=True))


def manifest(request: Request, slug: str) -> HttpResponse:
    """The manifest, as every format has it, without the hashes of that format's files."""
    return HttpResponse(facts_of(_done(slug)).manifest({}), content_type="application/json")


def rows(request: Request, slug: str) -> FileResponse:
    """The rows as they are stored, JSON lines, gzipped."""
    found = _done(slug)
    name = f"{found.slug}.jsonl.gz"
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name, content_type="application/gzip")


def download(request: Request, slug: str, code: str) -> FileResponse:
    """The export in a format, as a zip."""
    found = _done(slug)
    if code not in formats_of(found.kind):
        raise Http404(f"There is no format {code} of this kind.")
    path = keeping.archive(found, code)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=file_name(found, code), content_type="application/zip"
    )


def _done(slug: str) -> Export:
    found = get_object_or_404(Export.objects.select_related("release").defer("release__archive"), slug=slug)
    if found.state != Export.State.DONE:
        raise Http404(f"{slug} is not done, so there is nothing to download.")
    return found
