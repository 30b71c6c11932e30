"""Reads of runs and traces: lists with their filters, a page at a time by keys, and what stands beside a trace."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet

from qftapp.runs.finding import trace_ids
from qftapp.runs.models import Grade, Run, Trace
from qftapp.runs.searching import TooBroad

PAGE_SIZE = 50
UNREAD = ("item_version__statement", "item_version__contract", "item_version__solution",
          "item_version__second_solution", "item_version__gate")  # fmt: skip
"""What a version says at length; a list that read it for every trace would read little else."""


def runs(filters: Mapping[str, str]) -> QuerySet[Run, Any]:
    """The runs of `model`, `purpose`, `state` and `release`, newest first."""
    exact = {"model": "model__slug", "purpose": "purpose", "state": "state", "release": "release__name"}
    chosen = {lookup: filters[name] for name, lookup in exact.items() if filters.get(name)}
    return Run.objects.filter(**chosen).select_related("model", "release").defer("release__archive")


def current_grade(trace: str = "pk") -> QuerySet[Grade]:
    """The grade that counts for a trace of the query around it, which calls it `trace`."""
    return Grade.objects.filter(trace=OuterRef(trace), is_current=True)


@dataclass(frozen=True)
class Row:
    """A trace of a list, without its text, with the grade that counts, if it has one."""

    trace: Trace
    grade: Grade | None


@dataclass(frozen=True)
class TracePage:
    """Some traces, newest first, and whether there are newer and older ones."""

    rows: list[Row]
    has_newer: bool
    has_older: bool

    @property
    def newest(self) -> int | None:
        """Id of the first trace of the page."""
        return self.rows[0].trace.pk if self.rows else None

    @property
    def oldest(self) -> int | None:
        """Id of the last trace of the page."""
        return self.rows[-1].trace.pk if self.rows else None


def trace_page(filters: Mapping[str, str], *, before: int | None = None, after: int | None = None) -> TracePage:
    """The traces that match the filters, beginning at the newest, or next to the trace `before` or `after`."""
    ids = trace_ids(filters, before=before, after=after, limit=PAGE_SIZE + 1)
    is_full = len(ids) > PAGE_SIZE
    if after is not None:
        return TracePage(_rows(ids[-PAGE_SIZE:]), has_newer=is_full, has_older=True)
    return TracePage(_rows(ids[:PAGE_SIZE]), has_newer=before is not None, has_older=is_full)


def neighbours(trace: Trace, filters: Mapping[str, str]) -> tuple[int | None, int | None]:
    """The ids of the traces before and after one in the list of these filters, which begins at the newest."""
    try:
        newer = trace_ids(filters, after=trace.pk, limit=1)
        older = trace_ids(filters, before=trace.pk, limit=1)
    except TooBroad:
        return None, None
    return (newer[0] if newer else None, older[0] if older else None)


def all_rows(filters: Mapping[str, str], chunk: int = 1_000) -> Iterator[Row]:
    """Every matching trace, newest first, read in chunks."""
    before = None
    while ids := trace_ids(filters, before=before, limit=chunk):
        yield from _rows(ids)
        before = ids[-1]


def _rows(ids: list[int]) -> list[Row]:
    traces = Trace.objects.filter(pk__in=ids).select_related("run__model", "item_version__item")
    return with_grades(traces.defer("text", *UNREAD).order_by("-pk"))


def with_grades(traces: Iterable[Trace]) -> list[Row]:
    """The traces in their order, each with the grade that counts."""
    listed = list(traces)
    counting = Grade.objects.filter(trace__in=listed, is_current=True).defer("detail")
    grades = {grade.trace_id: grade for grade in counting}
    return [Row(trace, grades.get(trace.pk)) for trace in listed]


def trace(pk: int) -> QuerySet[Trace]:
    """The one trace with its run, its model and its item."""
    related = Trace.objects.select_related("run__model", "run__release", "run__prompt", "item_version__item")
    return related.defer("run__release__archive", "item_version__gate").filter(pk=pk)


def samples(trace: Trace) -> QuerySet[Trace]:
    """All traces of the same run and version, by sample; GRPO leaves thousands."""
    return Trace.objects.filter(run=trace.run_id, item_version=trace.item_version_id).order_by("sample_index")


def samples_around(trace: Trace, most: int) -> list[Row]:
    """At most so many of them: half of them before the trace where there are as many, then itself, and those after."""
    found = samples(trace).defer("text")
    before = list(found.filter(sample_index__lt=trace.sample_index).reverse()[: most // 2])[::-1]
    return with_grades([*before, *found.filter(sample_index__gte=trace.sample_index)[: most - len(before)]])
