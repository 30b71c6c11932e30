"""The rows of a file, checked and streamed by COPY into a temporary table; memory holds one row at a time."""

from collections.abc import Callable
from pathlib import Path

from django.db import connection

from qftapp.runs.importing import merging
from qftapp.runs.importing.checking import check
from qftapp.runs.importing.columns import Columns, picker
from qftapp.runs.importing.formats import READERS
from qftapp.runs.importing.refusals import Refusals, Refused
from qftapp.runs.importing.versions import Versions

LOOK_EVERY = 200
"""Rows between two looks at whether somebody has cancelled."""


def load(
    path: Path, format: str, columns: Columns, versions: Versions, refusals: Refusals, still: Callable[[int, int], None]
) -> int:
    """Load every sound row into `incoming` and keep the others in `refusals`; returns how many rows there are.

    `still` is told the rows and bytes read so far, and raises when somebody has cancelled.
    """
    pick = picker(columns)
    rows = at = 0
    with connection.cursor() as cursor:
        cursor.execute(merging.CREATE)
        with cursor.copy(f"COPY incoming ({merging.COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(merging.TYPES)
            for row in READERS[format](path, frozenset(columns.values())):
                rows, at = rows + 1, row.at
                if row.values is None:
                    refusals.add(row.number, "", row.refusal)
                else:
                    values = pick(row.values)
                    try:
                        sound = check(values, versions)
                    except Refused as refused:
                        refusals.add(row.number, _named(values.get("item")), str(refused))
                    else:
                        copy.write_row((row.number, *sound))
                if rows % LOOK_EVERY == 0:
                    still(rows, at)
    still(rows, at)
    return rows


def _named(item: object) -> str:
    return str(item) if isinstance(item, str | int) else ""
