"""Parts of plots that figures share, as Plotly's dictionaries."""

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any

from qftapp.charts.palette import Look
from qftapp.charts.stats.means import Mean
from qftapp.charts.stats.paired import Difference

SHARE_AXIS = {"range": [-0.02, 1.02], "tickformat": ".1~f", "title": {"text": "accuracy"}}
"""Accuracy goes from 0 to 1, whatever is shown."""

DIFFERENCE_AXIS = {"zeroline": True, "zerolinecolor": "@ink-soft", "title": {"text": "difference of accuracy"}}
SEPARATORS = ".\u202f"
"""Of decimals and of thousands."""

_MARK = {"color": "@ink-soft", "width": 1, "dash": "dot"}

Estimate = Mean | Difference


def dots_layout(xaxis: dict[str, Any], yaxis: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The layout of `dots`: the first place at the top, what shares a place beside each other."""
    return {"xaxis": xaxis, "yaxis": {"autorange": "reversed", **(yaxis or {})}, "scattermode": "group", **more}


def height(places: int, models: int) -> int:
    """Pixels for dots at so many places, those of the models beside each other."""
    return 96 + places * max(28, 16 * models)


def upright(x: float) -> dict[str, Any]:
    """A line across the plot at a value."""
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": _MARK, "layer": "below"}


def level(y: float) -> dict[str, Any]:
    """A lying line across the plot at a value."""
    return {"type": "line", "y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1, "line": _MARK, "layer": "below"}


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


def bars(
    name: str, places: Sequence[str], counts: Sequence[int | None], hrefs: Sequence[str], opacity: float
) -> dict[str, Any]:
    """Counts as lying bars."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(places),
        "x": list(counts),
        "customdata": list(hrefs),
        "marker": {"color": f"@series-1/{opacity:.2g}", "line": {"color": "@series-1", "width": 0.5}},
        "hovertemplate": "%{x}<extra>" + name + "</extra>",
    }


def cells(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[float | None]],
    texts: Sequence[Sequence[str]],
    hrefs: Sequence[Sequence[str]],
    colours: Sequence[tuple[float, str]],
    **more: Any,
) -> dict[str, Any]:
    """Numbers as coloured cells with a text each; what its colours reach from and to is `zmin` and `zmax`."""
    return {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": values,
        "text": texts,
        "texttemplate": "%{text}",
        "textfont": {"size": 11},
        "customdata": hrefs,
        "hoverongaps": False,
        "zmin": 0,
        "colorscale": colours,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        **more,
    }


def cells_layout(tilt: int = -35) -> dict[str, Any]:
    """The layout of `cells`: columns named above them, the first row at the top."""
    return {
        "xaxis": {"side": "top", "showgrid": False, "tickangle": tilt},
        "yaxis": {"autorange": "reversed", "showgrid": False},
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": 30, "b": 8},
    }


def heat(
    name: str,
    columns: Sequence[str],
    rows: Sequence[str],
    estimates: Sequence[Sequence[Estimate | None]],
    hrefs: Sequence[Sequence[str]],
    panel: int = 1,
) -> dict[str, Any]:
    """Shares as cells in a panel of `stacked`, each with its number and how many items it rests on."""
    return cells(
        columns,
        rows,
        [[one.value if one else None for one in row] for row in estimates],
        [[f"{one.value:.2f} <sub>{one.items}</sub>" if one else "" for one in row] for row in estimates],
        hrefs,
        ((0, "@surface"), (1, "@series-1")),
        name=name,
        zmax=1,
        hovertemplate="%{y}, %{x}: %{z:.3f}<extra>" + name + "</extra>",
        yaxis=_axis("y", panel),
    )


def stacked(titles: Sequence[str]) -> dict[str, Any]:
    """Panels of cells below each other, one a title, that share their columns."""
    share, gap = 1 / len(titles), 0.08 / len(titles)
    layout = cells_layout()
    layout["xaxis"]["anchor"] = "y"
    layout["annotations"] = []
    for place, title in enumerate(titles):
        top = 1 - place * share - (gap if place else 0)
        key = "yaxis" if place == 0 else f"yaxis{place + 1}"
        layout[key] = {
            "domain": [max(0, 1 - (place + 1) * share + gap), top],
            "autorange": "reversed",
            "showgrid": False,
        }
        if len(titles) > 1:
            layout["annotations"].append(
                {"text": title, "xref": "paper", "yref": "paper", "x": 0, "y": top, "xanchor": "left",
                 "yanchor": "bottom", "showarrow": False, "font": {"color": "@ink"}}
            )  # fmt: skip
    return layout


def _axis(letter: str, number: int) -> str:
    return letter if number == 1 else f"{letter}{number}"


def folded(title: str, width: int = 28) -> str:
    """A long name over several lines; Plotly takes for HTML what looks like it."""
    return "<br>".join(wrap(escape(title, quote=False), width))
