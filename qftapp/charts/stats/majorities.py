"""majority@k, or cons@k: how often the most frequent answer of k samples is right, from n samples of an item."""

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Counts = NDArray[np.int64]

ITEMS_AT_A_TIME = 500
SPREADS = 16
"""Standard deviations of the number of samples in a draw beyond which its weight is nothing."""
NEGLIGIBLE = 1e-8
"""Chance of a number of right answers below which it is left out."""


def majority_at_k(right: ArrayLike, groups: ArrayLike, void: ArrayLike, k: int) -> Floats:
    """The chance that the most frequent answer of k samples is the right one; of several most frequent, one is drawn.

    Of each item, `right` samples give the right answer; `groups[item, size]` is how many groups of equal wrong answers
    it has of that size; `void` samples give no answer and never win. nan where an item has fewer than k samples.

    k samples out of n hold each group's share by the multivariate hypergeometric distribution, which is that of
    independent binomials given their sum. With m right ones, a group of s that must not have more has the generating
    function A(z) + y·B(z), where B stands for a share of m as well. The integral over y from 0 to 1 gives a draw in
    which t groups reach m the weight 1/(t + 1), and the coefficient of z^(k−m) is that of draws of k; the one is a sum
    over Gauss's nodes, the other over roots of unity, both to rounding.
    """
    if k < 1:
        raise ValueError("k counts samples, from 1")
    sizes = np.asarray(groups, dtype=np.int64)
    rights = np.asarray(right, dtype=np.int64)
    samples = rights + sizes @ np.arange(sizes.shape[1]) + np.asarray(void, dtype=np.int64)
    found = np.full(rights.size, np.nan)
    for n in np.unique(samples[samples >= k]):
        alike = np.flatnonzero(samples == n)
        for first in range(0, alike.size, ITEMS_AT_A_TIME):
            part = alike[first : first + ITEMS_AT_A_TIME]
            found[part] = _majorities(rights[part], sizes[part, : n + 1], int(n), k)
    return found


def _majorities(right: Counts, sizes: Counts, n: int, k: int) -> Floats:
    """The chance for items of n samples each."""
    shares = binom.pmf(np.arange(k + 1), np.arange(n + 1)[:, None], k / n)
    largest = np.max(np.arange(sizes.shape[1]) * (sizes > 0), axis=1, initial=0)
    found = np.zeros(right.size)
    for m in range(1, min(k, int(right.max(initial=0))) + 1):
        chance = shares[right, m] * shares[n - right, k - m] / shares[n, k]
        is_likely = chance > NEGLIGIBLE
        won = is_likely & (largest < m)  # no group can have as many
        found[won] += chance[won]
        contested = np.flatnonzero(is_likely & ~won)
        if contested.size:
            weights = _not_above(m, right[contested], sizes[contested], shares)
            found[contested] += shares[right[contested], m] * weights / shares[n, k]
    return np.clip(found, 0.0, 1.0)  # rounding may leave 0 and 1 by 1e-18


def _not_above(m: int, right: Counts, sizes: Counts, shares: Floats) -> Floats:
    """The weight of draws in which no group has more than m, each divided among those that lead.

    `shares[s, u]` is the binomial weight with which a group of s has u in the draw.
    """
    n, k = (length - 1 for length in shares.shape)
    rest, reaching = k - m, sizes[:, m:]
    ties = min(rest // m, int(reaching.sum(axis=1).max(initial=0)))
    nodes, weights = _gauss(ties // 2 + 1)
    # So many roots tell the coefficient from all others that weigh anything.
    spread = math.ceil(SPREADS * math.sqrt(k * (1 - k / n))) + 20
    count = min(max(rest, n - k), spread) + 1
    roots = np.exp(2j * np.pi * np.arange(count // 2 + 1) / count)
    powers = roots ** np.arange(m + 1)[:, None]
    free = n - right - reaching @ np.arange(m, sizes.shape[1])
    product = (1 - k / n + k / n * roots) ** free[:, None]
    product = np.repeat(product[:, None, :], nodes.size, axis=1)
    for size in range(m, sizes.shape[1]):
        _multiply(product, sizes[:, size], shares[size], nodes, powers)
    # Roots below the real axis say the same as those above it.
    both = np.where((np.arange(roots.size) > 0) & (2 * np.arange(roots.size) != count), 2, 1)
    coefficients = (product @ (both * roots ** (-rest))).real / count
    return np.asarray(coefficients @ weights)


@cache
def _gauss(count: int) -> tuple[Floats, Floats]:
    """Gauss's nodes from 0 to 1 and their weights."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def _multiply(product: Complexes, times: Counts, share: Floats, nodes: Floats, powers: Complexes) -> None:
    """Bring the groups of one size into the product, as many as each item has."""
    if not times.any():
        return
    m = powers.shape[0] - 1
    factor = share[:m] @ powers[:m] + nodes[:, None] * share[m] * powers[m]
    for number in np.unique(times[times > 0]):
        product[times == number] *= factor**number
