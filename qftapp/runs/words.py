"""Making the words of traces for the search, in the background: an import or a run does not wait for it."""

import time

from django.db import connection

from qftapp.actors import jobs
from qftapp.runs.models import Trace

TRACES_A_STATEMENT = 1_000
SECONDS_A_JOB = 60
"""How long one job works; the next goes on, so that others get their turn between them."""

_MAKE = """
INSERT INTO qftapp_tracewords (trace_id, words)
SELECT trace.id, qft_words(trace.text)
FROM qftapp_trace AS trace
WHERE trace.id > %(after)s AND trace.id <= %(last)s
    AND NOT EXISTS (SELECT FROM qftapp_tracewords AS made WHERE made.trace_id = trace.id)
ON CONFLICT DO NOTHING
"""


def make_words(*, seconds: float = SECONDS_A_JOB) -> bool:
    """Make the words of traces that have none, oldest first; returns whether all have them now.

    It looks at every trace each time, by its key alone: imports end in another order than they begin.
    """
    end = time.monotonic() + seconds
    after = 0
    while time.monotonic() < end:
        ids = Trace.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:TRACES_A_STATEMENT]
        last = max(ids, default=None)
        if last is None:
            return True
        with connection.cursor() as cursor:
            cursor.execute(_MAKE, {"after": after, "last": last})
        after = last
    return False


def ask_for_words() -> None:
    """Ask the worker to make the words of what has come; call it inside the transaction that brings traces."""
    from qftapp.runs.tasks import make_words_of_traces

    jobs.defer(make_words_of_traces)
