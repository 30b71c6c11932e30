"""Parquet: the columns that matter, some rows at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from qftapp.runs.importing.rows import MAX_ROW_BYTES, Row, Unreadable

BATCH_BYTES = 16 * 2**20
BATCH_ROWS = 1_000


def read(path: Path, wanted: frozenset[str] | None = None) -> Iterator[Row]:
    """The rows of the file; only the columns that are wanted are unpacked."""
    size = path.stat().st_size
    try:
        with parquet.ParquetFile(path, buffer_size=2**20) as file:
            total = file.metadata.num_rows
            columns = _columns(file, wanted)
            number = 0
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(_batch_rows(file, group), row_groups=[group], columns=columns):
                    for values in _rows(batch):
                        number += 1
                        at = size * number // total
                        if isinstance(values, str):
                            yield Row(number, None, values, at)
                        else:
                            yield Row(number, values, "", at)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise Unreadable(f"The file cannot be read as Parquet: {reason}") from None


def _columns(file: parquet.ParquetFile, wanted: frozenset[str] | None) -> list[str]:
    """The columns of the file that hold what is wanted: a path such as usage.tokens leads into a column."""
    names = list(file.schema_arrow.names)
    if wanted is None:
        return names
    return [name for name in names if any(path == name or path.startswith(f"{name}.") for path in wanted)]


def _batch_rows(file: parquet.ParquetFile, group: int) -> int:
    """How many rows of a row group are held at a time, so that long texts do not fill the memory."""
    about = file.metadata.row_group(group)
    bytes_a_row = max(1, about.total_byte_size // max(1, about.num_rows))
    return max(1, min(BATCH_ROWS, BATCH_BYTES // bytes_a_row))


def _rows(batch: pyarrow.RecordBatch) -> Iterator[dict[str, Any] | str]:
    """The rows as Python values; for one that has none, such as text that is not UTF-8, the reason."""
    if batch.nbytes <= MAX_ROW_BYTES:
        try:
            yield from batch.to_pylist()
            return
        except (ValueError, OverflowError, pyarrow.ArrowException):
            pass  # Which of them it is, is found one by one.
    for index in range(batch.num_rows):
        one = batch.slice(index, 1)
        if one.nbytes > MAX_ROW_BYTES:
            yield f"the row is longer than {MAX_ROW_BYTES // 2**20} MB"
            continue
        try:
            yield one.to_pylist()[0]
        except (ValueError, OverflowError, pyarrow.ArrowException) as error:
            yield f"the row holds a value that cannot be read: {str(error).splitlines()[0]}"
