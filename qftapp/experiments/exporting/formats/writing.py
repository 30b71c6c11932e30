"""What the writers of all formats share: lines, tables, files of ours that go along."""

import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]

FILES = Path(__file__).parent / "files"
"""What goes into packages word by word: it asks `qftapp.verification` and judges nothing itself."""

ROWS_AT_ONCE = 500
"""Rows of a table in memory, each with a whole trace."""

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
ITEM = [
    ("item", pa.string()),
    ("version", pa.int64()),
    ("topic", pa.string()),
    ("domain_level", pa.string()),
    ("operational_level", pa.string()),
]
"""The columns of every row, as Arrow has them."""


def write_lines(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def write_table(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> None:
    """Write rows as Parquet, some at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = iter(rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while some := list(islice(waiting, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))


def copy(name: str, target: Path) -> None:
    """Put a file of ours into a package."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(FILES / name, target)


def only(columns: Iterable[str], rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with these columns alone."""
    wanted = list(columns)
    for row in rows:
        yield {name: row[name] for name in wanted}
