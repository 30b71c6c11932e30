"""What a reader makes of a file: its rows with their numbers, those that cannot be read with the reason."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

MAX_ROW_BYTES = 32 * 2**20
"""A row that is longer is refused, and never held in memory."""

MAX_UNPACKED_BYTES = 200 * 2**30
"""What a packed file may unpack to, so that a small one cannot keep a worker busy for days."""


class Unreadable(Exception):
    """The file is not what it is said to be, or ends in the middle; the message is for the person who brought it."""


class Row(NamedTuple):
    """One row: its number from 1 (a line, a row, a sample of a log), what it says, or why it cannot be read.

    `at` is how many bytes of the file had been read when it came.
    """

    number: int
    values: Mapping[str, Any] | None
    refusal: str
    at: int


class Reader(Protocol):
    """Reads the rows of a file in bounded memory; raises Unreadable. `wanted` names the only columns that matter."""

    def __call__(self, path: Path, wanted: frozenset[str] | None = None) -> Iterator[Row]: ...
