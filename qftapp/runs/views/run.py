"""A run's page and the twins of its items, and how the runs did on one item."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request
from qftapp.items.models import Item
from qftapp.runs import queries, summaries
from qftapp.runs.models import OUTCOMES, Run

PAGE_SIZE = 50
COLUMNS = ("item", "version", "topic", "domain_level", "right", "counted", *(code for code, _ in OUTCOMES))
SORTS = {
    "slug": lambda item: (item.slug, item.number),
    "-slug": lambda item: (item.slug, item.number),
    "right": lambda item: (item.right / item.counted if item.counted else -1, item.slug),
    "-right": lambda item: (item.right / item.counted if item.counted else -1, item.slug),
}


def run(request: Request, slug: str) -> HttpResponse:
    """One run: its facts, what it did in numbers, and what each item got."""
    found = get_object_or_404(queries.runs({}), slug=slug)
    summary = summaries.summarise(found)
    sort = request.GET.get("sort", "slug")
    sort = sort if sort in SORTS else "slug"
    items = sorted(summary.items, key=SORTS[sort], reverse=sort.startswith("-"))
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    groups = summaries.answer_groups(found, [item.version_id for item in page])
    context = {
        "run": found,
        "summary": summary,
        "tables": [("Topic", "topics", summary.topics), ("Level", "levels", summary.levels)],
        "page": page,
        "rows": [(item, groups.get(item.version_id, [])) for item in page],
        "sort": sort,
        "others": Run.objects.exclude(pk=found.pk).values_list("slug", flat=True)[:30],
        "can_run": permissions.can_run(request.user),
    }
    template = "runs/run.html#items" if request.htmx.target == "run-items" else "runs/run.html"
    return render(request, template, context)


def run_items_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """What each item got, as CSV."""
    return twins.csv_file(f"{slug}-items", COLUMNS, _results(get_object_or_404(Run, slug=slug)))


def run_items_json(request: Request, slug: str) -> StreamingHttpResponse:
    """What each item got, as a JSON array."""
    return twins.json_file(f"{slug}-items", _results(get_object_or_404(Run, slug=slug)))


def _results(run: Run) -> Iterator[dict[str, Any]]:
    for item in summaries.item_results(run):
        facts = (item.slug, item.number, item.topic, item.domain_level, item.right, item.counted)
        values = (*facts, *(item.outcomes.get(code, 0) for code, _ in OUTCOMES))
        yield dict(zip(COLUMNS, values, strict=True))


def item_runs(request: Request, slug: str) -> HttpResponse:
    """How each run did on an item; a fragment for the item's page."""
    item = get_object_or_404(Item, slug=slug)
    return render(request, "runs/of_item.html", {"item": item, "results": summaries.runs_of_item(slug)})
