"""The further models of a report, each beside the first on the items that both answered."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qftapp.actors.models import LanguageModel
from qftapp.charts.figure import Lacking
from qftapp.charts.figures.sets import ItemSet, item_sets
from qftapp.charts.results import Results, Shares
from qftapp.charts.stats.paired import Difference, difference


@dataclass(frozen=True)
class Comparison:
    """One further model on one set of items."""

    model: LanguageModel
    set: ItemSet
    first: Shares
    """The first model's share of right answers to each item of the set; nan where it has none."""
    second: Shares
    clusters: NDArray[np.str_]
    answered: int
    """Items of the set that one of the two answered at least."""
    is_single: bool
    """Whether both gave one answer to each item that they share."""

    @property
    def items(self) -> int:
        """Items that both answered."""
        return int(np.sum(~np.isnan(self.first) & ~np.isnan(self.second)))

    @cached_property
    def difference(self) -> Difference | None:
        """Second minus first."""
        return difference(self.first, self.second, self.clusters)


def comparisons(results: Results) -> list[Comparison]:
    """Each further model on each set. Raises Lacking where there is nothing to compare."""
    if len(results.models) < 2:
        raise Lacking("One model alone differs from none. Choose a second one above.")
    found = [
        _comparison(results, row, one)
        for row in range(1, len(results.models))
        for one in (item_sets(results) if results.items else [])
    ]
    if not any(one.items for one in found):
        raise Lacking(f"No further model has answered an item that {results.models[0].slug} has answered.")
    return found


def _comparison(results: Results, row: int, one: ItemSet) -> Comparison:
    first, second = results.shares[0, one.chosen], results.shares[row, one.chosen]
    clusters = results.clusters[one.chosen]
    common = ~np.isnan(first) & ~np.isnan(second)
    answers = results.counted[[0, row]][:, one.chosen][:, common]
    return Comparison(
        model=results.models[row],
        set=one,
        first=first,
        second=second,
        clusters=clusters,
        answered=int(np.sum(~np.isnan(first) | ~np.isnan(second))),
        is_single=bool(np.all(answers == 1)),
    )
