"""Reads of exports: the list with its filters, what stands in one, which jobs used it, what a release offers."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qftapp.experiments.exporting.facts import facts_of
from qftapp.experiments.models import Export, ExportItem, TrainingJob
from qftapp.items.topics import TOPICS, Category
from qftapp.releases.models import Release

FIRST_ROWS = 3
"""Rows that the page of an export shows."""


def exports() -> QuerySet[Export]:
    """All exports, newest first, each with the number of its items and of the jobs that use it."""

    def count(model: type[ExportItem] | type[TrainingJob]) -> Coalesce:
        rows = model._default_manager.filter(export=OuterRef("pk")).order_by().values("export")
        return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)

    related = Export.objects.select_related("release", "requested_by").defer("release__archive")
    return related.annotate(item_count=count(ExportItem), job_count=count(TrainingJob))


def find(filters: Mapping[str, str]) -> QuerySet[Export]:
    """The exports that match the filters `kind`, `release`, `state` and `q`."""
    found = exports()
    for name, field in (("kind", "kind"), ("release", "release__name"), ("state", "state"), ("q", "slug__icontains")):
        if value := filters.get(name):
            found = found.filter(**{field: value})
    return found


def items_of(export: Export) -> QuerySet[ExportItem]:
    """The versions in an export with their items, by name."""
    related = export.items.select_related("item_version__item")
    heavy = [f"item_version__{name}" for name in ("statement", "contract", "solution", "second_solution", "gate")]
    return related.defer(*heavy).order_by("item_version__item__slug")


def first_rows(export: Export) -> list[dict[str, Any]]:
    """The first rows of an export that is done; none where its file is gone."""
    try:
        found = list(islice(facts_of(export).read(), FIRST_ROWS))
    except FileNotFoundError:
        return []
    return [row | {"labelled": _labelled(row)} for row in found]


def _labelled(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a row of process labels, each with what people say of it; none in rows of other kinds."""
    said = zip(row.get("steps", ()), row.get("labels", ()), row.get("categories", ()), strict=True)
    return [{"text": text, "is_right": is_right, "categories": codes} for text, is_right, codes in said]


def groups_to_train_on(release: Release) -> list[tuple[Category, int]]:
    """The groups of topics of which a release has items in its train split, with their number, in listing order."""
    topics = release.entries.filter(split="train").order_by().values_list("item_version__item__topic", flat=True)
    counted = Counter(TOPICS[topic].category.code for topic in topics)
    categories = {topic.category.code: topic.category for topic in TOPICS.values()}
    return [(category, counted[code]) for code, category in categories.items() if counted[code]]
