"""What the answers of a report say beyond right and wrong: sums by model and item, out of the details of its runs."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qftapp.charts.results import OUTCOME_CODES, Counts, Results
from qftapp.runs.details import Answers, Details, details
from qftapp.verification.verdict import Outcome

Chosen = NDArray[np.bool_]

FIELDS = Answers._fields[3:]
"""What is summed: traces, characters, cut …"""

RIGHT: Chosen = np.array([code == Outcome.CORRECT for code in OUTCOME_CODES])
COUNTED: Chosen = np.array([code != Outcome.BROKEN_ITEM for code in OUTCOME_CODES])
"""Outcomes that count, as in accuracy: a broken item says nothing of a model."""


@dataclass(frozen=True)
class Sizes:
    """Sums of one kind of answers, each by model and item."""

    traces: Counts
    characters: Counts
    cut: Counts
    with_tokens: Counts
    tokens: Counts
    with_backtracks: Counts
    backtracks: Counts


def sums(results: Results) -> Counts:
    """`sums[field, model, item, outcome]`, the fields as in FIELDS."""
    found: Counts = np.zeros((len(FIELDS), *results.outcomes.shape), dtype=np.int64)
    for model, known in _details(results):
        for row in known.answers:
            if (place := results.places.get(row.version)) is not None:
                found[:, model, place, OUTCOME_CODES.index(row.outcome)] += row[3:]
    return found


def sizes(found: Counts, outcomes: Chosen) -> Sizes:
    """Of `sums`, those over some outcomes."""
    return Sizes(*found[..., outcomes].sum(axis=-1))


def kinds_of_wrong(results: Results) -> dict[str, Counts]:
    """Wrong answers by diagnosis, each by model and item; "" is where there is nothing certain to say."""
    found: defaultdict[str, Counts] = defaultdict(lambda: np.zeros_like(results.counted))
    for model, known in _details(results):
        for row in known.answers:
            place = results.places.get(row.version)
            if row.outcome == Outcome.WRONG and place is not None:
                found[row.diagnosis][model, place] += row.traces
    return dict(found)


@dataclass
class Votes:
    """The answers of one run to one version, as they vote; only answers of one run are known to be the same."""

    model: int
    place: int
    right: int
    others: Counter[int]
    """How many groups of equal wrong answers there are of each size."""
    void: int
    """Answers that cannot be read or judged, or are none."""

    @property
    def answers(self) -> int:
        """All of them."""
        return self.right + self.void + sum(size * times for size, times in self.others.items())


def votes(results: Results) -> list[Votes]:
    """The votes of each run and version in the scope."""
    found: list[Votes] = []
    for model, known in _details(results):
        of_version = {version: Votes(model, place, 0, Counter(), 0) for version, place in results.places.items()}
        for row in known.answers:
            if row.version in of_version and row.outcome != Outcome.BROKEN_ITEM:
                one = of_version[row.version]
                one.right += row.traces if row.outcome == Outcome.CORRECT else 0
                one.void += row.traces if row.outcome not in (Outcome.CORRECT, Outcome.WRONG) else 0
        for version, size, times in known.groups:
            if version in of_version:
                of_version[version].others[size] += times
        found += [one for one in of_version.values() if one.right or one.void or one.others]
    return found


def _details(results: Results) -> Iterator[tuple[int, Details]]:
    rows = {model.pk: row for row, model in enumerate(results.models)}
    for run in results.runs:
        yield rows[run.model_id], details(run.pk)
