"""Accuracy by set and model: (b) of a report, the paper's first table."""

import numpy as np

from qftapp.charts import plots
from qftapp.charts.figure import NO_ANSWERS, Cell, Figure, Lacking, Row, Table
from qftapp.charts.figures.sets import OnSet, common_samples, dots, item_sets, on_sets
from qftapp.charts.results import Results
from qftapp.charts.stats.means import mean_share
from qftapp.charts.stats.samples import pass_at_k


def accuracy(results: Results) -> Figure:
    """The mean over items of each model's share of right answers: of all items, and of each set."""
    if not results.items:
        raise Lacking(NO_ANSWERS)
    sets, k = item_sets(results), common_samples(results)
    found = on_sets(results, sets)
    several = (f"Average of {k}", f"Best of {k}") if k > 1 else ()
    of_k = f" Average and best of {k}: over items with so many answers, without bias." if k > 1 else ""
    return Figure(
        traces=dots(results, found),
        table=Table(
            ("Set", "Model", "Accuracy", *several, "Items", "Clusters"),
            [Row(_cells(results, one, k), one.href) for one in found],
        ),
        caption=f"Mean over items of the share of right answers.{of_k}",
        layout=plots.dots_layout(plots.SHARE_AXIS),
        height=plots.height(len(sets), len(results.models)),
    )


def _cells(results: Results, one: OnSet, k: int) -> tuple[Cell, ...]:
    counts = (one.accuracy.items, one.accuracy.clusters) if one.accuracy else (0, 0)
    return one.set.title, one.model.slug, one.accuracy, *_of_k(results, one, k), *counts


def _of_k(results: Results, one: OnSet, k: int) -> tuple[Cell, ...]:
    """Average and best of k, where k is more than one."""
    if k < 2:
        return ()
    place = one.row, one.set.chosen
    samples, right = results.counted[place], results.right[place]
    average = np.where(samples >= k, results.shares[place], np.nan)
    clusters = results.clusters[one.set.chosen]
    return tuple(mean_share(shares, clusters) for shares in (average, pass_at_k(samples, right, k)))
