"""Two models on the same items: the mean difference, its interval, and how often chance alone gives as much."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, t

from qftapp.charts.stats.means import groups_of
from qftapp.runs.intervals import FEWEST_ITEMS, LEVEL

Floats = NDArray[np.float64]

EXACT = 16
"""Clusters up to which all sign flips are counted; beyond, as many are drawn."""
DRAWS = 20_000

ROUNDING = 1e-9
"""A standard error that is nothing but rounding."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Second minus first: mean over items with its 95 % interval, and the two-sided p of no difference."""

    value: float
    low: float | None
    high: float | None
    p: float | None
    items: int
    clusters: int


def difference(
    first: ArrayLike, second: ArrayLike, clusters: ArrayLike | None = None, seed: int = 0
) -> Difference | None:
    """What the second model gains over the first, item by item; items that one of them lacks (nan) are left out.

    Were the models alike, each cluster's difference would as likely have the other sign: p is the share of sign flips
    whose mean is at least as far from zero, all flips counted up to EXACT clusters, beyond that DRAWS drawn ones, the
    observed one among them. The interval is Student's with the cluster-robust variance. Below FEWEST_ITEMS clusters
    there is neither; where all clusters differ alike there is no interval, for nobody knows how they would scatter.

    E. Miller, Adding Error Bars to Evals (2024), arXiv:2411.00640, §4; R. A. Fisher, The Design of Experiments (1935),
    §21; B. Phipson, G. K. Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39, for p of drawn flips.
    """
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.shape != other.shape:
        raise ValueError("both models answer the same items")
    gains = other - one
    known = ~np.isnan(gains)
    if not known.any():
        return None
    groups = groups_of(None if clusters is None else np.asarray(clusters)[known], int(known.sum()))
    gains = gains[known]
    value, count = float(gains.mean()), int(groups.max()) + 1
    if count < FEWEST_ITEMS:
        return Difference(value, None, None, None, gains.size, count)
    scattered = np.bincount(groups, weights=gains - value)
    error = float(np.sqrt(count / (count - 1) * (scattered**2).sum())) / gains.size
    p = _sign_flips(np.bincount(groups, weights=gains).astype(float), seed)
    if error <= ROUNDING:
        return Difference(value, None, None, p, gains.size, count)
    half = float(t.ppf((1 + LEVEL) / 2, count - 1)) * error
    return Difference(value, max(-1.0, value - half), min(1.0, value + half), p, gains.size, count)


def _sign_flips(sums: Floats, seed: int) -> float:
    observed = abs(sums.sum())
    # What should be equal differs by rounding, and must count as equal.
    least = observed - 1e-9 * max(1.0, float(np.abs(sums).sum()))
    if sums.size <= EXACT:
        signs = np.array(list(itertools.product((-1, 1), repeat=sums.size)))
        return float(np.mean(np.abs(signs @ sums) >= least))
    # Sums of one size go together: of c of them, as many are positive as heads fall in c tosses.
    sizes, times = np.unique(np.round(np.abs(sums), 12), return_counts=True)
    heads = np.random.default_rng(seed).binomial(times, 0.5, size=(DRAWS, sizes.size))
    return float((np.count_nonzero(np.abs((2 * heads - times) @ sizes) >= least) + 1) / (DRAWS + 1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """The p-values made larger for having been several: each still an error of 5 % over all of them at 0.05.

    S. Holm, Scand. J. Stat. 6 (1979) 65. What is None was not tested and stays None.
    """
    tested = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(tested):
        largest = max(largest, min(1.0, (len(tested) - rank) * p))
        adjusted[place] = largest
    return adjusted


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p for one answer an item: items that only one of two models got right, as tosses of a coin.

    Q. McNemar, Psychometrika 12 (1947) 153.
    """
    discordant = only_first + only_second
    return float(binomtest(only_second, discordant).pvalue) if discordant else 1.0
