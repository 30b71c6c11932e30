"""Accuracy by domain and source: the first half of (e) of a report."""

from collections.abc import Iterator

import numpy as np

from qftapp.charts import plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.figures.sets import ItemSet, dots, on_sets
from qftapp.charts.results import Results
from qftapp.items.topics import DOMAINS

MOST_SOURCES = 12
"""Sources shown, those with most items; the others are one set."""


def places(results: Results) -> Figure:
    """Accuracy of each model on the items of each domain and of each source."""
    sets = [*_domains(results), *_sources(results)]
    if not sets:
        raise Lacking("All items of this report are of one domain and of no source: there is nothing to tell apart.")
    found = on_sets(results, sets)
    return Figure(
        traces=dots(results, found),
        table=Table(
            ("Domain or source", "Model", "Accuracy", "Items"),
            [
                Row((one.set.title, one.model.slug, one.accuracy, one.accuracy.items), one.href)
                for one in found
                if one.accuracy
            ],
        ),
        caption="Mean over items of the share of right answers, by domain, then by source.",
        layout=plots.dots_layout(plots.SHARE_AXIS),
        height=plots.height(len(sets), len(results.models)),
    )


def _domains(results: Results) -> list[ItemSet]:
    """Each domain, where there are several."""
    found = [ItemSet(title, {"domain": code}, results.where(domain=code)) for code, title in DOMAINS.items()]
    present = [one for one in found if one.chosen.any()]
    return present if len(present) > 1 else []


def _sources(results: Results) -> Iterator[ItemSet]:
    """Each source, the rarest ones together."""
    sources = np.array([item.source or "" for item in results.items])
    names, counts = np.unique(sources[sources != ""], return_counts=True)
    shown = [str(names[place]) for place in np.argsort(-counts, kind="stable")[:MOST_SOURCES]]
    for name in shown:
        yield ItemSet(name, {"source": name}, sources == name)
    rest = (sources != "") & ~np.isin(sources, shown)
    if rest.any():
        yield ItemSet(f"{len(names) - len(shown)} other sources", {}, rest)
