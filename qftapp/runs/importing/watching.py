"""Telling how far an import is, and hearing that somebody cancelled it, while its transaction is open."""

import contextlib
import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from qftapp.runs.models import TraceImport

SECONDS_BETWEEN_LOOKS = 0.5

BEGIN = """
UPDATE qftapp_traceimport SET state = 'running', started_at = now(), progress = 0, bytes_read = 0, report = '{}'
WHERE id = %s AND state IN ('queued', 'running')
"""
BEGIN_RUN = "UPDATE qftapp_run SET state = 'running', started_at = now() WHERE id = %s AND state = 'queued'"
READ = "UPDATE qftapp_traceimport SET bytes_read = %s WHERE id = %s AND state = 'running'"
STORED = "UPDATE qftapp_traceimport SET progress = %s WHERE id = %s AND state = 'running'"
ROWS = """
UPDATE qftapp_traceimport SET bytes_read = bytes, report = jsonb_build_object('rows', %s::bigint)
WHERE id = %s AND state = 'running'
"""

Told = Callable[[int, int], None]


class Cancelled(Exception):
    """Somebody has cancelled the import; what it loaded is rolled back."""


@contextlib.contextmanager
def watching(found: TraceImport, told: Told | None = None) -> Iterator["Watch"]:
    """Begin the import for all to see, by a connection outside the transaction; `told` hears of rows and bytes."""
    outside = connection.copy()
    try:
        yield Watch(found, outside, told)
    finally:
        outside.close()


class Watch:
    """Tells of the progress now and then, and raises Cancelled once somebody has cancelled."""

    def __init__(self, found: TraceImport, outside: BaseDatabaseWrapper, told: Told | None) -> None:
        self.import_id, self.outside, self.told = found.pk, outside, told
        self.due = 0.0
        self._update(BEGIN)
        self._write(BEGIN_RUN, found.run_id)

    def read(self, rows: int, size: int) -> None:
        """So many rows and bytes of the file are read."""
        if self.told:
            self.told(rows, size)
        self._now_and_then(READ, size)

    def rows(self, count: int) -> None:
        """The whole file is read, and has so many rows."""
        self._update(ROWS, count)

    def stored(self, lines: int) -> None:
        """So many lines of the file have found their place."""
        self._now_and_then(STORED, lines)

    def _now_and_then(self, statement: str, value: int) -> None:
        if time.monotonic() >= self.due:
            self._update(statement, value)
            self.due = time.monotonic() + SECONDS_BETWEEN_LOOKS

    def _update(self, statement: str, *values: int) -> None:
        if not self._write(statement, *values, self.import_id):
            raise Cancelled

    def _write(self, statement: str, *values: int) -> int:
        with self.outside.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)
