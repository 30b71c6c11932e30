"""How many items would show a difference, from what some items have shown."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri
from scipy.stats import nct, t

from qftapp.charts.stats.means import groups_of

MOST_ITEMS = 10_000_000
NORMAL = 1_000
"""Items beyond which Student's distribution is taken for the normal one; the power moves by less than a thousandth."""


def power(effect: float, deviation: float, items: int, level: float = 0.05) -> float:
    """The chance that a paired, two-sided test finds a true mean difference.

    `effect` is that difference and `deviation` the standard deviation of the differences of items, both on the scale
    of shares; Student's test on `items` differences, by the noncentral t distribution.

    J. Cohen, Statistical Power Analysis, 2nd ed. (1988), ch. 2.
    """
    if deviation <= 0 or items < 2:
        raise ValueError("needs two items at least, whose differences scatter")
    shift = abs(effect) / deviation * math.sqrt(items)
    if items > NORMAL:
        limit = float(ndtri(1 - level / 2))
        return float(ndtr(shift - limit) + ndtr(-shift - limit))
    limit = float(t.ppf(1 - level / 2, items - 1))
    return float(nct.sf(limit, items - 1, shift) + nct.sf(limit, items - 1, -shift))


def items_needed(effect: float, deviation: float, wanted: float = 0.8, level: float = 0.05) -> int:
    """The fewest items with which a true mean difference is found with the wanted chance.

    Raises ValueError where no number up to MOST_ITEMS suffices, as for an effect of zero.
    """
    if not effect or power(effect, deviation, MOST_ITEMS, level) < wanted:
        raise ValueError(f"more than {MOST_ITEMS:,} items would be needed")
    few, enough = 1, MOST_ITEMS  # one item alone shows nothing
    while enough - few > 1:
        middle = (few + enough) // 2
        if power(effect, deviation, middle, level) < wanted:
            few = middle
        else:
            enough = middle
    return enough


def deviation(first: ArrayLike, second: ArrayLike, clusters: ArrayLike | None = None) -> float | None:
    """The standard deviation of the differences that two models show on the same items; None below two clusters.

    Where items are alike, it is that of as many items alone that would leave the mean as uncertain: √n times the
    cluster-robust error of the mean.
    """
    gains = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    known = ~np.isnan(gains)
    groups = groups_of(None if clusters is None else np.asarray(clusters)[known], int(known.sum()))
    gains = gains[known]
    if not gains.size or (count := int(groups.max()) + 1) < 2:
        return None
    scattered = np.bincount(groups, weights=gains - gains.mean())
    return math.sqrt(count / (count - 1) * float((scattered**2).sum()) / gains.size)
