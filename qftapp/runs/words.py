"""Making the words of traces for the search, in the background: an import or a run does not wait for it.

A trace costs some two milliseconds of a processor, all of it in the database; so several connections work side by side.
Who has the text in hand counts also how often it turns back.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from qftapp.actors import jobs
from qftapp.runs.models import Trace

TRACES_A_STATEMENT = 500
SECONDS_A_JOB = 60
"""How long one job works; the next goes on, so that others get their turn between them."""

_MAKE = """
WITH made AS MATERIALIZED (
    SELECT id, run_id, qft_backtracks(text) AS backtracks,
        CASE WHEN words.trace_id IS NULL THEN qft_words(text) END AS new
    FROM qftapp_trace AS trace LEFT JOIN qftapp_tracewords AS words ON words.trace_id = trace.id
    WHERE id = ANY(%s)
), searchable AS (
    INSERT INTO qftapp_tracewords (trace_id, words) SELECT id, new FROM made WHERE new IS NOT NULL
    ON CONFLICT DO NOTHING
)
INSERT INTO qftapp_tracebacktracks (trace_id, run_id, count) SELECT id, run_id, backtracks FROM made
ON CONFLICT DO NOTHING
"""


def make_words(*, seconds: float = SECONDS_A_JOB, connections: int = 1) -> bool:
    """Make the words of traces, oldest first, and count where they turn back; returns whether all have both now.

    Where `connections` is 1 it is the caller's, else as many of their own.
    """
    end = time.monotonic() + seconds
    for ids in _left(connections * TRACES_A_STATEMENT):
        if time.monotonic() > end:
            return False
        if connections == 1:
            _make(ids)
        else:
            _make_side_by_side(ids[number::connections] for number in range(connections))
    return True


def is_behind() -> bool:
    """Whether the newest trace has no words yet; they are made oldest first."""
    return list(Trace.objects.order_by("-pk").values_list("words", flat=True)[:1]) == [None]


def _left(size: int) -> Iterator[list[int]]:
    """The ids of all traces that lack either, so many at a time, read from the tables' keys alone, two at a time."""
    for lacking in ("words", "backtracks"):
        after = 0
        left = Trace.objects.filter(**{lacking: None}).order_by("pk").values_list("pk", flat=True)
        while ids := list(left.filter(pk__gt=after)[:size]):
            yield ids
            after = ids[-1]


def _make(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [ids])


def _make_side_by_side(parts: Iterable[list[int]]) -> None:
    def make(ids: list[int]) -> None:
        try:
            _make(ids)
        finally:
            connection.close()  # the thread's own

    with ThreadPoolExecutor() as threads:
        list(threads.map(make, filter(None, parts)))


def ask_for_words() -> None:
    """Ask the worker to make the words of what has come; call it inside the transaction that brings traces."""
    from qftapp.runs.tasks import make_words_of_traces

    jobs.defer(make_words_of_traces)
