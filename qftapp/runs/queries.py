"""Reads of runs and traces: lists with their filters, a page at a time by keys, and what stands beside a trace.

A page of traces is found from the end of an index, whatever the size of the table: a filter is an equality that an
index holds before the id, and where a filter stands for several values (the runs of a model, the versions of an item)
each value is asked for its own first traces.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db.models import Count, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from qftapp.actors.http import whole_number
from qftapp.items.models import ItemVersion
from qftapp.runs.lengths import LengthClass
from qftapp.runs.models import Grade, Run, Trace
from qftapp.runs.searching import search

PAGE_SIZE = 50
_UNREAD = ("item_version__statement", "item_version__contract", "item_version__solution",
           "item_version__second_solution", "item_version__gate")  # fmt: skip
Ids = QuerySet[Trace, Any]


def runs(filters: Mapping[str, str]) -> QuerySet[Run, Any]:
    """The runs of `model`, `purpose`, `state` and `release`, newest first, each with its number of `traces`."""
    exact = {"model": "model__slug", "purpose": "purpose", "state": "state", "release": "release__name"}
    chosen = {lookup: filters[name] for name, lookup in exact.items() if filters.get(name)}
    counted = Trace.objects.filter(run=OuterRef("pk")).order_by().values("run").annotate(size=Count("pk"))
    found = Run.objects.filter(**chosen).select_related("model", "release").defer("release__archive")
    return found.annotate(trace_count=Subquery(counted.values("size")))


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
    newer = trace_ids(filters, after=trace.pk, limit=1)
    older = trace_ids(filters, before=trace.pk, limit=1)
    return (newer[0] if newer else None, older[0] if older else None)


def all_rows(filters: Mapping[str, str], chunk: int = 1_000) -> Iterator[Row]:
    """Every matching trace, newest first, read in chunks."""
    before = None
    while ids := trace_ids(filters, before=before, limit=chunk):
        yield from _rows(ids)
        before = ids[-1]


def trace_ids(
    filters: Mapping[str, str], *, before: int | None = None, after: int | None = None, limit: int
) -> list[int]:
    """The ids of at most `limit` matching traces in falling order: the newest, or those next to an id."""
    is_forward = after is not None
    edge = {"lt": before} if before is not None else {"gt": after} if is_forward else {}
    order = "pk" if is_forward else "-pk"
    found = [each.order_by(order).values_list("pk", flat=True)[:limit] for each in _scopes(filters, edge)]
    if not found:
        return []
    ids = found[0] if len(found) == 1 else found[0].union(*found[1:], all=True).order_by(order)[:limit]
    return sorted(ids, reverse=True)


def _scopes(filters: Mapping[str, str], edge: Mapping[str, int | None]) -> list[Ids]:
    """One query for each run of the model and each version of the item that the filters name."""
    chosen_runs: list[int | None] = [None]
    if filters.get("run") or filters.get("model"):
        exact = {
            lookup: filters[name] for name, lookup in (("run", "slug"), ("model", "model__slug")) if filters.get(name)
        }
        chosen_runs = list(Run.objects.filter(**exact).order_by().values_list("pk", flat=True))
    versions: list[int | None] = [None]
    if slug := filters.get("item"):
        versions = list(ItemVersion.objects.filter(item__slug=slug).values_list("pk", flat=True))
    return [_scope(filters, edge, run, version) for run, version in product(chosen_runs, versions)]


def _scope(filters: Mapping[str, str], edge: Mapping[str, int | None], run: int | None, version: int | None) -> Ids:
    traces = {f"pk__{side}": place for side, place in edge.items()}
    if run is not None:
        traces["run"] = run
    if version is not None:
        traces["item_version"] = version
    found: Ids = Trace.objects.filter(**traces)
    if graded := _grade_of(filters):
        # The same facts of the grade as of its trace, so that an index of grades can lead.
        graded |= {f"trace__{side}": place for side, place in edge.items()} | ({"run": run} if run is not None else {})
        current = FilteredRelation("grades", condition=Q(grades__is_current=True))
        found = found.alias(current=current).filter(**{f"current__{name}": value for name, value in graded.items()})
    if length := filters.get("length"):
        found = found.alias(length=LengthClass("characters")).filter(length=int(length))
    if words := filters.get("q"):
        found = found.filter(search(words))
    return found


def _grade_of(filters: Mapping[str, str]) -> dict[str, Any]:
    """What the filters ask of the current grade; a diagnosis is one of a wrong answer."""
    asked: dict[str, Any] = {name: filters[name] for name in ("outcome", "diagnosis") if filters.get(name)}
    if (group := whole_number(filters.get("group", ""))) is not None:
        asked["answer_group"] = group
    return asked


def _rows(ids: list[int]) -> list[Row]:
    grades = {grade.trace_id: grade for grade in Grade.objects.filter(trace__in=ids, is_current=True).defer("detail")}
    traces = Trace.objects.filter(pk__in=ids).select_related("run__model", "item_version__item")
    return [Row(trace, grades.get(trace.pk)) for trace in traces.defer("text", *_UNREAD).order_by("-pk")]


def trace(pk: int) -> QuerySet[Trace]:
    """The one trace with its run, its model and its item."""
    related = Trace.objects.select_related("run__model", "run__release", "run__prompt", "item_version__item")
    return related.defer("run__release__archive", "item_version__gate").filter(pk=pk)


def samples(trace: Trace) -> list[Row]:
    """All traces of the same run and item, by sample."""
    found = Trace.objects.filter(run=trace.run_id, item_version=trace.item_version_id).order_by("sample_index")
    traces = list(found.defer("text"))
    grades = {grade.trace_id: grade for grade in Grade.objects.filter(trace__in=traces, is_current=True)}
    return [Row(each, grades.get(each.pk)) for each in traces]
