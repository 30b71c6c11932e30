"""What training on some categories did to all: the matrix of (e), and gain and forgetting of specialists, (i)."""

import numpy as np

from qftapp.charts import links, palette, plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.results import Chosen, Results
from qftapp.charts.stats.paired import Difference, difference, holm
from qftapp.charts.training import Trained, item_categories, trained
from qftapp.items.topics import CATEGORIES

NEEDS = "This needs a model and the one it was trained from, both evaluated on the same items."


def generalisation(results: Results) -> Figure:
    """Rows: models with what they were trained on; columns: categories they are evaluated on; cells: gain over base."""
    models = _trained(results)
    categories = item_categories(results)
    present = [category for category in CATEGORIES.values() if category.code in set(categories)]
    cells = [[_gain(results, one, categories == column.code) for column in present] for one in models]
    hrefs = [[links.items(results.scope, one.model, {"category": column.code}) for column in present] for one in models]
    rows = [
        Row((one.label, column.title, "yes" if column.code in one.categories else "no", cell, cell.items), href)
        for one, line, leads in zip(models, cells, hrefs, strict=True)
        for column, cell, href in zip(present, line, leads, strict=True)
        if cell
    ]
    heat = plots.cells(
        [one.label for one in models],
        [plots.folded(column.title) for column in present],
        [[cell.value if cell else None for cell in column] for column in zip(*cells, strict=True)],
        [
            [_told(line[place], column.code in one.categories) for one, line in zip(models, cells, strict=True)]
            for place, column in enumerate(present)
        ],
        list(zip(*hrefs, strict=True)),
        ((0, "@series-2"), (0.5, "@surface"), (1, "@series-1")),
        zmin=-0.5,
        zmax=0.5,
        hovertemplate="%{y}, %{x}: %{z:.3f}<extra>gain</extra>",
    )
    return Figure(
        traces=[heat],
        table=Table(("Trained", "Evaluated on", "Trained on it", "Gain", "Items"), rows),
        caption="Accuracy less that of the model it came from, on the same items; a dot marks what it was trained on.",
        layout=plots.cells_layout(),
        height=140 + 32 * len(present),
    )


def specialists(results: Results) -> Figure:
    """For each trained model: the gain on the categories it was trained on, and on all others together."""
    models = _trained(results)
    categories = item_categories(results)
    looks = palette.looks(results.models)
    parts = ("trained on", "everything else")
    traces, rows = [], []
    found = []
    for one in models:
        own = np.isin(categories, list(one.categories))
        found += [(one, part, _gain(results, one, chosen)) for part, chosen in zip(parts, (own, ~own), strict=True)]
    adjusted = holm([gain.p if gain else None for _, _, gain in found])
    for one in models:
        gains = [gain for other, _, gain in found if other is one]
        hrefs = [links.items(results.scope, one.model)] * len(parts)
        traces.append(plots.dots(one.model.slug, looks[one.model.pk], parts, gains, hrefs))
    for (one, part, gain), p in zip(found, adjusted, strict=True):
        href = links.items(results.scope, one.model)
        rows.append(Row((one.label, one.base.slug, part, gain, p, gain.items if gain else 0), href))
    return Figure(
        traces=traces,
        table=Table(("Trained", "From", "Items", "Gain", "p (Holm)", "n"), rows),
        caption="Accuracy less that of the model it came from, on the same items. Below 0 something was forgotten; "
        "p by sign flips, after Holm over the rows.",
        layout=plots.dots_layout(plots.DIFFERENCE_AXIS),
        height=110 + 2 * max(32, 18 * len(models)),
    )


def _trained(results: Results) -> list[Trained]:
    if not (models := trained(results)):
        raise Lacking(NEEDS)
    return models


def _gain(results: Results, one: Trained, chosen: Chosen) -> Difference | None:
    return difference(results.shares[one.base_row, chosen], results.shares[one.row, chosen], results.clusters[chosen])


def _told(gain: Difference | None, is_own: bool) -> str:
    return f"{'● ' if is_own else ''}{gain.value:+.2f} <sub>{gain.items}</sub>" if gain else ""
