"""The sets of items that accuracy is shown for, as the paper has them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qftapp.charts.results import Results
from qftapp.items.models import Item

Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class ItemSet:
    """Some items of a report, with the facts that filter them."""

    title: str
    facts: dict[str, str]
    chosen: Chosen


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
