"""What reports need beyond the tally of a run: lengths, kinds of wrong and groups of equal answers, by version.

Counted when first asked for, since the pages of runs do not need it; kept with the tally, and gone with it.
"""

from typing import Any, NamedTuple

from django.db import connection

from qftapp.actors.locking import advisory_lock
from qftapp.runs import tallies
from qftapp.runs.models import Run

_ANSWERS = """
SELECT trace.item_version_id, grade.outcome, CASE grade.outcome WHEN 'wrong' THEN grade.diagnosis ELSE '' END,
    count(*), sum(trace.characters)::bigint, count(*) FILTER (WHERE trace.finish_reason = 'length'),
    count(trace.output_tokens), coalesce(sum(trace.output_tokens), 0)::bigint,
    count(backtracks.count), coalesce(sum(backtracks.count), 0)::bigint
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
    """Graded traces in sums, one for each version, outcome and diagnosis: columns of equal length."""

    version: list[int]
    outcome: list[str]
    diagnosis: list[str]
    """"" where the answer is not wrong, and where there is nothing certain to say."""
    traces: list[int]
    characters: list[int]
    cut: list[int]
    """Traces that ended at the limit of tokens."""
    with_tokens: list[int]
    """Traces whose tokens the server told; `tokens` is the sum of them."""
    tokens: list[int]
    with_backtracks: list[int]
    """Traces whose backtracks are counted; `backtracks` is the sum of them."""
    backtracks: list[int]


class Groups(NamedTuple):
    """How many groups of equal wrong answers to a version have a size, in columns; what has no group is one alone."""

    version: list[int]
    size: list[int]
    times: list[int]


class Details(NamedTuple):
    """The further numbers of a run; by columns, since some hundred thousand rows are read for a figure."""

    answers: Answers
    groups: Groups


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
    return Details(Answers(*kept["answers"]), Groups(*kept["groups"]))


def _counted(run_id: int) -> Details:
    """The run, counted now; kept with its tally, where that holds before and after and nobody else counts."""
    tallies.tallies([run_id])
    with advisory_lock(tallies.LOCK, run_id) as is_ours:
        may_be_kept = is_ours and tallies.kept([run_id]).exists()
        found = _count(run_id)
        if may_be_kept:
            tallies.kept([run_id]).update(details=found._asdict())
    return found


def _count(run_id: int) -> Details:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [run_id])
        answers = Answers(*_columns(cursor.fetchall(), len(Answers._fields)))
        cursor.execute(_GROUPS, [run_id])
        return Details(answers, Groups(*_columns(cursor.fetchall(), len(Groups._fields))))


def _columns(rows: list[Any], count: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]
