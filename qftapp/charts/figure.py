"""A figure of a report: a plot, the table that says the same, and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from qftapp.charts.stats.means import Mean
from qftapp.charts.stats.paired import Difference
from qftapp.runs.models import Run

Cell = str | int | float | Mean | Difference | None
"""What stands in a table: words, a count, a number, an estimate with its interval, or nothing known."""


class Lacking(Exception):
    """The report has nothing that this figure could show; the text says what it would need, and where to get it."""

    def __init__(self, text: str, href: str = "", action: str = "") -> None:
        super().__init__(text)
        self.href, self.action = href, action


NO_ANSWERS = "No model of this report has a graded answer to one of its items."


@dataclass(frozen=True)
class Row:
    """A row of a table; `href` leads to the traces or items behind it."""

    cells: Sequence[Cell]
    href: str = ""


@dataclass(frozen=True)
class Table:
    """What a figure shows, in words and numbers; the first column names the row."""

    columns: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Figure:
    """A plot and its table.

    `traces` and `layout` are Plotly's, with colours as names of the page's custom properties ("@series-1",
    "@ink", "@ink-soft", "@line", "@raised", "@surface", "@accent", "@good", "@bad", "@warn"; "@series-1/0.3" lets light
    through), which the page resolves for light and dark. A point's `customdata` is the address
    that a click opens. `caption` says what is shown and how its intervals are meant; `notes` what a reader should mind.
    """

    traces: Sequence[dict[str, Any]]
    table: Table
    caption: str
    layout: dict[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    height: int = 320
    """Pixels."""
    rests_on: str = ""
    """What it rests on, where that is not the graded answers of the report."""
    runs: Sequence[Run] = ()
    """The runs of that."""
