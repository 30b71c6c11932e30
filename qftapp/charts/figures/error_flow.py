"""What became of the first model's errors under the others: (f) of a report, as bands from category to outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qftapp.charts import bands, links
from qftapp.charts.bands import Band
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.figures.errors import COUNTS, common_labels, notes, responses_in_words
from qftapp.charts.labelled import MAJOR, SEVERITIES, Labelled
from qftapp.charts.marks import Point
from qftapp.charts.results import Results
from qftapp.charts.stats.means import Mean, share

RIGHT, NONE, UNLABELLED = "Right", "No major error", "Wrong, not labelled"
COLOURS = {RIGHT: "@good/0.45", NONE: "@good/0.18", UNLABELLED: "@ink-soft/0.12"}
WRONG = "@bad/0.22"


@dataclass(frozen=True)
class Flow:
    """Errors of the first model by item, category and what another model's answers to the same item came to."""

    outcomes: tuple[str, ...]
    errors: NDArray[np.float64]
    """Shape (items, categories, outcomes)."""

    def share(self, category: int, outcome: int, clusters: NDArray[np.str_]) -> Mean | None:
        """The share of a category's errors that came to an outcome."""
        of_category = self.errors[:, category]
        events, of_all = of_category[:, outcome], of_category.sum(axis=1)
        return share(np.minimum(events, of_all), of_all, clusters)  # a sum may be smaller than its part by rounding


def error_flow(results: Results) -> Figure:
    """For each other model: where the first one erred in some way, how the other's answers to that item came out."""
    found = common_labels(results, fewest_models=2)
    first, *others = range(len(found.models))
    if not found.marks[first, found.common, SEVERITIES.index(MAJOR)].any():
        raise Lacking(f"No major error of {found.models[first].slug} is marked on items that others answered too.")
    names = [category.name for category in found.categories]
    traces: list[dict[str, Any]] = []
    layout: list[dict[str, Any]] = []
    rows: list[Row] = []
    for panel, other in enumerate(others):
        flow = _flow(results, found, first, other)
        drawn = list(_bands(found, flow, first, other))
        title = f"{found.models[first].slug} → {found.models[other].slug}"
        shapes, labels = bands.draw(drawn, names, flow.outcomes, title, panel)
        traces += shapes
        layout += labels
        rows += _rows(found, flow, first, other)
    return Figure(
        traces=traces,
        table=Table(("Error of the first", "Model", "Its answer", "Errors", "Share"), rows),
        caption=f"Major errors of {found.models[first].slug} by category (left), shared out by how the other model's "
        f"answers to the same item came out (right): right, wrong by the category of their first major error, or wrong "
        f"and not labelled. Shares have intervals in the table. {COUNTS}",
        layout={**bands.layout(len(others)), "annotations": layout},
        notes=notes(results, found),
        rests_on=responses_in_words(found),
        runs=found.runs,
        height=bands.height(len(others)),
    )


def _flow(results: Results, found: Labelled, first: int, other: int) -> Flow:
    """The first model's major errors on each item, shared out over the outcomes of the other's answers to it."""
    came = np.concatenate(
        [_right(results, found, other)[:, None], found.first[other], _unlabelled(results, found, other)[:, None]],
        axis=1,
    )
    shares = came / np.maximum(came.sum(axis=1, keepdims=True), 1e-12)
    erred = found.marks[first, :, SEVERITIES.index(MAJOR)]
    names = (RIGHT, *(category.name for category in found.categories), NONE, UNLABELLED)
    return Flow(names, (erred[:, :, None] * shares[:, None, :])[found.common])


def _graded(results: Results, found: Labelled, model: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Right and all graded answers of a model to the labelled items."""
    row = [each.pk for each in results.models].index(found.models[model].pk)
    places = {item.id: place for place, item in enumerate(results.items)}
    chosen = [places.get(item.id) for item in found.items]
    right = [0.0 if place is None else float(results.right[row, place]) for place in chosen]
    counted = [0.0 if place is None else float(results.counted[row, place]) for place in chosen]
    return np.array(right), np.array(counted)


def _right(results: Results, found: Labelled, model: int) -> NDArray[np.float64]:
    return np.maximum(_graded(results, found, model)[0], found.right[model])


def _unlabelled(results: Results, found: Labelled, model: int) -> NDArray[np.float64]:
    """Graded answers that are not right and that nobody labelled."""
    right, counted = _graded(results, found, model)
    labelled_wrong = found.responses[model] - found.right[model] - found.ungraded[model]
    left = np.maximum(counted - right - labelled_wrong, 0)
    return np.asarray(np.round(left, 9))  # thirds of an answer do not add up exactly


def _bands(found: Labelled, flow: Flow, first: int, other: int) -> Iterator[Band]:
    for source, category in enumerate(found.categories):
        for target, outcome in enumerate(flow.outcomes):
            count = float(flow.errors[:, source, target].sum())
            if count:
                share = count / float(flow.errors[:, source].sum())
                text = f"{category.name} → {outcome.lower()}: {count:.1f} errors, {share:.0%}"
                href = _href(found, first, other, category.code, outcome)
                yield Band(source, target, count, COLOURS.get(outcome, WRONG), text, href)


def _rows(found: Labelled, flow: Flow, first: int, other: int) -> Iterator[Row]:
    clusters = found.clusters[found.common]
    for source, category in enumerate(found.categories):
        for target, outcome in enumerate(flow.outcomes):
            count = float(flow.errors[:, source, target].sum())
            if count:
                share = flow.share(source, target, clusters)
                href = _href(found, first, other, category.code, outcome)
                yield Row((category.name, found.models[other].slug, outcome, round(count, 9), share), href)


def _href(found: Labelled, first: int, other: int, category: str, outcome: str) -> str:
    """The other model's errors of a category, where that is the outcome; else the first model's errors."""
    codes = {each.name: each.code for each in found.categories}
    if outcome in codes:
        return links.errors(found.scope, Point(found.models[other].slug, codes[outcome], MAJOR))
    return links.errors(found.scope, Point(found.models[first].slug, category, MAJOR))
