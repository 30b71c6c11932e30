"""The table of a figure as people read it, as rows for a spreadsheet, and as LaTeX for a paper."""

from collections.abc import Iterator
from typing import Any

from qftapp.actors import latex
from qftapp.charts.figure import Cell, Table
from qftapp.charts.stats.means import Mean
from qftapp.charts.stats.paired import Difference

NOTHING = "–"
SMALLEST = 0.001
"""What is smaller is said to be so: as 0.000 a p would seem to be none."""
MINUS = "\u2212"


def words(cell: Cell, minus: str = MINUS) -> str:
    """A cell as text: an estimate with its interval, a count with its thousands apart."""
    match cell:
        case None:
            return NOTHING
        case Mean() | Difference():
            value = _number(cell.value)
            reach = "" if cell.low is None or cell.high is None else f" [{_number(cell.low)}, {_number(cell.high)}]"
            text = value + reach
        case float():
            text = f"< {SMALLEST}" if 0 < cell < SMALLEST else _number(cell)
        case int():
            text = thousands(cell)
        case _:
            return cell
    return text.replace("-", minus)


def _number(value: float) -> str:
    """Three figures after the point below ten, as shares have them; fewer where the number is large."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}" if abs(value) < 1000 else thousands(round(value))


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things, such as “1 item” and “2 items”; `many` where it is not `one` with an s."""
    return f"{thousands(number)} {one if number == 1 else many or f'{one}s'}"


def thousands(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def is_number(cell: Cell) -> bool:
    """Whether a cell stands to the right of its column."""
    return not isinstance(cell, str)


def flat_columns(table: Table) -> list[str]:
    """Column names in which an estimate has three: its value, `low` and `high`."""
    return [name for title, kind in zip(table.columns, _kinds(table), strict=True) for name in _names(title, kind)]


def flat_rows(table: Table) -> Iterator[dict[str, Any]]:
    """Rows by those names, numbers in full."""
    kinds, columns = _kinds(table), flat_columns(table)
    for row in table.rows:
        values = [value for cell, kind in zip(row.cells, kinds, strict=True) for value in _values(cell, kind)]
        yield dict(zip(columns, values, strict=True))


def _kinds(table: Table) -> list[bool]:
    """Of each column, whether it holds estimates."""
    return [
        any(isinstance(row.cells[place], Mean | Difference) for row in table.rows)
        for place in range(len(table.columns))
    ]


def _names(title: str, is_estimate: bool) -> list[str]:
    return [title, f"{title}, low", f"{title}, high"] if is_estimate else [title]


def _values(cell: Cell, is_estimate: bool) -> list[Any]:
    if isinstance(cell, Mean | Difference):
        return [cell.value, cell.low, cell.high]
    return [cell, None, None] if is_estimate else [cell]


def latex_of(table: Table, caption: str) -> str:
    """The table for a paper that loads booktabs."""
    letters = "".join("r" if any(is_number(row.cells[place]) for row in table.rows) else "l"
                      for place in range(len(table.columns)))  # fmt: skip
    rows = [[words(cell) for cell in row.cells] for row in table.rows]
    return latex.table(table.columns, letters, rows, caption)
