"""Bands that flow from things on the left to things on the right, as filled shapes of Plotly's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

PANEL = 300
"""Pixels of one picture."""
GAP = 0.22
"""What lies between two pictures, as a share of one; the title stands in it."""
NODE = 0.016
"""Width of the bars at both ends."""
APART = 0.03
"""Between two things on one side."""
LEAST = 0.03
"""Height below which a thing has no words beside it."""
_X = np.linspace(0, 1, 21)
_EASE = _X * _X * (3 - 2 * _X)


@dataclass(frozen=True, slots=True)
class Band:
    """So much that flows from one thing to another, by their places."""

    source: int
    target: int
    count: float
    colour: str
    text: str
    href: str


def height(panels: int) -> int:
    """Pixels of so many pictures below each other."""
    return int(PANEL * panels * (1 + GAP)) + 16


def layout(panels: int) -> dict[str, Any]:
    """Axes that nobody sees, the first picture at the top."""
    hidden = {"visible": False, "fixedrange": True}
    return {
        "xaxis": {**hidden, "range": [0, 1]},
        "yaxis": {**hidden, "range": [panels * (1 + GAP) - GAP / 2, -GAP]},
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "hovermode": "closest",
        "showlegend": False,
    }


def draw(
    drawn: Sequence[Band], sources: Sequence[str], targets: Sequence[str], title: str, panel: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The shapes of one picture and the words beside them."""
    total = sum(band.count for band in drawn) or 1.0
    top = panel * (1 + GAP)
    scale = (1 - APART * (max(len(sources), len(targets)) - 1)) / total
    left = _stacked(drawn, len(sources), scale, is_source=True)
    right = _stacked(drawn, len(targets), scale, is_source=False)
    shapes = []
    for band in drawn:
        begins, ends = left[band.source].take(band.count), right[band.target].take(band.count)
        shapes += _shape(band, top + begins, top + ends, left[band.source].scale * band.count)
    words = [_word(0, top - 0.06, f"<b>{title}</b>", "left")]
    for nodes, names, x, anchor in ((left, sources, 0.0, "left"), (right, targets, 1.0, "right")):
        for node, name in zip(nodes, names, strict=True):
            shapes += [_bar(x, top + node.start, node.height)] if node.height else []
            if node.height >= LEAST:
                number = f"{node.total / total:.0%}" if x else f"{node.total:.4g}"
                text = f"{escape(name, quote=False)} {number}"
                inset = NODE + 0.01
                words.append(_word(abs(x - inset), top + node.start + node.height / 2, text, anchor))
    return shapes, words


class _Node:
    """A thing on one side, off which the bands are taken in their order."""

    def __init__(self, start: float, total: float, scale: float) -> None:
        self.start, self.total, self.scale = start, total, scale
        self._taken = start

    @property
    def height(self) -> float:
        return self.total * self.scale

    def take(self, count: float) -> float:
        """Where the next band begins."""
        begins = self._taken
        self._taken += count * self.scale
        return begins


def _stacked(drawn: Iterable[Band], size: int, scale: float, *, is_source: bool) -> list[_Node]:
    sums = [0.0] * size
    for band in drawn:
        sums[band.source if is_source else band.target] += band.count
    nodes, start = [], 0.0
    for each in sums:
        nodes.append(_Node(start, each, scale))
        start += each * scale + (APART if each else 0)
    return nodes


def _shape(band: Band, begins: float, ends: float, thickness: float) -> list[dict[str, Any]]:
    """The band, and points along its middle that tell and lead."""
    x = NODE + (1 - 2 * NODE) * _X
    upper = begins + (ends - begins) * _EASE
    outline = {
        "type": "scatter",
        "mode": "lines",
        "x": [*x, *x[::-1]],
        "y": [*upper, *(upper + thickness)[::-1]],
        "fill": "toself",
        "fillcolor": band.colour,
        "line": {"color": "@raised", "width": 0.6},
        "hoverinfo": "skip",
    }
    every = slice(2, -2, 2)
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": list(x[every]),
        "y": list((upper + thickness / 2)[every]),
        "marker": {"size": 14, "opacity": 0, "color": "@ink"},
        "customdata": [band.href] * len(x[every]),
        "hovertemplate": f"{band.text}<extra></extra>",
    }
    return [outline, points]


def _bar(x: float, start: float, tall: float) -> dict[str, Any]:
    inner = abs(x - NODE)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x, inner, inner, x],
        "y": [start, start, start + tall, start + tall],
        "fill": "toself",
        "fillcolor": "@ink-soft",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _word(x: float, y: float, text: str, anchor: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "text": text,
        "xanchor": anchor,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"color": "@ink", "size": 12},
    }
