"""Items by which the verifier cannot judge: for their authors on the first page, for everybody on the item's page."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from qftapp.actors import twins
from qftapp.actors.http import Request
from qftapp.items.models import Item
from qftapp.runs.grading.queries import broken_items

COLUMNS = ("item", "version", "author", "traces", "reason")
SHOWN = 200


def broken_list(request: Request) -> HttpResponse:
    """The broken items, `?mine=yes` those that one wrote; a fragment for the first page."""
    is_mine = request.GET.get("mine") == "yes"
    found = broken_items(author=request.user if is_mine else None)[:SHOWN]
    is_fragment = request.htmx and not request.htmx.boosted
    template = "gradings/parts/broken_of_author.html" if is_fragment else "gradings/broken.html"
    twin_pages = [(name, reverse(f"broken_items_{name}")) for name in ("csv", "json")]
    return render(request, template, {"broken": found, "is_mine": is_mine, "twins": twin_pages})


def broken_csv(request: Request) -> StreamingHttpResponse:
    """All broken items as CSV."""
    return twins.csv_file("broken-items", COLUMNS, _rows())


def broken_json(request: Request) -> StreamingHttpResponse:
    """All broken items as a JSON array."""
    return twins.json_file("broken-items", _rows())


def _rows() -> Iterator[dict[str, Any]]:
    for version in broken_items():
        values = (version.item.slug, version.number, version.author.username, version.broken_traces, version.reason)
        yield dict(zip(COLUMNS, values, strict=True))


def item_broken(request: Request, slug: str) -> HttpResponse:
    """What runs say of an item that is broken; a fragment for the item's page, empty where none does."""
    item = get_object_or_404(Item, slug=slug)
    return render(request, "gradings/parts/broken_item.html", {"item": item, "broken": broken_items(slug=slug)})
