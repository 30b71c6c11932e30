"""What a recipe takes: one pick for each row, a trace among them by a name that does not depend on the database."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qftapp.experiments.exporting.entries import Entry
from qftapp.runs.models import Trace

TEXTS_AT_ONCE = 200
"""Traces whose texts are held in memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """A trace without its text."""

    trace_id: int
    run: str
    teacher: str
    sample: int
    characters: int
    verifier: str = ""

    def name(self, entry: Entry) -> str:
        """What the trace is called in rows: run, item, version and sample, which name it in every database."""
        return f"{self.run}/{entry.slug}/{entry.number}/{self.sample}"


@dataclass(frozen=True, slots=True)
class Pick:
    """One row: its entry, its trace where it has one, and what people said of the steps where that is asked for."""

    entry: Entry
    source: Source | None = None
    labels: tuple[bool, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What rows are counted by."""
        return {**self.entry.facts, "teacher": self.source.teacher if self.source else ""}


def drawn(seed: int, name: str) -> bytes:
    """A number for a trace that only the seed and its name decide: an order at random that can be had again."""
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


def texts(trace_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The texts of traces in the order of the ids, a few at a time."""
    for start in range(0, len(trace_ids), TEXTS_AT_ONCE):
        some = trace_ids[start : start + TEXTS_AT_ONCE]
        found = dict(Trace.objects.filter(pk__in=some).order_by().values_list("pk", "text"))
        for trace_id in some:
            yield trace_id, found[trace_id]
