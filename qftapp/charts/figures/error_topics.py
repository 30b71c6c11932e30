"""Error rates by topic and model: (f) of a report, by topic."""

import numpy as np

from qftapp.actors.models import LanguageModel
from qftapp.charts import links, plots
from qftapp.charts.figure import Figure, Row, Table
from qftapp.charts.figures.errors import COUNTS, common_labels, notes, responses_in_words
from qftapp.charts.labelled import MAJOR, SEVERITIES, Labelled
from qftapp.charts.marks import Point
from qftapp.charts.results import Chosen, Results
from qftapp.charts.stats.means import Mean, rate
from qftapp.items.topics import TOPICS

ROW = 30
"""Pixels of a topic."""
TILTED = 4
"""Models whose names lie side by side no longer."""
SCALE = ((0, "@surface"), (1, "@warn/0.55"))
"""Light enough for the ink of either scheme on its darkest cell."""


def error_topics(results: Results) -> Figure:
    """Major errors per response by topic and model, on the items that all labelled models share."""
    found = common_labels(results)
    of_items = np.array([item.topic for item in found.items], dtype=np.str_)
    topics = sorted({str(topic) for topic in of_items[found.common]}, key=_title)
    chosen = {topic: found.common & (of_items == topic) for topic in topics}
    cells = {(topic, row): _rates(found, chosen[topic], row) for topic in topics for row in range(len(found.models))}
    rows = []
    for topic in topics:
        for row, model in enumerate(found.models):
            major, minor, responses = cells[topic, row]
            told = (_title(topic), model.slug, major, minor, responses, major.items if major else 0)
            rows.append(Row(told, _href(found, model, topic)))
    return Figure(
        traces=[_map(found, topics, cells)],
        table=Table(("Topic", "Model", "Major per response", "Minor per response", "Responses", "Items"), rows),
        caption=f"Major errors per labelled response, on the same items. {COUNTS}",
        layout=plots.cells_layout() if len(found.models) >= TILTED else plots.cells_layout(tilt=0),
        notes=notes(results, found),
        rests_on=responses_in_words(found),
        runs=found.runs,
        height=90 + ROW * len(topics),
    )


Cell = tuple[Mean | None, Mean | None, int]


def _map(found: Labelled, topics: list[str], cells: dict[tuple[str, int], Cell]) -> dict[str, object]:
    models = range(len(found.models))
    values = [[(one.value if (one := cells[topic, row][0]) else None) for row in models] for topic in topics]
    most = max((value for line in values for value in line if value is not None), default=0)
    return plots.cells(
        [model.slug for model in found.models],
        [_short(topic) for topic in topics],
        values,
        [["" if value is None else f"{value:.2f}" for value in line] for line in values],
        [[_href(found, model, topic) for model in found.models] for topic in topics],
        SCALE,
        textfont={"color": "@ink", "size": 11},
        zmax=most or 1,
        hovertemplate="%{y}<br>%{x}: %{z:.3f} per response<extra></extra>",
    )


def _href(found: Labelled, model: LanguageModel, topic: str) -> str:
    return links.errors(found.scope, Point(model.slug, severity=MAJOR, topic=topic))


def _rates(found: Labelled, chosen: Chosen, model: int) -> Cell:
    responses, clusters = found.responses[model, chosen], found.clusters[chosen]
    of_severity = [
        rate(found.marks[model, chosen, place].sum(axis=-1), responses, clusters) for place in range(len(SEVERITIES))
    ]
    return of_severity[0], of_severity[1], round(responses.sum())


def _title(topic: str) -> str:
    return TOPICS[topic].title if topic in TOPICS else topic


def _short(topic: str, most: int = 26) -> str:
    """A title that leaves room for the cells on a telephone."""
    title = _title(topic)
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"
