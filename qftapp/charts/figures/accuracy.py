"""Accuracy by set and model: (b) of a report, the paper's first table."""

import numpy as np

from qftapp.charts import links, palette, plots
from qftapp.charts.figure import Cell, Figure, Lacking, Row, Table
from qftapp.charts.figures.sets import Chosen, common_samples, item_sets
from qftapp.charts.results import Results
from qftapp.charts.stats.means import Mean, mean_share
from qftapp.charts.stats.samples import pass_at_k


def accuracy(results: Results) -> Figure:
    """The mean over items of each model's share of right answers: of all items, and of each set."""
    if not results.items:
        raise Lacking("No model of this report has a graded answer to one of its items.")
    looks = palette.looks(results.models)
    sets, k = item_sets(results), common_samples(results)
    traces, rows = [], []
    for row, model in enumerate(results.models):
        found = [_mean(results, row, one.chosen) for one in sets]
        hrefs = [links.items(results.scope, model, one.facts) for one in sets]
        traces.append(plots.dots(model.slug, looks[model.pk], [one.title for one in sets], found, hrefs))
        for one, estimate, href in zip(sets, found, hrefs, strict=True):
            counts = (estimate.items, estimate.clusters) if estimate else (0, 0)
            rows.append(Row((one.title, model.slug, estimate, *_of_k(results, row, one.chosen, k), *counts), href))
    several = (f"Average of {k}", f"Best of {k}") if k > 1 else ()
    of_k = f" Average and best of {k}: over items with so many answers, without bias." if k > 1 else ""
    return Figure(
        traces=traces,
        table=Table(("Set", "Model", "Accuracy", *several, "Items", "Clusters"), rows),
        caption=f"Mean over items of the share of right answers.{of_k}",
        layout={"xaxis": plots.SHARE_AXIS, "yaxis": {"autorange": "reversed"}, "scattermode": "group"},
        height=plots.height(len(sets), len(results.models)),
    )


def _mean(results: Results, model: int, chosen: Chosen) -> Mean | None:
    return mean_share(results.shares[model, chosen], results.clusters[chosen])


def _of_k(results: Results, model: int, chosen: Chosen, k: int) -> tuple[Cell, ...]:
    """Average and best of k, where k is more than one."""
    if k < 2:
        return ()
    samples, right = results.counted[model, chosen], results.right[model, chosen]
    average = np.where(samples >= k, results.shares[model, chosen], np.nan)
    return tuple(mean_share(shares, results.clusters[chosen]) for shares in (average, pass_at_k(samples, right, k)))
