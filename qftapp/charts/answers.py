"""What the answers of a report say beyond right and wrong: sums by model and item, out of the details of its runs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qftapp.charts.results import OUTCOME_CODES, Chosen, Counts, Results
from qftapp.runs.details import Answers, Details
from qftapp.verification.verdict import Outcome

Places = NDArray[np.int64]

FIELDS = Answers._fields[3:]
"""What is summed: traces, characters, cut …"""

RIGHT: Chosen = np.array([code == Outcome.CORRECT for code in OUTCOME_CODES])
COUNTED: Chosen = np.array([code != Outcome.BROKEN_ITEM for code in OUTCOME_CODES])
"""Outcomes that count, as in accuracy: a broken item says nothing of a model."""

NOWHERE = -1
"""The place of a version that the report does not hold."""


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
    for model, known in results.details:
        places, outcomes = _places(results, known.answers.version), _outcomes(known.answers)
        held = places != NOWHERE
        for field, column in zip(found, known.answers[3:], strict=True):
            np.add.at(field[model], (places[held], outcomes[held]), np.array(column, dtype=np.int64)[held])
    return found


def sizes(found: Counts, outcomes: Chosen) -> Sizes:
    """Of `sums`, those over some outcomes."""
    return Sizes(*found[..., outcomes].sum(axis=-1))


def only(outcome: str) -> Chosen:
    """One outcome."""
    return np.array([code == outcome for code in OUTCOME_CODES])


def kinds_of_wrong(results: Results) -> dict[str, Counts]:
    """Wrong answers by diagnosis, each by model and item; "" is where there is nothing certain to say."""
    found: defaultdict[str, Counts] = defaultdict(lambda: np.zeros_like(results.counted))
    for model, known in results.details:
        places, traces = _places(results, known.answers.version), np.array(known.answers.traces, dtype=np.int64)
        is_wrong = (_outcomes(known.answers) == OUTCOME_CODES.index(Outcome.WRONG)) & (places != NOWHERE)
        diagnoses = np.array(known.answers.diagnosis)
        for code in np.unique(diagnoses[is_wrong]):
            chosen = is_wrong & (diagnoses == code)
            np.add.at(found[str(code)][model], places[chosen], traces[chosen])
    return dict(found)


@dataclass(frozen=True)
class Votes:
    """The answers of one run to each version, as they vote; only answers of one run are known to be the same."""

    model: int
    places: Places
    """The item of each version."""
    right: Counts
    groups: Counts
    """How many groups of equal wrong answers each version has of each size, the size being the column."""
    void: Counts
    """Answers that cannot be read or judged, or are none."""

    @property
    def answers(self) -> Counts:
        """All answers of each version."""
        return np.asarray(self.right + self.void + self.groups @ np.arange(self.groups.shape[1]))


def votes(results: Results) -> list[Votes]:
    """The votes of each run in the scope."""
    versions = np.array(list(results.places), dtype=np.int64)
    items = np.array(list(results.places.values()), dtype=np.int64)
    return [_votes(model, known, versions, items) for model, known in results.details]


def _votes(model: int, known: Details, versions: Places, items: Places) -> Votes:
    rows = {int(version): row for row, version in enumerate(versions)}
    of_answers, of_groups = (_rows(rows, column) for column in (known.answers.version, known.groups.version))
    outcomes, traces = _outcomes(known.answers), np.array(known.answers.traces, dtype=np.int64)
    size, times = (np.array(column, dtype=np.int64) for column in known.groups[1:])
    is_void = COUNTED & ~RIGHT
    is_void[OUTCOME_CODES.index(Outcome.WRONG)] = False

    def summed(chosen: Chosen) -> Counts:
        held = (of_answers != NOWHERE) & chosen[outcomes]
        found = np.zeros(len(rows), dtype=np.int64)
        np.add.at(found, of_answers[held], traces[held])
        return found

    groups = np.zeros((len(rows), int(size.max(initial=0)) + 1), dtype=np.int64)
    held = of_groups != NOWHERE
    groups[of_groups[held], size[held]] = times[held]
    return Votes(model, items, summed(RIGHT), groups, summed(is_void))


def _places(results: Results, versions: list[int]) -> Places:
    return _rows(results.places, versions)


def _rows(places: Mapping[int, int], versions: list[int]) -> Places:
    return np.array([places.get(version, NOWHERE) for version in versions], dtype=np.int64)


def _outcomes(answers: Answers) -> Places:
    codes = {code: place for place, code in enumerate(OUTCOME_CODES)}
    return np.array([codes[outcome] for outcome in answers.outcome], dtype=np.int64)
