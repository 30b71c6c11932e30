"""The list of items and its twins as CSV, JSON and item rows."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request, posted_from, reasons, whole_number
from qftapp.items import jsonl, queries, reviewing
from qftapp.items.forms import ItemListForm

PAGE_SIZE = 50
COLUMNS = (
    "slug",
    "state",
    "version",
    "approved_version",
    "origin",
    "domain",
    "topic",
    "domain_level",
    "operational_level",
    "task_type",
    "author",
    "source",
    "locator",
    "saved_at",
)


def item_list(request: Request) -> HttpResponse:
    """The items that match the filters, a page at a time."""
    form = ItemListForm(request.GET)
    found = queries.find({**form.filters, "sort": request.GET.get("sort", "")})
    context = {
        "form": form,
        "page": Paginator(queries.without_texts(found), PAGE_SIZE).get_page(request.GET.get("page")),
        "sort": request.GET.get("sort") or "-saved",
        "is_filtered": bool(form.filters),
        "can_write": permissions.can_write_items(request.user),
        "can_retire": permissions.can_retire(request.user),
        "twins": [(name, f"{reverse(f'items_{name}')}?{request.GET.urlencode()}") for name in ("csv", "json", "jsonl")],
    }
    template = "items/list.html#table" if request.htmx and not request.htmx.boosted else "items/list.html"
    return render(request, template, context)


@posted_from("items")
def retire_items(request: Request) -> HttpResponse:
    """Retire the approved versions of the ticked items."""
    ids = [each for text in request.POST.getlist("item") if (each := whole_number(text)) is not None]
    try:
        retired = reviewing.retire(ids, by=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(reasons(error)))
        retired, ids = [], []
    if retired:
        messages.success(request, f"Retired {', '.join(item.slug for item in retired[:10])}.")
    if len(retired) < len(ids):
        messages.info(request, f"{len(ids) - len(retired)} had no approved version, so nothing changed there.")
    back = request.POST.get("back", "")
    return HttpResponseRedirect(f"{reverse('items')}?{back}" if back else reverse("items"))


def items_csv(request: Request) -> StreamingHttpResponse:
    """All matching items as CSV."""
    return twins.csv_file("items", COLUMNS, _summaries(request))


def items_json(request: Request) -> StreamingHttpResponse:
    """All matching items as a JSON array of summaries."""
    return twins.json_file("items", _summaries(request))


def items_jsonl(request: Request) -> StreamingHttpResponse:
    """The newest versions of all matching items as item rows, which the import reads back."""
    rows = (jsonl.row_of(version) for version in _matching(request).iterator(chunk_size=500))
    return twins.stream(jsonl.write(rows), "application/x-ndjson", "items.jsonl")


def _matching(request: Request) -> "QuerySet[queries.Head]":
    form = ItemListForm(request.GET)
    return queries.find({**form.filters, "sort": request.GET.get("sort", "slug")})


def _summaries(request: Request) -> Iterator[dict[str, Any]]:
    for version in queries.without_texts(_matching(request)).iterator(chunk_size=500):
        item, problem = version.item, version.item.source_problem
        values = (
            item.slug,
            version.state,
            version.number,
            version.approved_number,
            item.origin,
            item.domain,
            item.topic,
            item.domain_level,
            item.operational_level,
            item.task_type,
            version.author.username,
            problem.source.slug if problem else None,
            problem.locator if problem else None,
            version.saved_at.isoformat(timespec="seconds"),
        )
        yield dict(zip(COLUMNS, values, strict=True))
