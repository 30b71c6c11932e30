"""What a recipe would take, said before an export is asked for."""

from collections import Counter
from dataclasses import dataclass

from qftapp.experiments.exporting.checking import faults, settled
from qftapp.experiments.exporting.choosing import REASONS, Selection, choose
from qftapp.experiments.exporting.contamination import Pair
from qftapp.experiments.exporting.recipes import AnyRecipe
from qftapp.items.models import Item
from qftapp.items.topics import TOPICS
from qftapp.releases.models import Release


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that would be taken, by one thing."""

    title: str
    rows: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would be taken and left out; duplicates and differences are looked for when the export is made."""

    rows: int
    items: int
    size: int
    tables: list[Table]
    left_out: list[tuple[int, str, str]]
    pairs: list[Pair]


def forecast(release: Release, recipe: AnyRecipe) -> Forecast | None:
    """Return what a recipe takes now; nothing where it names what is not there."""
    recipe = settled(recipe)
    if faults(recipe):
        return None
    selection = choose(release, recipe, exactly=False)
    left_out = [(count, *REASONS[reason]) for reason, count in selection.left_out.counts.most_common()]
    items = len({pick.entry.slug for pick in selection.picks})
    return Forecast(len(selection.picks), items, selection.size, _tables(selection), left_out, selection.pairs)


def _tables(selection: Selection) -> list[Table]:
    groups: Counter[str] = Counter()
    for topic, count in selection.count("topic").items():
        groups[TOPICS[topic].category.title] += count
    levels = dict(Item.DomainLevel.choices)
    by_level = {levels[code]: count for code, count in selection.count("domain_level").items()}
    teachers = {slug: count for slug, count in selection.count("teacher").items() if slug}
    listed = (("Teacher", teachers), ("Topics", dict(groups)), ("Level", by_level))
    return [
        Table(title, sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))) for title, counts in listed if counts
    ]
