"""The page that shows one item under several runs side by side."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from qftapp.actors.http import Request, whole_number
from qftapp.items.models import Item
from qftapp.runs.comparing import MOST_RUNS, columns
from qftapp.runs.models import Run


def compare(request: Request) -> HttpResponse:
    """The item of `item` under the runs of `runs`, with the sample that each run's own parameter chooses."""
    slug = request.GET.get("item", "")
    item = get_object_or_404(Item, slug=slug) if slug else None
    asked = [slug for text in request.GET.getlist("runs") for slug in text.split(",") if slug]
    chosen = {slug: whole_number(request.GET.get(f"of-{slug}", "")) for slug in asked}
    found = columns(item, asked, chosen) if item else []
    offered = Run.objects.order_by("slug")
    if item:
        offered = offered.filter(pk__in=item.versions.values("traces__run"))
    context = {
        "item": item,
        "version": found[0].rows[0].trace.item_version if found and found[0].rows else None,
        "columns": found,
        "offered": [(run.slug, run.slug in asked) for run in offered],
        "is_written": any(column.run.origin == Run.Origin.WRITTEN for column in found),
        "most": MOST_RUNS,
    }
    return render(request, "runs/compare.html", context)
