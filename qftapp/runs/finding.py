"""The ids of the traces that match some filters, a page at a time.

A page is found from the end of an index, whatever the size of the table. A filter is an equality that an index holds
before the id; where a filter stands for several values (the runs of a model, the versions of an item) each value is
asked for its own first traces. The id is bounded in each table of a query, since the planner carries a bound from one
to the other for equalities alone.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from qftapp.actors.http import whole_number
from qftapp.items.models import ItemVersion
from qftapp.runs.labelled import in_state
from qftapp.runs.lengths import LengthClass
from qftapp.runs.models import Grade, Run, Trace
from qftapp.runs.searching import search, within_patience

Ids = QuerySet[Any, int]
Edge = Mapping[str, int]


def trace_ids(
    filters: Mapping[str, str], *, before: int | None = None, after: int | None = None, limit: int
) -> list[int]:
    """The ids of at most `limit` matching traces in falling order: the newest, or those next to an id.

    Raises TooBroad where a search takes too long.
    """
    edge = {"lt": before} if before is not None else {"gt": after} if after is not None else {}
    found = scopes(filters, edge, limit=limit, is_rising=after is not None)
    if not found:
        return []
    merged = found[0].union(*found[1:], all=True) if len(found) > 1 else found[0]
    ids = within_patience(merged) if filters.get("q") else list(merged)
    return sorted(ids, reverse=after is None)[:limit][:: 1 if after is None else -1]


def scopes(filters: Mapping[str, str], edge: Edge, *, limit: int, is_rising: bool = False) -> list[Ids]:
    """One query of ids for each run of the model and each version of the item that the filters name."""
    runs: list[int | None] = [None]
    lookups = {"run": "slug", "model": "model__slug"}
    if exact := {lookup: filters[name] for name, lookup in lookups.items() if filters.get(name)}:
        exact |= {"purpose": filters["purpose"]} if filters.get("purpose") else {}
        runs = list(Run.objects.filter(**exact).order_by().values_list("pk", flat=True))
    versions: list[int | None] = [None]
    if slug := filters.get("item"):
        versions = list(ItemVersion.objects.filter(item__slug=slug).values_list("pk", flat=True))
    return [_scope(filters, edge, run, version, limit, is_rising) for run, version in product(runs, versions)]


def _scope(
    filters: Mapping[str, str], edge: Edge, run: int | None, version: int | None, limit: int, is_rising: bool
) -> Ids:
    needs_trace = version is not None or any(filters.get(name) for name in ("length", "labels", "q"))
    is_of_grade = _of_grade(filters) and not needs_trace
    found: QuerySet[Any] = _graded(filters, edge, run) if is_of_grade else _traces(filters, edge, run, version)
    key = "trace_id" if is_of_grade else "pk"
    return found.order_by(key if is_rising else f"-{key}").values_list(key, flat=True)[:limit]


def _graded(filters: Mapping[str, str], edge: Edge, run: int | None) -> QuerySet[Grade]:
    """The grades that alone decide."""
    found = Grade.objects.filter(is_current=True, **_of_grade(filters), **_bound("trace_id", edge))
    return found if run is None else found.filter(run=run)


def _traces(filters: Mapping[str, str], edge: Edge, run: int | None, version: int | None) -> QuerySet[Trace]:
    found = Trace.objects.filter(**_bound("pk", edge))
    if run is not None:
        found = found.filter(run=run)
    if version is not None:
        found = found.filter(item_version=version)
    if length := filters.get("length"):
        found = found.alias(length=LengthClass("characters")).filter(length=int(length))
    if state := filters.get("labels"):
        found = found.filter(in_state(state))
    if words := filters.get("q"):
        found = found.filter(search(words), **_bound("words__trace_id", edge))
    if graded := _of_grade(filters) | _bound("trace_id", edge) if _of_grade(filters) else {}:
        current = FilteredRelation("grades", condition=Q(grades__is_current=True))
        graded |= {} if run is None else {"run": run}
        found = found.alias(current=current).filter(**{f"current__{name}": value for name, value in graded.items()})
    return found


def _bound(key: str, edge: Edge) -> dict[str, Any]:
    return {f"{key}__{side}": place for side, place in edge.items()}


def _of_grade(filters: Mapping[str, str]) -> dict[str, Any]:
    """What the filters ask of the current grade."""
    asked: dict[str, Any] = {name: filters[name] for name in ("outcome", "diagnosis") if filters.get(name)}
    if (group := whole_number(filters.get("group", ""))) is not None:
        asked["answer_group"] = group
    return asked
