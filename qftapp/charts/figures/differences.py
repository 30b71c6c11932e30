"""What each further model gains over the first on the same items."""

from collections.abc import Iterator

import numpy as np

from qftapp.charts import links, palette, plots
from qftapp.charts.figure import Cell, Figure, Row, Table
from qftapp.charts.figures.comparisons import Comparison, comparisons
from qftapp.charts.results import Results
from qftapp.charts.stats.paired import holm, mcnemar
from qftapp.charts.writing import counted


def differences(results: Results) -> Figure:
    """Each further model minus the first: mean over the items that both answered, by set."""
    compared = comparisons(results)
    adjusted = holm([one.difference.p if one.difference else None for one in compared])
    is_single = all(one.is_single for one in compared)
    rows = [
        Row(tuple(_cells(one, p, is_single)), _href(results, one)) for one, p in zip(compared, adjusted, strict=True)
    ]
    first, tests = results.models[0].slug, sum(p is not None for p in adjusted)
    single = ("McNemar’s p",) if is_single else ()
    columns = ("Set", "Model", "Difference", "p", "p, Holm", *single, "Better on", "Worse on", "Items", "Clusters")
    return Figure(
        traces=list(_dots(results, compared)),
        table=Table(columns, rows),
        caption=f"Accuracy minus that of {first}: mean over the items that both answered. p is two-sided, by flipping "
        f"the signs of clusters; beside it Holm’s, over {counted(tests, 'test')}.",
        layout=plots.dots_layout(
            plots.DIFFERENCE_AXIS | {"tickformat": "+.2~f", "title": {"text": f"accuracy minus that of {first}"}},
            showlegend=True,
        ),
        notes=list(_notes(results, compared)),
        height=plots.height(len({one.set.title for one in compared}), len(results.models) - 1),
    )


def _dots(results: Results, compared: list[Comparison]) -> Iterator[dict[str, object]]:
    looks = palette.looks(results.models)
    for model in results.models[1:]:
        own = [one for one in compared if one.model == model]
        hrefs = [_href(results, one) for one in own]
        yield plots.dots(
            model.slug,
            looks[model.pk],
            [one.set.title for one in own],
            [one.difference for one in own],
            hrefs,
            hovertemplate="%{x:+.3f}<extra>" + model.slug + "</extra>",
        )


def _cells(one: Comparison, adjusted: float | None, is_single: bool) -> Iterator[Cell]:
    found = one.difference
    worse, better = int(np.sum(one.first > one.second)), int(np.sum(one.second > one.first))
    yield from (one.set.title, one.model.slug, found, found.p if found else None, adjusted)
    if is_single:
        yield mcnemar(worse, better)
    yield from (better, worse, one.items, found.clusters if found else 0)


def _notes(results: Results, compared: list[Comparison]) -> Iterator[str]:
    for one in compared:
        if not one.set.facts and one.items < one.answered:
            yield (
                f"{results.models[0].slug} and {one.model.slug} have both answered {one.items} of "
                f"{counted(one.answered, 'item')}; those that one of them lacks are left out."
            )


def _href(results: Results, one: Comparison) -> str:
    return links.items(results.scope, one.model, one.set.facts)
