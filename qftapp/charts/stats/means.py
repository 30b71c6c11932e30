"""Means and rates over items with 95 % intervals that know which items are alike."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtri, stdtrit

from qftapp.runs.intervals import FEWEST_ITEMS, LEVEL, wilson

Floats = NDArray[np.float64]

ROUNDING = 1e-18
"""A variance of shares that is nothing but rounding."""


@dataclass(frozen=True, slots=True)
class Mean:
    """An estimate with its interval; low and high are None where fewer than FEWEST_ITEMS clusters tell nothing."""

    value: float
    low: float | None
    high: float | None
    items: int
    clusters: int


def mean_share(shares: ArrayLike, clusters: ArrayLike | None = None) -> Mean | None:
    """The mean over items of a number between 0 and 1, such as accuracy or pass@k; nan items are left out.

    `clusters` names for each item what it shares with others (its source, its family); by default each item stands
    alone. The interval is Wilson's, given the number of independent draws of mean p that would be as uncertain:
    p(1−p)/v with the cluster-robust variance v of the mean, as in `runs.intervals`.
    """
    values, groups = _known(shares, clusters)
    if not values.size:
        return None
    if np.any((values < 0) | (values > 1)):
        raise ValueError("a share lies between 0 and 1")
    value, count = float(values.mean()), int(groups.max()) + 1
    if count < FEWEST_ITEMS:
        return Mean(value, None, None, values.size, count)
    variance = _variance(values - value, groups) / values.size**2
    draws = value * (1 - value) / variance * _student(count) ** 2 if variance > ROUNDING else float(count)
    if count == values.size:
        draws = max(draws, float(count))  # no number between 0 and 1 scatters more than tosses of a coin
    return Mean(value, *wilson(value, draws), values.size, count)


def rate(events: ArrayLike, exposure: ArrayLike, clusters: ArrayLike | None = None) -> Mean | None:
    """Events per unit of exposure, such as errors per trace, summed over items; nothing without exposure.

    The interval is that of the logarithm of the ratio, its variance cluster-robust: r·exp(±t·√v/r) for the quantile t
    of Student's distribution. Without any event it reaches from 0 to Poisson's exact bound, all traces of a cluster
    counting as one trace. Items without exposure are left out; where nothing scatters there is no interval.

    W. G. Cochran, Sampling Techniques, 3rd ed. (1977), §6.4; F. Garwood, Biometrika 28 (1936) 437.
    """
    counted, exposed = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if counted.shape != exposed.shape or np.any((exposed == 0) & (counted != 0)):
        raise ValueError("events and exposure belong to the same items")
    counted, groups = _known(np.where(exposed > 0, counted, np.nan), clusters)
    exposed = exposed[exposed > 0]
    if not exposed.size:
        return None
    value, count = float(counted.sum() / exposed.sum()), int(groups.max()) + 1
    if count < FEWEST_ITEMS:
        return Mean(value, None, None, counted.size, count)
    if not value:
        return Mean(0.0, 0.0, float(gammaincinv(1, (1 + LEVEL) / 2)) / count, counted.size, count)
    variance = _variance(counted - value * exposed, groups) / float(exposed.sum()) ** 2
    if variance <= ROUNDING * value**2:
        return Mean(value, None, None, counted.size, count)  # where nothing scatters, nobody knows how it would
    error = math.sqrt(variance)
    factor = math.exp(float(stdtrit(count - 1, (1 + LEVEL) / 2)) * error / value)
    return Mean(value, value / factor, value * factor, counted.size, count)


def share(events: ArrayLike, exposure: ArrayLike, clusters: ArrayLike | None = None) -> Mean | None:
    """The share of events among what was exposed, such as wrong answers of one kind among all; summed over items.

    Items without exposure are left out. The interval is Wilson's, as in `mean_share`, with the cluster-robust variance
    of a ratio, Σ over clusters of (events − r·exposure)², and never more draws than there was exposure.
    """
    counted, exposed = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if counted.shape != exposed.shape or np.any(counted > exposed):
        raise ValueError("events are some of what was exposed, item by item")
    values, groups = _known(np.where(exposed > 0, counted, np.nan), clusters)
    if not values.size:
        return None
    exposed = exposed[exposed > 0]
    value, count = float(values.sum() / exposed.sum()), int(groups.max()) + 1
    if count < FEWEST_ITEMS:
        return Mean(value, None, None, values.size, count)
    variance = _variance(values - value * exposed, groups) / float(exposed.sum()) ** 2
    draws = value * (1 - value) / variance * _student(count) ** 2 if variance > ROUNDING else float(count)
    if count == exposed.sum():
        draws = float(count)  # one each: tosses of a coin
    return Mean(value, *wilson(value, min(draws, float(exposed.sum()))), values.size, count)


def _known(values: ArrayLike, clusters: ArrayLike | None) -> tuple[Floats, NDArray[np.intp]]:
    listed = np.asarray(values, dtype=float)
    groups = groups_of(clusters, listed.size)
    known = ~np.isnan(listed)
    return listed[known], np.unique(groups[known], return_inverse=True)[1] if known.any() else groups[:0]


def groups_of(clusters: ArrayLike | None, size: int) -> NDArray[np.intp]:
    """Clusters numbered from 0; each item its own where none are named."""
    if clusters is None:
        return np.arange(size)
    named = np.asarray(clusters)
    if named.size != size:
        raise ValueError("each item has one cluster")
    return np.unique(named, return_inverse=True)[1]


def _variance(residuals: Floats, groups: NDArray[np.intp]) -> float:
    """The variance of the sum of residuals, of which those of one cluster may go together."""
    sums = np.bincount(groups, weights=residuals)
    return float(sums.size / (sums.size - 1) * (sums**2).sum())


def _student(clusters: int) -> float:
    """What the normal quantile is of Student's: below 1, since the variance itself is estimated from few clusters."""
    return float(ndtri((1 + LEVEL) / 2)) / float(stdtrit(clusters - 1, (1 + LEVEL) / 2))
