"""What is counted of runs: kept, since a run may have half a million traces, and counted again after every change.

Triggers on traces, their backtracks and grades leave a RunChange in the transaction that changes them, so a tally holds
exactly as long as nobody sees a change of its run. Whoever changes a run holds its changes until the transaction ends;
while somebody does, a tally is counted and not kept.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from qftapp.actors.locking import advisory_lock
from qftapp.runs.intervals import Estimate, Sums, estimate
from qftapp.runs.models import Grading, Run, RunChange, RunTally, Trace
from qftapp.verification.verdict import Outcome

LOCK = 0x74616C6C
"""First half of the advisory locks of runs that are being counted."""

_OUTCOMES = """
SELECT trace.item_version_id, grade.outcome, count(*)
FROM qftapp_grade AS grade JOIN qftapp_trace AS trace ON trace.id = grade.trace_id
WHERE grade.is_current AND grade.run_id = %s
GROUP BY 1, 2 ORDER BY 1, 2
"""
_DIAGNOSES = """
SELECT diagnosis, count(*) FROM qftapp_grade
WHERE is_current AND run_id = %s AND outcome = 'wrong'
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_GRADES = (
    "SELECT verifier_version, is_current, count(*) FROM qftapp_grade WHERE run_id = %s GROUP BY 1, 2 ORDER BY 1, 2"
)
_LENGTHS = """
SELECT coalesce(grade.outcome, ''), count(*),
    percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY trace.characters),
    count(trace.output_tokens),
    percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY trace.output_tokens)
FROM qftapp_trace AS trace
LEFT JOIN qftapp_grade AS grade ON grade.trace_id = trace.id AND grade.is_current
WHERE trace.run_id = %s
GROUP BY 1
"""
_ITEMS = "SELECT id, item_id FROM qftapp_itemversion WHERE id = ANY(%s)"


@dataclass(frozen=True)
class Counts:
    """The numbers of a run: rows of outcomes by version, diagnoses of wrong answers, lengths by outcome, and grades by
    verifier and whether they count.
    """

    outcomes: list[tuple[int, str, int]]
    diagnoses: list[tuple[str, int]]
    lengths: list[tuple[str, int, list[int], int, list[int | None]]]
    grades: list[tuple[str, bool, int]]

    @property
    def traces(self) -> int:
        """All traces, graded or not."""
        return sum(row[1] for row in self.lengths)

    def ungraded(self, verifier: str) -> int:
        """Traces that this version of the verifier has not graded."""
        return self.traces - sum(count for version, _, count in self.grades if version == verifier)

    def is_graded_by_another(self, verifier: str) -> bool:
        """Whether the grade of another version counts for some trace."""
        return any(is_current and version != verifier for version, is_current, _ in self.grades)


def tallies(run_ids: Iterable[int]) -> dict[int, RunTally]:
    """The tallies of these runs as they stand now, all but their `counts`."""
    wanted = list(run_ids)
    holding = {tally.run_id: tally for tally in kept(wanted).defer("counts", "details")}
    return {run_id: holding.get(run_id) or _counted(run_id) for run_id in wanted}


def counts(run_id: int) -> Counts:
    """The numbers of one run as they stand now."""
    tally = kept([run_id]).defer("details").first() or _counted(run_id)
    return Counts(**tally.counts)


def count_changed() -> int:
    """Count every evaluation at rest that has no tally which holds; returns how many there were."""
    at_rest = Run.objects.filter(purpose=Run.Purpose.EVALUATE, state__in=Run.ENDED)
    traces = Trace.objects.filter(run=OuterRef("pk"))
    is_graded = Grading.objects.filter(run=OuterRef("pk")).exclude(state__in=Grading.ENDED)
    holding = RunTally.objects.filter(~Exists(RunChange.objects.filter(run=OuterRef("run"))), run=OuterRef("pk"))
    changed = at_rest.filter(Exists(traces), ~Exists(is_graded), ~Exists(holding)).order_by()
    run_ids = list(changed.values_list("pk", flat=True))
    for run_id in run_ids:
        _counted(run_id)
    return len(run_ids)


def kept(run_ids: list[int]) -> QuerySet[RunTally]:
    """The tallies that hold."""
    changed = RunChange.objects.filter(run=OuterRef("run"))
    return RunTally.objects.filter(~Exists(changed), run__in=run_ids)


def accuracy(tally: RunTally) -> Estimate | None:
    """The accuracy of a run, nothing where no answer counts."""
    return estimate(Sums(*tally.sums))


def _counted(run_id: int) -> RunTally:
    """The run, counted now; kept where nobody else counts or changes it meanwhile."""
    with advisory_lock(LOCK, run_id) as is_ours:
        is_kept = is_ours and _take_changes(run_id)
        found = _count(run_id)
        numbers = {"traces": found.traces, "sums": astuple(_sums(found))}
        tally = RunTally(run_id=run_id, **numbers, counts=asdict(found))
        if is_kept:
            tally.save(force_insert=True)
    return tally


@transaction.atomic
def _take_changes(run_id: int) -> bool:
    """Take away tally and changes before what they stand for is counted; returns False while somebody holds one."""
    changes = RunChange.objects.filter(run=run_id)
    taken = list(changes.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if changes.count() > len(taken):
        return False
    RunTally.objects.filter(run=run_id).delete()
    changes.filter(pk__in=taken).delete()
    return True


def _count(run_id: int) -> Counts:
    def rows(sql: str) -> list[Any]:
        cursor.execute(sql, [run_id])
        return cursor.fetchall()

    with connection.cursor() as cursor:
        return Counts(rows(_OUTCOMES), rows(_DIAGNOSES), rows(_LENGTHS), rows(_GRADES))


def _sums(counts: Counts) -> Sums:
    """The sums over items, whose versions count together."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [[version for version, _, _ in counts.outcomes]])
        items = dict(cursor.fetchall())
    right: defaultdict[int, int] = defaultdict(int)
    counted: defaultdict[int, int] = defaultdict(int)
    for version, outcome, count in counts.outcomes:
        if outcome != Outcome.BROKEN_ITEM:
            counted[items[version]] += count
            right[items[version]] += count if outcome == Outcome.CORRECT else 0
    return Sums.of((right[item], count) for item, count in counted.items())
