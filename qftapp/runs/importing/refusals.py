"""Rows that are refused: the reason, and the report of them as a file."""

import csv
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

import orjson
from django.conf import settings

from qftapp.actors.text import storable
from qftapp.actors.twins import harmless
from qftapp.runs.importing import uploads

KEPT = 1_000
"""Refused rows that the page shows; the file has all."""

MAX_REASON = 500


class Refused(Exception):
    """A row cannot become a trace; the message says why, in half a sentence."""


class Refusal(NamedTuple):
    """A refused row, with the item it named as far as that was read."""

    line: int
    item: str
    reason: str


class Refusals:
    """The rows refused while a file is read, on disk: there may be as many as the file has."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(dir=uploads.folder())  # noqa: SIM115 - closed below

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def add(self, line: int, item: str, reason: str) -> None:
        """Keep one more; lines come in their order."""
        self._file.write(orjson.dumps(storable((line, item[:200], reason[:MAX_REASON]))) + b"\n")

    def __iter__(self) -> Iterator[Refusal]:
        self._file.seek(0)
        for line in self._file:
            yield Refusal(*orjson.loads(line))


def path_of(import_id: int) -> Path:
    """Where the file of refused rows of an import lies."""
    return Path(settings.MEDIA_ROOT) / "traces" / "refused" / f"{import_id}.csv"


def write_report(import_id: int, *sources: Iterable[Refusal]) -> tuple[int, list[Refusal]]:
    """Write all refused rows to their file, by line; returns how many there are, and the first of them."""
    path = path_of(import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    first: list[Refusal] = []
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Refusal._fields)
        for refusal in heapq.merge(*sources):
            writer.writerow((refusal.line, harmless(refusal.item), harmless(refusal.reason)))
            count += 1
            if len(first) < KEPT:
                first.append(refusal)
    unfinished.replace(path)
    return count, first
