"""Reads of items that are reused or hard: the list with its filters, repeats, one item's versions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from qftapp.actors.models import User
from qftapp.items.models import ItemVersion

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _InForce(TypedDict):
        approved_number: int | None

    Head = WithAnnotations[ItemVersion, _InForce]

REPEAT_SIMILARITY = 0.7
"""Trigram similarity from which two statements ask the same; those of the demo world stay below 0.6."""


def near_repeats(statement: str, *, of_item: int, limit: int = 3) -> list[tuple[str, int, float]]:
    """Slug, version number and trigram similarity of other items' live statements close to this one, closest first."""
    if len(statement.strip()) < 20:
        return []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL pg_trgm.similarity_threshold = %s", [REPEAT_SIMILARITY])
        rows = (
            ItemVersion.objects.filter(statement__trigram_similar=statement)
            .exclude(item=of_item)
            .exclude(state=ItemVersion.State.RETIRED)
            .annotate(similarity=TrigramSimilarity("statement", statement))
            .order_by("-similarity")
            .values_list("item__slug", "number", "similarity")
        )
        return list(rows[:limit])


def heads() -> "QuerySet[Head]":
    """The newest version of each item, with its item, source and author, and `approved_number` where one is live."""
    newer = ItemVersion.objects.filter(item=OuterRef("item"), number__gt=OuterRef("number"))
    approved = ItemVersion.objects.filter(item=OuterRef("item"), state=ItemVersion.State.APPROVED)
    return (
        ItemVersion.objects.filter(~Exists(newer))
        .select_related("item__source_problem__source", "author")
        .annotate(approved_number=Subquery(approved.values("number")[:1]))
    )


SORTS = {
    "slug": ("item__slug",),
    "-slug": ("-item__slug",),
    "saved": ("saved_at", "item__slug"),
    "-saved": ("-saved_at", "item__slug"),
    "topic": ("item__topic", "item__slug"),
    "-topic": ("-item__topic", "item__slug"),
}

_EXACT = {
    "domain": "item__domain",
    "topic": "item__topic",
    "domain_level": "item__domain_level",
    "operational_level": "item__operational_level",
    "origin": "item__origin",
    "author": "author__username",
    "source": "item__source_problem__source__slug",
}


def find(filters: Mapping[str, str]) -> "QuerySet[Head]":
    """Newest versions that match the filters of the item list; unknown and empty filters are left out.

    `state` matches items that have a version in that state: an approved item with a newer draft is found under both.
    `q` is looked for in the statement, the slug and the source's title.
    """
    found = heads()
    for name, lookup in _EXACT.items():
        if value := filters.get(name):
            found = found.filter(**{lookup: value})
    if state := filters.get("state"):
        in_state = ItemVersion.objects.filter(item=OuterRef("item"), state=state)
        if state == ItemVersion.State.RETIRED:
            found = found.filter(state=state)
        else:
            found = found.filter(Exists(in_state))
    if words := filters.get("q"):
        found = found.filter(
            Q(statement__icontains=words)
            | Q(item__slug__icontains=words)
            | Q(item__source_problem__source__title__icontains=words)
        )
    return found.order_by(*SORTS.get(filters.get("sort", ""), SORTS["-saved"]))


def waiting_for(user: User) -> dict[str, QuerySet[ItemVersion]]:
    """What this person can go on with: own drafts, own versions in review, and others' versions to review."""
    versions = ItemVersion.objects.select_related("item", "author").order_by("-saved_at")
    in_review = versions.filter(state=ItemVersion.State.REVIEW)
    return {
        "drafts": versions.filter(state=ItemVersion.State.DRAFT, author=user),
        "submitted": in_review.filter(author=user),
        "to_review": in_review.exclude(author=user),
    }


def counts_by_state() -> dict[str, int]:
    """How many versions are in each state, zeros included."""
    counted = dict(ItemVersion.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in ItemVersion.State.values}


def version_of(slug: str, number: int) -> QuerySet[ItemVersion]:
    """The one version of that item and number, with its item, source and author."""
    related = ItemVersion.objects.select_related("item__source_problem__source", "author")
    return related.filter(item__slug=slug, number=number)


def open_version(slug: str) -> ItemVersion | None:
    """The item's draft or version in review, if it has one."""
    return ItemVersion.objects.filter(item__slug=slug, state__in=ItemVersion.OPEN).first()
