"""Accuracy by topic and level: (d) of a report."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from qftapp.charts import links, plots
from qftapp.charts.figure import NO_ANSWERS, Figure, Lacking, Row, Table
from qftapp.charts.figures.sets import ItemSet
from qftapp.charts.results import Results
from qftapp.items.models import Item
from qftapp.items.topics import CATEGORIES, TOPICS

MOST_TOPICS = 24
"""Topics that are rows of their own; where there are more, their categories are."""

LEVELS = [
    *(("operational_level", code, str(title)) for code, title in Item.OperationalLevel.choices),
    *(("domain_level", code, str(title)) for code, title in Item.DomainLevel.choices),
]
"""The columns: what an item asks one to do, then what one must have learnt. They are two axes and never one number."""


def topics(results: Results) -> Figure:
    """One heat map a model: rows are topics or their categories, columns are levels."""
    if not results.items:
        raise Lacking(NO_ANSWERS)
    rows, levels = _rows(results), _levels(results)
    cells = [[ItemSet("", {**row.facts, **level.facts}, row.chosen & level.chosen) for level in levels] for row in rows]
    traces: list[dict[str, Any]] = []
    listed: list[Row] = []
    for place, model in enumerate(results.models):
        found = [[results.accuracy(place, cell.chosen) for cell in line] for line in cells]
        hrefs = [[links.items(results.scope, model, cell.facts) for cell in line] for line in cells]
        titles = [plots.folded(row.title) for row in rows]
        traces.append(plots.heat(model.slug, [level.title for level in levels], titles, found, hrefs, place + 1))
        listed += [
            Row((row.title, level.title, model.slug, one, one.items), href)
            for row, line, leads in zip(rows, found, hrefs, strict=True)
            for level, one, href in zip(levels, line, leads, strict=True)
            if one is not None
        ]
    return Figure(
        traces=traces,
        table=Table(("Topic", "Level", "Model", "Accuracy", "Items"), listed),
        caption="Mean over items of the share of right answers; the small number counts items.",
        layout=plots.stacked([model.slug for model in results.models]),
        height=60 + len(results.models) * (60 + 30 * len(rows)),
    )


def _levels(results: Results) -> list[ItemSet]:
    """The items of each level that has some."""
    found = [ItemSet(title, {name: code}, results.where(**{name: code})) for name, code, title in LEVELS]
    return [one for one in found if one.chosen.any()]


def _rows(results: Results) -> Sequence[ItemSet]:
    """The items of each topic that has some, or of each category where those are too many."""
    codes = np.array([item.topic for item in results.items])
    present = [topic for topic in TOPICS.values() if topic.code in set(codes)]
    if len(present) <= MOST_TOPICS:
        return [ItemSet(topic.title, {"topic": topic.code}, codes == topic.code) for topic in present]
    categories = np.array([TOPICS[code].category.code for code in codes])
    return [
        ItemSet(category.title, {"category": category.code}, categories == category.code)
        for category in CATEGORIES.values()
        if category.code in set(categories)
    ]
