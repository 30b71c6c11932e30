"""How far people agree, on arrays: verdicts, categories of steps, spans, first errors; with bootstrap intervals.

A *unit* is what is judged (a trace, or a step with a category), a *rater* a person. Ratings are an array of shape
(raters, units) of whole numbers, −1 where somebody did not judge.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import krippendorff
import numpy as np
from numpy.typing import NDArray

MISSING = -1
RESAMPLES = 1_000
LEVEL = 0.95

Ratings = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its 95 % bootstrap interval, None where there is too little to say one; `units` is its n."""

    value: float | None
    low: float | None
    high: float | None
    units: int


def krippendorff_alpha(ratings: Ratings) -> float | None:
    """Return Krippendorff's α for nominal data; None where no unit has two judgements or all judgements are the same.

    Raters may miss units. Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
    """
    paired = (ratings != MISSING).sum(axis=0) > 1
    judged = ratings[:, paired]
    values = np.unique(judged[judged != MISSING])
    if len(values) < 2:
        return None
    data = np.where(judged == MISSING, np.nan, judged).astype(float)
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal", value_domain=values))


def cohen_kappa(ratings: Ratings) -> float | None:
    """Return Cohen's κ of two raters over the units that both judged; None where chance alone would agree wholly.

    Source: J. Cohen, Educ. Psychol. Meas. 20 (1960) 37.
    """
    first, second = ratings[:, (ratings != MISSING).all(axis=0)]
    if len(first) == 0:
        return None
    observed = float(np.mean(first == second))
    values = np.unique(np.concatenate((first, second)))
    expected = float(sum(np.mean(first == value) * np.mean(second == value) for value in values))
    return None if expected == 1 else (observed - expected) / (1 - expected)


def fleiss_kappa(ratings: Ratings) -> float | None:
    """Return Fleiss' κ over the units that as many raters judged as judged most units; None where nothing can be said.

    It asks for equally many judgements of each unit; α does not. Source: J. L. Fleiss, Psychol. Bull. 76 (1971) 378.
    """
    judgements = (ratings != MISSING).sum(axis=0)
    many = judgements[judgements > 1]
    if len(many) == 0:
        return None
    raters = int(np.bincount(many).argmax())
    units = ratings[:, judgements == raters]
    values = np.unique(units[units != MISSING])
    counts = np.stack([(units == value).sum(axis=0) for value in values], axis=1)
    observed = float(np.mean(((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))))
    expected = float(((counts.sum(axis=0) / counts.sum()) ** 2).sum())
    return None if expected == 1 else (observed - expected) / (1 - expected)


def pairs(ratings: Ratings) -> dict[tuple[int, int], tuple[float | None, int]]:
    """Return, for each two raters who judged common units, Cohen's κ and the number of these units."""
    found = {}
    for first, second in combinations(range(len(ratings)), 2):
        both = ratings[[first, second]]
        common = int((both != MISSING).all(axis=0).sum())
        if common:
            found[first, second] = cohen_kappa(both), common
    return found


def confusion(ratings: Ratings, values: int) -> NDArray[np.int64]:
    """Return how often two people gave two values to one unit, symmetric, shape (values, values)."""
    table = np.zeros((values, values), dtype=np.int64)
    for first, second in combinations(range(len(ratings)), 2):
        both = ratings[:, (ratings[[first, second]] != MISSING).all(axis=0)]
        np.add.at(table, (both[first], both[second]), 1)
    return table + table.T


Span = tuple[int, int]
"""Start and end of a part of a text, the end excluded."""


def characters(spans: Iterable[Span]) -> int:
    """Return how many characters some spans cover together."""
    covered = end = 0
    for start, stop in sorted(spans):
        covered += max(0, stop - max(start, end))
        end = max(end, stop)
    return covered


def span_f1(first: Sequence[Span], second: Sequence[Span]) -> float | None:
    """Return the F1 of two people's marks by characters: 2·|A∩B| / (|A| + |B|); None where nobody marked anything."""
    a, b = characters(first), characters(second)
    if a + b == 0:
        return None
    union = characters([*first, *second])
    return 2 * (a + b - union) / (a + b)


def first_error_distance(first: int | None, second: int | None) -> int | None:
    """Return how many steps lie between two people's first errors; None where only one of them saw one."""
    if first is None and second is None:
        return 0
    if first is None or second is None:
        return None
    return abs(first - second)


def estimate(
    coefficient: Callable[[Ratings], float | None], ratings: Ratings, clusters: NDArray[np.int64], seed: int = 0
) -> Estimate:
    """Return a coefficient with a percentile bootstrap interval over clusters of units (the traces of the steps).

    `clusters`, shape (units,), names the cluster of each unit. Steps of one trace are not independent, so whole traces
    are drawn. Resamples for which the coefficient says nothing are left out; below half of them there is no interval.
    """
    value = coefficient(ratings)
    names, places = np.unique(clusters, return_inverse=True)
    if value is None or len(names) < 2:
        return Estimate(value, None, None, ratings.shape[1])
    units_of = [np.flatnonzero(places == place) for place in range(len(names))]
    random = np.random.default_rng(seed)
    found = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([units_of[place] for place in random.integers(len(names), size=len(names))])
        again = coefficient(ratings[:, drawn])
        if again is not None:
            found.append(again)
    if len(found) < RESAMPLES / 2:
        return Estimate(value, None, None, ratings.shape[1])
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high), ratings.shape[1])
