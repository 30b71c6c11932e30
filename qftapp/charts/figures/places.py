"""Accuracy by domain and source: the first half of (e) of a report."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from qftapp.charts import links, palette, plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.results import Results
from qftapp.charts.stats.means import mean_share
from qftapp.items.topics import DOMAINS

MOST_SOURCES = 12
"""Sources shown, those with most items; the others are one set."""

Chosen = NDArray[np.bool_]


def places(results: Results) -> Figure:
    """Accuracy of each model on the items of each domain and of each source."""
    sets = list(_sets(results))
    if not sets:
        raise Lacking("All items of this report are of one domain and of no source: there is nothing to tell apart.")
    looks = palette.looks(results.models)
    traces, rows = [], []
    for place, model in enumerate(results.models):
        found = [mean_share(results.shares[place, chosen], results.clusters[chosen]) for *_, chosen in sets]
        hrefs = [links.items(results.scope, model, facts) for _, facts, _ in sets]
        titles = [plots.folded(title) for title, *_ in sets]
        traces.append(plots.dots(model.slug, looks[model.pk], titles, found, hrefs))
        rows += [
            Row((title, model.slug, one, one.items), href)
            for (title, *_), one, href in zip(sets, found, hrefs, strict=True)
            if one
        ]
    return Figure(
        traces=traces,
        table=Table(("Domain or source", "Model", "Accuracy", "Items"), rows),
        caption="Mean over items of the share of right answers, by domain, then by source.",
        layout={"xaxis": plots.SHARE_AXIS, "yaxis": {"autorange": "reversed"}, "scattermode": "group"},
        height=80 + len(sets) * max(32, 16 * len(results.models)),
    )


def _sets(results: Results) -> Iterator[tuple[str, dict[str, str], Chosen]]:
    """Title, facts and items of each domain, where there are several, and of each source."""
    domains = [code for code in DOMAINS if results.where(domain=code).any()]
    if len(domains) > 1:
        for code in domains:
            yield DOMAINS[code], {"domain": code}, results.where(domain=code)
    sources = np.array([item.source or "" for item in results.items])
    names, counts = np.unique(sources[sources != ""], return_counts=True)
    shown = [str(names[place]) for place in np.argsort(-counts, kind="stable")[:MOST_SOURCES]]
    for name in shown:
        yield name, {"source": name}, sources == name
    rest = (sources != "") & ~np.isin(sources, shown)
    if rest.any():
        yield f"{len(names) - len(shown)} other sources", {}, rest
