"""The first rows of a file as they would come in, before anything does."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from qftapp.runs.importing import inspect_logs
from qftapp.runs.importing.checking import check
from qftapp.runs.importing.columns import OURS, Columns, guess, paths_of, picker
from qftapp.runs.importing.formats import READERS
from qftapp.runs.importing.refusals import Refused
from qftapp.runs.importing.rows import Row, Unreadable
from qftapp.runs.importing.versions import VersionsOfRun
from qftapp.runs.models import TraceImport

LOOKED_AT = 50
"""Rows whose columns are offered."""

SHOWN = 5
SHOWN_CHARACTERS = 160


@dataclass(frozen=True)
class Sample:
    """One of the first rows: its cells in the order of our columns, and why it would be refused, if so."""

    number: int
    cells: list[str]
    refusal: str


def first_rows(path: Path, format: str) -> list[Row]:
    """The first rows of a file; raises Unreadable where it has none or is of another format."""
    rows = list(islice(READERS[format](path), LOOKED_AT))
    if not rows:
        raise Unreadable("The file has no rows.")
    if all(row.values is None for row in rows):
        raise Unreadable(f"None of the first rows can be read: {rows[0].refusal}.")
    return rows


def paths(rows: list[Row]) -> list[str]:
    """The columns that the file offers."""
    return paths_of(row.values for row in rows if row.values is not None)


def guessed(rows: list[Row], format: str) -> dict[str, str]:
    """The columns as they are likely meant; a log of Inspect has ours."""
    if format == TraceImport.Format.INSPECT:
        return {ours: ours for ours in OURS if ours not in ("version", "reasoning")}
    return guess(paths(rows))


def chosen(rows: list[Row], format: str, pairs: Iterable[str]) -> dict[str, str]:
    """The guessed columns with the given ones, written as ours=theirs, in their places; an empty one is taken out.

    Raises ValidationError on a pair that is none, and on a column that the first rows do not have.
    """
    columns, known = guessed(rows, format), {*paths(rows), *OURS, ""}
    for pair in pairs:
        ours, is_pair, theirs = pair.partition("=")
        if not is_pair:
            raise ValidationError(f"Write a column as ours=theirs, not {pair}.")
        if theirs not in known:
            raise ValidationError(f"The first rows have no column {theirs}.")
        columns = {name: path for name, path in columns.items() if path != theirs} | {ours: theirs}
    return columns


def samples(rows: list[Row], columns: Columns, found: TraceImport) -> list[Sample]:
    """The first few rows under these columns."""
    pick, versions = picker(columns), VersionsOfRun(found.run)
    shown = []
    for row in rows[:SHOWN]:
        if row.values is None:
            shown.append(Sample(row.number, [], row.refusal))
            continue
        values = pick(row.values)
        refusal = ""
        try:
            check(values, versions)
        except Refused as refused:
            refusal = str(refused)
        shown.append(Sample(row.number, [_clipped(values[ours]) for ours in columns], refusal))
    return shown


def model_named(path: Path, format: str) -> str:
    """The model that the file itself says it is of, "" where it does not."""
    return inspect_logs.model_of(path) if format == TraceImport.Format.INSPECT else ""


def _clipped(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]} …"
