"""What a recipe would take, said before a campaign is started: by model, group of topics and outcome."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from qftapp.items.topics import TOPICS
from qftapp.labels.models import Taxonomy
from qftapp.labels.sampling import Recipe, candidates, sample
from qftapp.runs.models import OUTCOMES

UNGRADED = "Not graded"


@dataclass(frozen=True, slots=True)
class Table:
    """How the traces divide by one thing: a row for each value with those that match and those taken."""

    title: str
    rows: list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The traces that match a recipe, and those it would take."""

    matching: int
    taken: int
    gold: int
    tables: list[Table]


def forecast(recipe: Recipe, taxonomy: Taxonomy) -> Forecast:
    """Return what a recipe takes now; raises ValidationError on what cannot be a recipe."""
    choices = sample(recipe, taxonomy)
    chosen = {choice.trace_id for choice in choices}
    found: QuerySet[Any] = candidates(recipe).order_by()
    rows = list(found.values_list("pk", "run__model__slug", "item_version__item__topic", "outcome"))
    words = {"": UNGRADED, **dict(OUTCOMES)}
    groups = {code: topic.category.title for code, topic in TOPICS.items()}
    tables = [
        _table("Model", ((row[1], row[0] in chosen) for row in rows)),
        _table("Topics", ((groups.get(row[2], row[2]), row[0] in chosen) for row in rows)),
        _table("Outcome", ((words.get(row[3], row[3]), row[0] in chosen) for row in rows)),
    ]
    return Forecast(len(rows), len(choices), sum(choice.is_gold for choice in choices), tables)


def _table(title: str, values: Iterable[tuple[str, bool]]) -> Table:
    """The counts of one thing, most frequent first."""
    matching: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for value, is_taken in values:
        matching[value] += 1
        taken[value] += is_taken
    return Table(title, [(value, count, taken[value]) for value, count in matching.most_common()])
