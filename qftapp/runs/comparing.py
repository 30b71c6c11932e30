"""The same item under several runs, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from qftapp.items.models import Item
from qftapp.runs.models import Grade, Run, Trace
from qftapp.runs.queries import Row, with_grades
from qftapp.runs.reading import Reading, read
from qftapp.runs.summaries import AnswerGroup, answer_groups
from qftapp.verification.verdict import Outcome

MOST_RUNS = 4

MOST_SAMPLES = 64
"""Samples of a run that are offered; GRPO leaves thousands."""


@dataclass(frozen=True)
class Column:
    """What one run did on the item: its first samples, the answers among all of them, and the one that is read."""

    run: Run
    rows: list[Row]
    groups: list[AnswerGroup]
    shown: Row | None
    readings: list[Reading]
    right: int
    """Right answers."""
    counted: int
    """Graded answers but those that a broken item spoiled."""

    @property
    def prefix(self) -> str:
        """What keeps the ids of this column's steps apart from the others'."""
        return f"{self.run.slug}-"


def columns(item: Item, slugs: list[str], chosen: Mapping[str, int | None]) -> list[Column]:
    """One column a run, in the order asked; `chosen` says which trace of a run is read, else its first sample."""
    runs = {run.slug: run for run in Run.objects.filter(slug__in=slugs[:MOST_RUNS]).select_related("model")}
    return [_column(item, runs[slug], chosen.get(slug)) for slug in dict.fromkeys(slugs) if slug in runs]


def _column(item: Item, run: Run, chosen: int | None) -> Column:
    traces = Trace.objects.filter(run=run, item_version__item=item).order_by("-item_version__number", "sample_index")
    listed = traces.defer("text")
    rows = with_grades(listed[:MOST_SAMPLES])
    wanted = with_grades(listed.filter(pk=chosen)) if chosen else []
    shown = next(iter(wanted or rows), None)
    groups = answer_groups(run, traces.order_by().values_list("item_version", flat=True).distinct())
    graded = Grade.objects.filter(is_current=True, run=run, trace__item_version__item=item)
    outcomes = dict(graded.order_by().values_list("outcome").annotate(Count("pk")))
    return Column(
        run,
        rows,
        [group for version in groups.values() for group in version],
        shown,
        read(Trace.objects.values_list("text", flat=True).get(pk=shown.trace.pk)) if shown else [],
        right=outcomes.get(Outcome.CORRECT, 0),
        counted=sum(outcomes.values()) - outcomes.get(Outcome.BROKEN_ITEM, 0),
    )
