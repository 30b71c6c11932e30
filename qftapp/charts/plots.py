"""Parts of plots that figures share, as Plotly's dictionaries."""

from collections.abc import Sequence
from typing import Any

from qftapp.charts.palette import Look
from qftapp.charts.stats.means import Mean
from qftapp.charts.stats.paired import Difference

SHARE_AXIS = {"range": [-0.02, 1.02], "tickformat": ".1~f", "title": {"text": "accuracy"}}
"""Accuracy goes from 0 to 1, whatever is shown."""

Estimate = Mean | Difference


def dots(
    name: str,
    look: Look,
    places: Sequence[Any],
    estimates: Sequence[Estimate | None],
    hrefs: Sequence[str],
    **more: Any,
) -> dict[str, Any]:
    """Estimates as dots with their intervals, lying: values along x, places along y."""
    known = [(place, one, href) for place, one, href in zip(places, estimates, hrefs, strict=True) if one is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "orientation": "h",  # what shares a place stands beside each other along y
        "cliponaxis": False,
        "name": name,
        "x": [one.value for _, one, _ in known],
        "y": [place for place, _, _ in known],
        "customdata": [href for _, _, href in known],
        "error_x": _errors([one for _, one, _ in known], look),
        "marker": {"color": look.colour, "symbol": look.symbol, "size": 9},
        "hovertemplate": "%{x:.3f}<extra>" + name + "</extra>",
        **more,
    }


def line(
    name: str, look: Look, places: Sequence[float], estimates: Sequence[Estimate | None], hrefs: Sequence[str] = ()
) -> dict[str, Any]:
    """Estimates over a number, as a line with markers and intervals."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": list(places),
        "y": [one.value if one else None for one in estimates],
        "customdata": list(hrefs),
        "error_y": _errors(estimates, look),
        "line": {"color": look.colour, "width": 1.5},
        "marker": {"color": look.colour, "symbol": look.symbol, "size": 8},
        "hovertemplate": "%{y:.3f}<extra>" + name + "</extra>",
    }


def _errors(estimates: Sequence[Estimate | None], look: Look) -> dict[str, Any]:
    def reach(one: Estimate | None, end: float | None) -> float:
        return 0.0 if one is None or end is None else abs(end - one.value)

    return {
        "type": "data",
        "symmetric": False,
        "array": [reach(one, one.high if one else None) for one in estimates],
        "arrayminus": [reach(one, one.low if one else None) for one in estimates],
        "color": look.colour,
        "thickness": 1.2,
        "width": 3,
    }
