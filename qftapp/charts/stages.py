"""The funnel of items that are not here, as the batches of their placeholders tell it."""

from typing import Any

from django.db.models import Exists, OuterRef

from qftapp.charts.figure import Figure, Row, Table
from qftapp.charts.scope import Scope
from qftapp.items.models import Batch, ItemVersion

STAGES = {"generated": "Generated, or seeds", "passed": "Passed quality control", "solved": "Solved independently"}


def told(scope: Scope) -> Figure | None:
    """What the batches of the scope's placeholders say; None where they say nothing.

    Such a batch keeps under `stages` how many items of the paper reached each, none of which is here.
    """
    held = ItemVersion.objects.filter(scope.versions, item__batch=OuterRef("pk"))
    batches = Batch.objects.filter(Exists(held), format=Batch.Format.AGGREGATES).order_by("pk").defer("payload")
    listed = [(batch, dict(batch.report["stages"])) for batch in batches if batch.report.get("stages")]
    if not listed:
        return None
    titles = [batch.slug for batch, _ in listed]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "y": titles,
            "x": [counts.get(stage) for _, counts in listed],
            "customdata": [batch.get_absolute_url() for batch, _ in listed],
            "marker": {"color": f"@series-1/{1 - 0.3 * place}", "line": {"color": "@series-1", "width": 0.5}},
            "hovertemplate": "%{x}<extra>" + title + "</extra>",
        }
        for place, (stage, title) in enumerate(STAGES.items())
    ]
    rows = [
        Row((batch.slug, *(counts.get(stage) for stage in STAGES)), batch.get_absolute_url())
        for batch, counts in listed
    ]
    return Figure(
        traces=traces,
        table=Table(("Items", *STAGES.values()), rows),
        caption="Items of a paper that have reached each stage, as the paper counts them.",
        layout={"barmode": "group", "xaxis": {"title": {"text": "items"}}, "yaxis": {"autorange": "reversed"}},
        notes=["These items are not here; placeholders stand for some of them."],
        rests_on="What the paper counts, as the batches of the placeholders keep it.",
        height=90 + 18 * len(STAGES) * len(listed),
    )
