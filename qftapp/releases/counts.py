"""A release counted: how many items of each topic, level and origin stand in each split."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from qftapp.items.models import Item
from qftapp.items.topics import TOPICS
from qftapp.releases.models import Release, ReleaseEntry

SPLITS: tuple[str, ...] = tuple(ReleaseEntry.Split.values)
_FIELDS = ("topic", "domain_level", "operational_level", "origin")


@dataclass(frozen=True)
class Row:
    """One value of a feature: its title, its count in each of SPLITS, and the sum of those."""

    title: str
    by_split: tuple[int, ...]

    @property
    def total(self) -> int:
        """Items of this value in all splits."""
        return sum(self.by_split)


@dataclass(frozen=True)
class Table:
    """All values of one feature that occur, in the order of the taxonomy."""

    title: str
    rows: tuple[Row, ...]


Cell = tuple[str, str, str, str, str]
"""Topic, domain level, operational level, origin, split."""


def of_entries(entries: Iterable[ReleaseEntry]) -> list[Table]:
    """The tables of entries at hand, which carry their items."""
    items = ((entry.item_version.item, entry.split) for entry in entries)
    return _tables(Counter((i.topic, i.domain_level, i.operational_level, i.origin, split) for i, split in items))


def of_release(release: Release) -> list[Table]:
    """The same tables, counted by the database in one query."""
    fields = [*(f"item_version__item__{field}" for field in _FIELDS), "split"]
    rows = release.entries.order_by().values_list(*fields).annotate(Count("pk"))
    return _tables(Counter({row[:5]: row[5] for row in rows}))


def _tables(cells: Counter[Cell]) -> list[Table]:
    return [
        _table("Topic", cells, 0, {code: topic.title for code, topic in TOPICS.items()}),
        _table("Level", cells, 1, dict(Item.DomainLevel.choices)),
        _table("Difficulty", cells, 2, dict(Item.OperationalLevel.choices)),
        _table("Origin", cells, 3, dict(Item.Origin.choices)),
    ]


def _table(title: str, cells: Counter[Cell], position: int, titles: dict[str, str]) -> Table:
    counted: Counter[tuple[str, str]] = Counter()
    for cell, count in cells.items():
        counted[cell[position], cell[4]] += count
    values = sorted({value for value, _ in counted}, key=list(titles).index)
    return Table(title, tuple(Row(titles[value], tuple(counted[value, s] for s in SPLITS)) for value in values))
