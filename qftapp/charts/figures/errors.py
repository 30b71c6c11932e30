"""Errors by category before and after training: (f) of a report, the paper's table of errors."""

from collections.abc import Sequence

import numpy as np

from qftapp.charts import labelled, links, palette, plots
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.labelled import SEVERITIES, Labelled
from qftapp.charts.marks import Point
from qftapp.charts.palette import Look
from qftapp.charts.results import Results
from qftapp.charts.stats.means import Mean, rate
from qftapp.charts.writing import counted

COUNTS = (
    "Of a trace that was adjudicated that annotation counts, else the mean over those who judged it; "
    "finer categories count under the top-level one."
)


def common_labels(results: Results, fewest_models: int = 1) -> Labelled:
    """What is labelled of items that all labelled models share; raises Lacking where there is none."""
    found = labelled.load(results.scope)
    if found is None or len(found.models) < fewest_models:
        models = "a model" if fewest_models == 1 else "two models"
        raise Lacking(
            f"Nobody has labelled answers of {models} of this report to its items.",
            *links.label_traces(),
        )
    if not found.common.any():
        names = ", ".join(model.slug for model in found.models)
        raise Lacking(f"No item has labelled answers of each of {names}.", *links.label_traces())
    return found


def errors(results: Results) -> Figure:
    """Errors per response by category and severity, on the items that all labelled models share."""
    found = common_labels(results)
    looks = palette.looks(results.models)
    titles = [category.name for category in found.categories]
    traces, rows = [], []
    for row, model in enumerate(found.models):
        for place, severity in enumerate(SEVERITIES):
            rates = [_rate(found, row, place, column) for column in range(len(titles))]
            hrefs = [
                links.errors(found.scope, Point(model.slug, category.code, severity)) for category in found.categories
            ]
            responses = round(found.responses[row, found.common].sum())
            rows += [
                Row((title, severity.label, model.slug, _count(found, row, place, column), one, responses), href)
                for column, (title, one, href) in enumerate(zip(titles, rates, hrefs, strict=True))
            ]
            if place == 0 or found.marks[:, found.common, place].any():
                traces.append(_dots(model.slug, severity, looks[model.pk], titles, rates, hrefs))
    order = {(title, severity.label): place for place, (title, severity) in enumerate(
        (title, severity) for title in titles for severity in SEVERITIES
    )}  # fmt: skip
    rows.sort(key=lambda row: order[str(row.cells[0]), str(row.cells[1])])
    return Figure(
        traces=traces,
        table=Table(("Category", "Severity", "Model", "Errors", "Errors per response", "Responses"), rows),
        caption=f"Errors per labelled response, on the same items; filled: major, open: minor. {COUNTS}",
        layout=plots.dots_layout(
            {"rangemode": "tozero", "title": {"text": "errors per response", "font": {"size": 12}}}
        ),
        notes=notes(results, found),
        rests_on=responses_in_words(found),
        runs=found.runs,
        height=90 + len(titles) * max(36, 14 * len(traces)),
    )


def responses_in_words(found: Labelled) -> str:
    """How many items and labelled responses a figure rests on."""
    counts = found.responses[:, found.common].sum(axis=1)
    listed = ", ".join(f"{model.slug} {count:.0f}" for model, count in zip(found.models, counts, strict=True))
    return f"{counted(int(found.common.sum()), 'item')}; responses: {listed}"


def notes(results: Results, found: Labelled) -> list[str]:
    """What a reader should mind: models and items that are left out, labels by another taxonomy."""
    said = []
    if missing := [model.slug for model in results.models if model not in found.models]:
        said.append(f"No labelled answers here: {', '.join(missing)}.")
    if left := int((~found.common).sum()):
        said.append(f"{counted(left, 'item is', 'items are')} left out: not labelled for every model.")
    if found.has_other_taxonomies:
        said.append(f"Only labels by “{found.kinds.taxonomy.title}” count; there are some by other taxonomies.")
    if found.older:
        older, newest = ", ".join(map(str, found.older)), found.kinds.taxonomy.number
        said.append(f"Marks by number {older} of the taxonomy count under what replaced their category in {newest}.")
    if found.lost:
        said.append(f"Marks left out since nothing has replaced their category: {found.lost:.4g}.")
    return said


def _rate(found: Labelled, model: int, severity: int, category: int) -> Mean | None:
    of_items = found.common
    return rate(
        found.marks[model, of_items, severity, category], found.responses[model, of_items], found.clusters[of_items]
    )


def _count(found: Labelled, model: int, severity: int, category: int) -> int | float:
    count = float(np.round(found.marks[model, found.common, severity, category].sum(), 9))
    return int(count) if count.is_integer() else count


def _dots(
    name: str, severity: str, look: Look, titles: Sequence[str], rates: Sequence[Mean | None], hrefs: Sequence[str]
) -> dict[str, object]:
    is_major = severity == labelled.MAJOR
    shown = look if is_major else Look(look.colour, f"{look.symbol}-open")
    return plots.dots(name if is_major else f"{name}, minor", shown, titles, rates, hrefs)
