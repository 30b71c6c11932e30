"""Accuracy by set and model: (b) of a report, the paper's first table."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from qftapp.charts import links, palette, plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.results import Results
from qftapp.charts.stats.means import Mean, mean_share
from qftapp.items.models import Item

Chosen = NDArray[np.bool_]


def accuracy(results: Results) -> Figure:
    """The mean over items of each model's share of right answers: of all items, and by operational level."""
    if not results.items:
        raise Lacking("No model of this report has a graded answer to one of its items.")
    looks = palette.looks(results.models)
    sets = list(_sets(results))
    traces, rows = [], []
    for row, model in enumerate(results.models):
        found = [_mean(results, row, chosen) for _, _, chosen in sets]
        hrefs = [links.items(results.scope, model, facts) for _, facts, _ in sets]
        traces.append(plots.dots(model.slug, looks[model.pk], [title for title, _, _ in sets], found, hrefs))
        rows += [
            Row((title, model.slug, one, one.items if one else 0, one.clusters if one else 0), href)
            for (title, _, _), one, href in zip(sets, found, hrefs, strict=True)
        ]
    return Figure(
        traces=traces,
        table=Table(("Set", "Model", "Accuracy", "Items", "Clusters"), rows),
        caption="Mean over items of the share of right answers.",
        layout={"xaxis": plots.SHARE_AXIS, "yaxis": {"autorange": "reversed"}, "scattermode": "group"},
        height=80 + len(sets) * max(28, 16 * len(results.models)),
    )


def _sets(results: Results) -> Iterator[tuple[str, dict[str, str], Chosen]]:
    """Title, facts and items of each set that has some."""
    yield "All items", {}, np.ones(len(results.items), dtype=bool)
    for level, title in Item.OperationalLevel.choices:
        chosen = results.where(operational_level=level)
        if chosen.any():
            yield str(title), {"operational_level": level}, chosen


def _mean(results: Results, model: int, chosen: Chosen) -> Mean | None:
    return mean_share(results.shares[model, chosen], results.clusters[chosen])
