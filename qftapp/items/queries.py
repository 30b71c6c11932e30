"""Reads of items that are reused or hard: the list with its filters, repeats, one item's versions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from qftapp.actors.models import User
from qftapp.items.models import Batch, ItemVersion, Review
from qftapp.items.topics import codes_in

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _InForce(TypedDict):
        approved_number: int | None

    Head = WithAnnotations[ItemVersion, _InForce]

REPEAT_SIMILARITY = 0.7
"""Trigram similarity from which two statements may ask the same; those of the demo world stay below 0.6."""


_NEAR = """
WITH close AS (
    SELECT version.item_id, version.number, version.statement,
        (SELECT count(*) FROM unnest(version.shingles) AS hash WHERE hash = ANY (asked.shingles)) AS shared
    FROM (SELECT qft_shingles(%(statement)s) AS shingles) AS asked
    JOIN qftapp_itemversion AS version ON version.shingles && asked.shingles
    WHERE version.item_id <> %(item)s AND version.state IN ('review', 'approved')
    ORDER BY shared DESC
    LIMIT 20
)
SELECT item.slug, close.number, similarity(close.statement, %(statement)s) AS similarity, close.statement
FROM close JOIN qftapp_item AS item ON item.id = close.item_id
WHERE similarity(close.statement, %(statement)s) >= %(least)s
ORDER BY similarity DESC, item.slug
LIMIT %(limit)s
"""


class Near(NamedTuple):
    """A statement of another item that comes close."""

    slug: str
    number: int
    similarity: float
    statement: str


def near_repeats(statement: str, *, of_item: int, limit: int = 3) -> list[Near]:
    """Other items' statements, in review or approved, whose trigrams come close to this one's, closest first.

    Drafts are left out: they are others' private business and may never get further.

    Trigrams of 10,000 statements take seconds, so they are asked of the twenty that share most shingles with this one:
    the column `shingles`, which only the database knows, keeps the lowest 64 hashes of three words in a row.
    """
    if len(statement.strip()) < 20:
        return []
    asked: dict[str, str | float] = {
        "statement": statement,
        "item": of_item,
        "least": REPEAT_SIMILARITY,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, asked)
        return [Near(*row) for row in cursor.fetchall()]


def heads() -> "QuerySet[Head]":
    """The newest version of each item, with its item, source and author, and `approved_number` where one is live."""
    newer = ItemVersion.objects.filter(item=OuterRef("item"), number__gt=OuterRef("number"))
    approved = ItemVersion.objects.filter(item=OuterRef("item"), state=ItemVersion.State.APPROVED)
    return (
        ItemVersion.objects.filter(~Exists(newer))
        .select_related("item__source_problem__source", "author")
        .annotate(approved_number=Subquery(approved.order_by().values("number")[:1]))
    )


_TEXTS = (*ItemVersion.CONTENT, "gate", "item__source_problem__statement", "item__source_problem__solution")


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
    So does `release`, with a `split` of it or without.
    `q` is looked for in the statement, the slug and the source's title. Placeholders that stand for the
    aggregates of a paper are no items of the house: only words or their source find them.
    """
    found = heads()
    for name, lookup in _EXACT.items():
        if value := filters.get(name):
            found = found.filter(**{lookup: value})
    if state := filters.get("state"):
        in_state = ItemVersion.objects.filter(item=OuterRef("item"), state=state)
        found = found.filter(Q(state=state) if state == ItemVersion.State.RETIRED else Exists(in_state))
    if category := filters.get("category"):
        found = found.filter(item__topic__in=codes_in(category))
    if release := filters.get("release"):
        entry = Q(release_entries__release__name=release)
        if split := filters.get("split"):
            entry &= Q(release_entries__split=split)
        found = found.filter(Exists(ItemVersion.objects.filter(entry, item=OuterRef("item"))))
    if words := filters.get("q"):
        found = found.filter(pk__in=_holding(words))
    elif not filters.get("source"):
        found = found.exclude(item__batch__format=Batch.Format.AGGREGATES)
    return found.order_by(*SORTS.get(filters.get("sort", ""), SORTS["-saved"]))


def _holding(words: str) -> "QuerySet[ItemVersion, Any]":
    """Ids of versions with the words in statement, slug or source title; a union, so that each has its own index."""
    versions = ItemVersion.objects.order_by()
    by_statement = versions.filter(statement__icontains=words)
    by_slug = versions.filter(item__slug__icontains=words)
    by_title = versions.filter(item__source_problem__source__title__icontains=words)
    return by_statement.values("pk").union(by_slug.values("pk"), by_title.values("pk"))


def without_texts(found: "QuerySet[Head]") -> "QuerySet[Head]":
    """The same versions without the long columns, which lists do not show."""
    return found.defer(*_TEXTS)


def waiting_for(user: User) -> dict[str, QuerySet[ItemVersion]]:
    """What this person can go on with: own drafts, own versions in review, and others' to review."""
    versions = ItemVersion.objects.select_related("item", "author").order_by("-saved_at")
    in_review = versions.filter(state=ItemVersion.State.REVIEW)
    sent_back = Review.objects.filter(version=OuterRef("pk"), verdict=Review.Verdict.REQUEST_CHANGES)
    drafts = versions.filter(state=ItemVersion.State.DRAFT, author=user)
    return {
        "drafts": drafts.annotate(is_sent_back=Exists(sent_back)),
        "submitted": in_review.filter(author=user),
        "to_review": in_review.exclude(author=user),
    }


def counts_by_state() -> dict[str, int]:
    """How many versions are in each state, zeros included."""
    counting = ItemVersion.objects.exclude(item__batch__format=Batch.Format.AGGREGATES)
    counted = dict(counting.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in ItemVersion.State.values}


def version_of(slug: str, number: int) -> QuerySet[ItemVersion]:
    """The one version of that item and number, with its item, source and author."""
    related = ItemVersion.objects.select_related("item__source_problem__source", "author")
    return related.filter(item__slug=slug, number=number)


def open_version(slug: str) -> ItemVersion | None:
    """The item's draft or version in review, if it has one."""
    return ItemVersion.objects.filter(item__slug=slug, state__in=ItemVersion.OPEN).first()
