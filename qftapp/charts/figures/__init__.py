"""The figures of a report, in the order of its page."""

from collections.abc import Callable
from dataclasses import dataclass

from qftapp.charts.figure import Figure
from qftapp.charts.figures.accuracy import accuracy
from qftapp.charts.results import Results


@dataclass(frozen=True)
class Kind:
    """A figure that every report may show; `build` raises Lacking where there is nothing to show."""

    key: str
    title: str
    section: str
    build: Callable[[Results], Figure]


KINDS: dict[str, Kind] = {
    kind.key: kind for kind in (Kind("accuracy", "Accuracy by set and model", "How well", accuracy),)
}
