"""Accuracy by topic and level: (d) of a report."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qftapp.charts import links, plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.results import Results
from qftapp.charts.stats.means import Mean, mean_share
from qftapp.items.models import Item
from qftapp.items.topics import CATEGORIES, TOPICS

MOST_TOPICS = 24
"""Topics that are rows of their own; where there are more, their categories are."""

LEVELS = [
    *(("operational_level", code, str(title)) for code, title in Item.OperationalLevel.choices),
    *(("domain_level", code, str(title)) for code, title in Item.DomainLevel.choices),
]
"""The columns: what an item asks one to do, then what one must have learnt. They are two axes and never one number."""

Chosen = NDArray[np.bool_]


def topics(results: Results) -> Figure:
    """One heat map a model: rows are topics or their categories, columns are levels."""
    if not results.items:
        raise Lacking("No model of this report has a graded answer to one of its items.")
    rows = _rows(results)
    levels = [(name, code, title) for name, code, title in LEVELS if results.where(**{name: code}).any()]
    traces: list[dict[str, Any]] = []
    listed: list[Row] = []
    for place, model in enumerate(results.models):
        cells = [
            [_cell(results, place, chosen & results.where(**{name: code})) for name, code, _ in levels]
            for _, _, chosen in rows
        ]
        hrefs = [
            [links.items(results.scope, model, {**facts, name: code}) for name, code, _ in levels]
            for _, facts, _ in rows
        ]
        titles = [plots.folded(title) for title, _, _ in rows]
        traces.append(plots.heat(model.slug, [title for *_, title in levels], titles, cells, hrefs, place + 1))
        listed += [
            Row((title, level, model.slug, one, one.items), hrefs[across][down])
            for across, (title, _, _) in enumerate(rows)
            for down, (*_, level) in enumerate(levels)
            if (one := cells[across][down]) is not None
        ]
    return Figure(
        traces=traces,
        table=Table(("Topic", "Level", "Model", "Accuracy", "Items"), listed),
        caption="Mean over items of the share of right answers; the small number counts items.",
        layout=plots.stacked([model.slug for model in results.models]),
        height=60 + len(results.models) * (60 + 30 * len(rows)),
    )


def _rows(results: Results) -> Sequence[tuple[str, dict[str, str], Chosen]]:
    """Title, facts and items of each topic that has items, or of each category where those are too many."""
    codes = np.array([item.topic for item in results.items])
    present = [topic for topic in TOPICS.values() if topic.code in set(codes)]
    if len(present) <= MOST_TOPICS:
        return [(topic.title, {"topic": topic.code}, codes == topic.code) for topic in present]
    categories = np.array([TOPICS[code].category.code for code in codes])
    return [
        (category.title, {"category": category.code}, categories == category.code)
        for category in CATEGORIES.values()
        if category.code in set(categories)
    ]


def _cell(results: Results, model: int, chosen: Chosen) -> Mean | None:
    return mean_share(results.shares[model, chosen], results.clusters[chosen])
