"""The same item under several runs, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from qftapp.items.models import Item
from qftapp.runs.models import Run, Trace
from qftapp.runs.queries import Row, with_grades
from qftapp.runs.reading import Reading, read
from qftapp.runs.summaries import AnswerGroup, answer_groups
from qftapp.verification.verdict import Outcome

MOST_RUNS = 4


@dataclass(frozen=True)
class Column:
    """What one run did on the item: all its samples, the answers among them, and the one that is read."""

    run: Run
    rows: list[Row]
    groups: list[AnswerGroup]
    shown: Row | None
    readings: list[Reading]

    @property
    def prefix(self) -> str:
        """What keeps the ids of this column's steps apart from the others'."""
        return f"{self.run.slug}-"

    @property
    def right(self) -> int:
        """Right answers."""
        return sum(row.grade is not None and row.grade.outcome == Outcome.CORRECT for row in self.rows)

    @property
    def counted(self) -> int:
        """Graded answers but those that a broken item spoiled."""
        return sum(row.grade is not None and row.grade.outcome != Outcome.BROKEN_ITEM for row in self.rows)


def columns(item: Item, slugs: list[str], chosen: Mapping[str, int | None]) -> list[Column]:
    """One column a run, in the order asked; `chosen` says which trace of a run is read, else its first sample."""
    runs = {run.slug: run for run in Run.objects.filter(slug__in=slugs[:MOST_RUNS]).select_related("model")}
    return [_column(item, runs[slug], chosen.get(slug)) for slug in dict.fromkeys(slugs) if slug in runs]


def _column(item: Item, run: Run, chosen: int | None) -> Column:
    traces = Trace.objects.filter(run=run, item_version__item=item)
    rows = with_grades(traces.defer("text").order_by("-item_version__number", "sample_index"))
    shown = next((row for row in rows if row.trace.pk == chosen), rows[0] if rows else None)
    groups = answer_groups(run, {row.trace.item_version_id for row in rows})
    return Column(
        run,
        rows,
        [group for version in groups.values() for group in version],
        shown,
        read(Trace.objects.values_list("text", flat=True).get(pk=shown.trace.pk)) if shown else [],
    )
