"""The sets of items that accuracy is shown for, as the paper has them, and how each model did on a set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qftapp.actors.models import LanguageModel
from qftapp.charts import links, palette, plots
from qftapp.charts.results import Chosen, Results
from qftapp.charts.stats.means import Mean
from qftapp.items.models import Item


@dataclass(frozen=True)
class ItemSet:
    """Some items of a report, with the facts that filter them."""

    title: str
    facts: dict[str, str]
    chosen: Chosen


@dataclass(frozen=True)
class OnSet:
    """How one model, the `row`-th of the report, did on one set."""

    set: ItemSet
    model: LanguageModel
    row: int
    accuracy: Mean | None
    href: str


def on_sets(results: Results, sets: Sequence[ItemSet]) -> list[OnSet]:
    """How each model did on each set, model by model."""
    return [
        OnSet(one, model, row, results.accuracy(row, one.chosen), links.items(results.scope, model, one.facts))
        for row, model in enumerate(results.models)
        for one in sets
    ]


def dots(results: Results, found: Sequence[OnSet]) -> list[dict[str, Any]]:
    """A model's accuracies as dots, those of one set beside each other."""
    looks = palette.looks(results.models)
    traces = []
    for model in results.models:
        own = [one for one in found if one.model == model]
        titles, hrefs = [plots.folded(one.set.title) for one in own], [one.href for one in own]
        traces.append(plots.dots(model.slug, looks[model.pk], titles, [one.accuracy for one in own], hrefs))
    return traces


def item_sets(results: Results) -> list[ItemSet]:
    """All items; each operational level; of several origins each, and the levels at which synthetic ones are made."""
    origins = {item.origin for item in results.items}
    wanted: list[tuple[str, dict[str, str]]] = [
        (str(title), {"operational_level": level}) for level, title in Item.OperationalLevel.choices
    ]
    if len(origins) > 1:
        for origin, title in Item.Origin.choices:
            wanted.append((str(title), {"origin": origin}))
            if origin == Item.Origin.SYNTHETIC:
                wanted += [
                    (f"{title}, {str(name).lower()}", {"origin": origin, "operational_level": level})
                    for level, name in Item.OperationalLevel.choices
                ]
    everything = ItemSet("All items", {}, np.ones(len(results.items), dtype=bool))
    found = [ItemSet(title, facts, results.where(**facts)) for title, facts in wanted]
    return [everything, *(one for one in found if one.chosen.any())]


def common_samples(results: Results) -> int:
    """How many answers of each model most items have; of the models, the fewest. 0 where nothing is answered."""
    numbers = []
    for counted in results.counted:
        often = Counter(int(number) for number in counted if number)
        numbers += [max(often, key=lambda number: (often[number], number))] if often else []
    return min(numbers, default=0)
