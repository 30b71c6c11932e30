"""The page that shows one item under several runs side by side."""

from django.http import HttpResponse
from django.shortcuts import render

from qftapp.actors.http import Request, whole_number
from qftapp.items.models import Item
from qftapp.runs.comparing import MOST_RUNS, columns
from qftapp.runs.models import Run

MOST_OFFERED = 40
"""Runs that can be ticked; others are named."""


def compare(request: Request) -> HttpResponse:
    """The item of `item` under the runs of `runs`, with the sample that each run's own parameter chooses."""
    slug = request.GET.get("item", "")
    item = Item.objects.filter(slug=slug).first()
    asked = [slug for text in request.GET.getlist("runs") for slug in text.split(",") if slug]
    chosen = {slug: whole_number(request.GET.get(f"of-{slug}", "")) for slug in asked}
    found = columns(item, asked, chosen) if item else []
    shown = [column.run.slug for column in found]
    offered = Run.objects.all()
    if item:
        offered = offered.filter(pk__in=item.versions.values("traces__run"))
    newest = list(offered.exclude(slug__in=shown).values_list("slug", flat=True)[:MOST_OFFERED])
    context = {
        "item": item,
        "unknown": slug if not item else "",
        "version": found[0].rows[0].trace.item_version if found and found[0].rows else None,
        "columns": found,
        "offered": [*((slug, True) for slug in shown), *((slug, False) for slug in newest)],
        "other_count": offered.exclude(slug__in=[*shown, *newest]).count(),
        "left_out": [slug for slug in dict.fromkeys(asked) if item and slug not in shown],
        "caveats": sorted({column.run.caveat for column in found if column.run.caveat}),
        "most": MOST_RUNS,
    }
    return render(request, "runs/compare.html", context, status=404 if context["unknown"] else 200)
