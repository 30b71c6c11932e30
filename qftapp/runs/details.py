"""What reports need beyond the tally of a run: lengths, kinds of wrong and groups of equal answers, by version.

Counted when first asked for, since the pages of runs do not need it; kept with the tally, and gone with it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from qftapp.actors.locking import advisory_lock
from qftapp.runs import tallies
from qftapp.runs.models import Run

_ANSWERS = """
SELECT trace.item_version_id, grade.outcome, CASE grade.outcome WHEN 'wrong' THEN grade.diagnosis ELSE '' END,
    count(*), sum(trace.characters), count(*) FILTER (WHERE trace.finish_reason = 'length'),
    count(trace.output_tokens), coalesce(sum(trace.output_tokens), 0),
    count(backtracks.count), coalesce(sum(backtracks.count), 0)
FROM qftapp_trace AS trace
JOIN qftapp_grade AS grade ON grade.trace_id = trace.id AND grade.is_current
LEFT JOIN qftapp_tracebacktracks AS backtracks ON backtracks.trace_id = trace.id
WHERE trace.run_id = %s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_GROUPS = """
SELECT version, size, count(*) FROM (
    SELECT trace.item_version_id AS version, count(*) AS size
    FROM qftapp_grade AS grade JOIN qftapp_trace AS trace ON trace.id = grade.trace_id
    WHERE grade.is_current AND grade.run_id = %s AND grade.outcome = 'wrong'
    GROUP BY 1, coalesce(grade.answer_group, -trace.id)
) AS sized
GROUP BY 1, 2 ORDER BY 1, 2
"""


class Answers(NamedTuple):
    """The graded traces of one version that have an outcome and, where wrong, a diagnosis; and how much they say."""

    version: int
    outcome: str
    diagnosis: str
    """"" also where there is nothing certain to say."""
    traces: int
    characters: int
    cut: int
    """Traces that ended at the limit of tokens."""
    with_tokens: int
    """Traces whose tokens the server told; `tokens` is the sum of them."""
    tokens: int
    with_backtracks: int
    """Traces whose backtracks are counted; `backtracks` is the sum of them."""
    backtracks: int


class Groups(NamedTuple):
    """How many groups of equal wrong answers to one version have this size; what has no group is one alone."""

    version: int
    size: int
    times: int


@dataclass(frozen=True)
class Details:
    """The further numbers of a run."""

    answers: list[Answers]
    groups: list[Groups]


def details(run_id: int) -> Details:
    """The further numbers of one run as they stand now."""
    kept = tallies.kept([run_id]).exclude(details__isnull=True).values_list("details", flat=True).first()
    return _read(kept) if kept else _counted(run_id)


def count_missing() -> int:
    """Count every evaluation whose tally holds and lacks these; returns how many there were."""
    evaluations = Run.objects.filter(purpose=Run.Purpose.EVALUATE).values_list("pk", flat=True)
    run_ids = list(tallies.kept(list(evaluations)).filter(details__isnull=True).values_list("run", flat=True))
    for run_id in run_ids:
        _counted(run_id)
    return len(run_ids)


def _read(kept: dict[str, Any]) -> Details:
    return Details([Answers(*row) for row in kept["answers"]], [Groups(*row) for row in kept["groups"]])


def _counted(run_id: int) -> Details:
    """The run, counted now; kept with its tally, where that holds before and after and nobody else counts."""
    tallies.tallies([run_id])
    with advisory_lock(tallies.LOCK, run_id) as is_ours:
        may_be_kept = is_ours and tallies.kept([run_id]).exists()
        found = _count(run_id)
        if may_be_kept:
            tallies.kept([run_id]).update(details=vars(found))
    return found


def _count(run_id: int) -> Details:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [run_id])
        answers = [
            Answers(version, outcome, diagnosis, *map(int, sums)) for version, outcome, diagnosis, *sums in cursor
        ]
        cursor.execute(_GROUPS, [run_id])
        return Details(answers, [Groups(*row) for row in cursor])
