"""How many items would show a difference, at the deviation that the models of the report have shown."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from qftapp.charts import links, plots, writing
from qftapp.charts.figure import Cell, Figure, Lacking, Row, Table
from qftapp.charts.figures.comparisons import comparisons
from qftapp.charts.results import Results
from qftapp.charts.stats.paired import ROUNDING
from qftapp.charts.stats.power import deviation, items_needed, power

POINTS = {1: "@accent/0.4", 3: "@accent/0.6", 5: "@accent/0.8", 10: "@accent"}
"""Differences in hundredths of accuracy, each with its colour."""
WANTED = 0.8
PLACES = 60


def needed_items(results: Results) -> Figure:
    """The power of a paired test by the number of items, for some true differences."""
    compared = [one for one in comparisons(results) if not one.set.facts and one.items]
    scatters = [deviation(one.first, one.second, one.clusters) for one in compared]
    known = [(one, scatter) for one, scatter in zip(compared, scatters, strict=True) if scatter and scatter > ROUNDING]
    if not known:
        raise Lacking(
            "The models differ on no item, or share a single one: nobody knows how their differences scatter."
        )
    one, scatter = known[0]
    rows = [
        Row(
            (one.model.slug, points, _needed(points, scatter), scatter, one.items),
            links.items(results.scope, one.model),
        )
        for one, scatter in known
        for points in POINTS
    ]
    return Figure(
        traces=list(_curves(scatter, one.items)),
        table=Table(("Model", "Points", f"Items for power {WANTED}", "Deviation", "Items here"), rows),
        caption=f"The chance that a paired test at 5 % finds a true difference of so many points between "
        f"{one.model.slug} and {results.models[0].slug}, whose differences scatter by {scatter:.2f} here. "
        f"Upright: the items that both answered here. {_said(scatter)}",
        layout={
            "xaxis": {"type": "log", "title": {"text": "items"}, "dtick": 1, "tickformat": ",d"},
            "yaxis": plots.SHARE_AXIS | {"title": {"text": "power"}},
            "separators": plots.SEPARATORS,
            "shapes": [plots.upright(one.items), plots.level(WANTED)],
        },
        height=300,
    )


def _curves(scatter: float, items: int) -> Iterator[dict[str, Any]]:
    most = max(4 * items, (3 * scatter / 0.01) ** 2)
    sizes = sorted({round(size) for size in np.geomspace(5, most, PLACES)})
    for points, colour in POINTS.items():
        name = writing.counted(points, "point")
        yield {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": sizes,
            "y": [power(points / 100, scatter, size) for size in sizes],
            "line": {"color": colour, "width": 2},
            "hovertemplate": "%{y:.2f} with %{x:,} items<extra>" + name + "</extra>",
        }


def _needed(points: int, scatter: float) -> Cell:
    try:
        return items_needed(points / 100, scatter, WANTED)
    except ValueError as error:
        return str(error)


def _said(scatter: float) -> str:
    """The numbers that people ask for first."""
    found = [(points, _needed(points, scatter)) for points in POINTS]
    known = [f"{points} in {writing.words(items)}" for points, items in found if isinstance(items, int)]
    return f"With a power of {100 * WANTED:.0f} % one finds, by points: {', '.join(known)} items."
