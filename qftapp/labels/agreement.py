"""How far people agree, on arrays: verdicts, categories of steps, spans, first errors; with bootstrap intervals.

A *unit* is what is judged (a trace, or a step with a category), a *rater* a person. Ratings are an array of shape
(raters, units) of whole numbers, −1 where somebody did not judge.

Every coefficient is a function of sums over units, so that a bootstrap draws and adds up the sums of whole clusters
instead of going through the units again for every resample.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = -1
RESAMPLES = 1_000
LEVEL = 0.95
FEWEST = 5
"""Clusters below which no interval is said: draws from two or three of them hardly differ, and promise too much."""

DRAWN_AT_ONCE = 2_000_000
"""Clusters drawn before their sums are taken, which bounds memory."""

Ratings = NDArray[np.signedinteger[Any]]
Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its 95 % bootstrap interval, None where there is too little to say one; `units` is its n."""

    value: float | None
    low: float | None
    high: float | None
    units: int


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient by what each unit adds, shape (units, k), and its value from sums of it, shape (…, k) to (…).

    The value is nan, and None when called with ratings, where nothing can be said.
    """

    added: Callable[[Ratings], Sums]
    value: Callable[[Sums], NDArray[np.float64]]

    def __call__(self, ratings: Ratings) -> float | None:
        """Return the coefficient of some ratings."""
        return _number(self.value(self.added(ratings).sum(axis=0)))


def _number(value: NDArray[np.float64]) -> float | None:
    return None if np.isnan(value) else float(value)


def _counts(ratings: Ratings) -> Sums:
    """Return how many raters gave each unit each value, shape (units, values)."""
    values = range(int(ratings.max(initial=0)) + 1)
    return np.stack([(ratings == value).sum(axis=0) for value in values], axis=1).astype(float)


def _quotient(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _alpha_added(ratings: Ratings) -> Sums:
    counts = _counts(ratings)
    judgements = counts.sum(axis=1, keepdims=True)
    counts = np.where(judgements > 1, counts, 0)
    agreeing = (counts * (counts - 1)).sum(axis=1, keepdims=True) / np.maximum(judgements - 1, 1)
    return np.hstack((counts.sum(axis=1, keepdims=True) - agreeing, counts))


def _alpha(sums: Sums) -> NDArray[np.float64]:
    disagreeing, counts = sums[..., 0], sums[..., 1:]
    judgements = counts.sum(axis=-1)
    by_chance = judgements**2 - (counts**2).sum(axis=-1)
    return 1 - _quotient(disagreeing * (judgements - 1), by_chance)


krippendorff_alpha = Coefficient(_alpha_added, _alpha)
"""Krippendorff's α for nominal data; None where no unit has two judgements or all judgements are the same.

Raters may miss units. Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
"""


def _cohen_added(ratings: Ratings) -> Sums:
    first, second = np.where((ratings != MISSING).all(axis=0), ratings, MISSING)
    agreeing = (first == second) & (first != MISSING)
    values = range(int(ratings.max(initial=0)) + 1)
    return np.stack([agreeing, *(first == value for value in values), *(second == value for value in values)], 1) * 1.0


def _cohen(sums: Sums) -> NDArray[np.float64]:
    first, second = np.split(sums[..., 1:], 2, axis=-1)
    units = first.sum(axis=-1)
    by_chance = (first * second).sum(axis=-1)
    return _quotient(units * sums[..., 0] - by_chance, units**2 - by_chance)


cohen_kappa = Coefficient(_cohen_added, _cohen)
"""Cohen's κ of two raters over the units that both judged; None where chance alone would agree wholly.

Source: J. Cohen, Educ. Psychol. Meas. 20 (1960) 37.
"""


def _fleiss_added(ratings: Ratings) -> Sums:
    counts = _counts(ratings)
    judgements = counts.sum(axis=1).astype(int)
    many = judgements[judgements > 1]
    raters = int(np.bincount(many).argmax()) if len(many) else 2
    counts = np.where((judgements == raters)[:, np.newaxis], counts, 0)
    agreeing = (counts * (counts - 1)).sum(axis=1, keepdims=True) / (raters * (raters - 1))
    return np.hstack((agreeing, (judgements == raters)[:, np.newaxis], counts))


def _fleiss(sums: Sums) -> NDArray[np.float64]:
    agreeing, units, counts = sums[..., 0], sums[..., 1], sums[..., 2:]
    observed = _quotient(agreeing, units)
    judgements = counts.sum(axis=-1)
    by_chance = (counts**2).sum(axis=-1)
    return _quotient(observed * judgements**2 - by_chance, judgements**2 - by_chance)


fleiss_kappa = Coefficient(_fleiss_added, _fleiss)
"""Fleiss' κ over the units that as many raters judged as judged most units; None where nothing can be said.

It asks for equally many judgements of each unit; α does not. Source: J. L. Fleiss, Psychol. Bull. 76 (1971) 378.
"""


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


def estimate(coefficient: Coefficient, ratings: Ratings, clusters: NDArray[Any], seed: int = 0) -> Estimate:
    """Return a coefficient with a percentile bootstrap interval over clusters of units (the traces of the steps).

    `clusters`, shape (units,), names the cluster of each unit. Steps of one trace are not independent, so whole traces
    are drawn. Resamples for which the coefficient says nothing are left out; below half of them there is no interval,
    and none from fewer than FEWEST clusters.
    """
    return _estimate(coefficient.value, coefficient.added(ratings), clusters, ratings.shape[1], seed)


def estimate_mean(values: Sequence[float], clusters: Sequence[int], seed: int = 0) -> Estimate:
    """Return the mean of some values with its interval, drawn by clusters as in `estimate`."""
    added = np.array([values, np.ones(len(values))]).T
    return _estimate(lambda sums: _quotient(sums[..., 0], sums[..., 1]), added, np.array(clusters), len(values), seed)


def _estimate(
    value: Callable[[Sums], NDArray[np.float64]], added: Sums, clusters: NDArray[Any], units: int, seed: int
) -> Estimate:
    whole = _number(value(added.sum(axis=0)))
    names, places = np.unique(clusters, return_inverse=True)
    if whole is None or len(names) < FEWEST:
        return Estimate(whole, None, None, units)
    columns = [np.bincount(places, weights=column, minlength=len(names)) for column in added.T]
    sums = np.stack(columns, axis=1).astype(float)
    drawn = np.concatenate([value(_times(len(names), *block, seed) @ sums) for block in _blocks(len(names))])
    said = drawn[~np.isnan(drawn)]
    if len(said) < RESAMPLES / 2:
        return Estimate(whole, None, None, units)
    low, high = np.quantile(said, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(whole, float(low), float(high), units)


def _blocks(clusters: int) -> list[tuple[int, int]]:
    """Return the first number and the size of blocks of resamples that together are all."""
    size = max(1, DRAWN_AT_ONCE // clusters)
    return [(start, min(size, RESAMPLES - start)) for start in range(0, RESAMPLES, size)]


@lru_cache(maxsize=4)
def _times(clusters: int, start: int, size: int, seed: int) -> NDArray[np.float32]:
    """Return how often each cluster is drawn in each of some resamples; many coefficients ask for the same draws."""
    random = np.random.default_rng((seed, start))
    drawn = random.integers(clusters, size=(size, clusters)) + clusters * np.arange(size)[:, np.newaxis]
    return np.bincount(drawn.ravel(), minlength=size * clusters).reshape(size, clusters).astype(np.float32)
