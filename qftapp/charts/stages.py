"""Items by the stages that they have reached; the funnel of items that are not here, as their batches tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from qftapp.charts import plots
from qftapp.charts.figure import Figure, Row, Table
from qftapp.charts.scope import Scope
from qftapp.items.models import Batch, ItemVersion

STAGES = {"generated": "Generated, or seeds", "passed": "Passed quality control", "solved": "Solved independently"}

PALEST = 0.2
"""Opacity of the last stage."""


@dataclass(frozen=True)
class Group:
    """Some items, and how many of them have reached each stage; None where nobody has told."""

    title: str
    counts: Sequence[int | None]
    href: str


def by_stage(stages: Sequence[str], groups: Sequence[Group], **said: Any) -> Figure:
    """The groups below each other, each with a bar for every stage, paler and paler; `said` is the figure's words."""
    titles, hrefs = [group.title for group in groups], [group.href for group in groups]
    fade = (1 - PALEST) / (len(stages) - 1)
    return Figure(
        traces=[
            plots.bars(stage, titles, [group.counts[place] for group in groups], hrefs, opacity=1 - fade * place)
            for place, stage in enumerate(stages)
        ],
        table=Table(("Items", *stages), [Row((group.title, *group.counts), group.href) for group in groups]),
        layout={"barmode": "group", "xaxis": {"title": {"text": "items"}}, "yaxis": {"autorange": "reversed"}},
        height=90 + 16 * len(stages) * len(groups),
        **said,
    )


def told(scope: Scope) -> Figure | None:
    """What the batches of the scope's placeholders say; None where they say nothing.

    Such a batch keeps under `stages` how many items of the paper reached each, none of which is here.
    """
    held = ItemVersion.objects.filter(scope.versions, item__batch=OuterRef("pk"))
    batches = Batch.objects.filter(Exists(held), format=Batch.Format.AGGREGATES).order_by("pk").defer("payload")
    groups = [_group(batch, dict(batch.report["stages"])) for batch in batches if batch.report.get("stages")]
    if not groups:
        return None
    return by_stage(
        list(STAGES.values()),
        groups,
        caption="Items of a paper that have reached each stage, as the paper counts them.",
        notes=["These items are not here; placeholders stand for some of them."],
        rests_on="What the paper counts, as the batches of the placeholders keep it.",
    )


def _group(batch: Batch, counts: Mapping[str, int]) -> Group:
    return Group(batch.slug, [counts.get(stage) for stage in STAGES], batch.get_absolute_url())
