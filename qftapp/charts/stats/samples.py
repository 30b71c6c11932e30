"""What k samples of an item would give, from n samples of it: pass@k and majority@k."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln
from scipy.stats import binom

Floats = NDArray[np.float64]


def pass_at_k(samples: ArrayLike, right: ArrayLike, k: int) -> Floats:
    """The chance that one at least of k samples is right, for each item: 1 − C(n−c, k)/C(n, k).

    `samples` (n) and `right` (c) are counts of one shape; nan where an item has fewer than k samples. It is unbiased:
    the share c/n put into 1 − (1 − c/n)^k is not. Best-of-k is the same number. From n close to k it is unbiased too,
    but hangs on single samples: n ≥ 2k is the usual advice.

    M. Chen et al., Evaluating Large Language Models Trained on Code (2021), arXiv:2107.03374, eq. 1.
    """
    n, c = _counts(samples, right)
    if k < 1:
        raise ValueError("k counts samples, from 1")
    wrong = n - c
    with np.errstate(invalid="ignore", divide="ignore"):
        logarithm = gammaln(wrong + 1) - gammaln(wrong - k + 1) - gammaln(n + 1) + gammaln(n - k + 1)
        chance = np.where(wrong < k, 1.0, -np.expm1(logarithm))
    return np.where(n < k, np.nan, chance)


def majority_at_k(right: int, others: Sequence[int], void: int, k: int) -> float:
    """The chance that the most frequent answer of k samples is the right one; of several most frequent, one is drawn.

    `right` samples of an item give the right answer; `others` are the sizes of the groups of equal wrong answers;
    `void` samples give none that can be read and never win. nan where there are fewer than k samples.

    k samples out of n hold each group's share by the multivariate hypergeometric distribution, which is that of
    independent binomials given their sum. For each number m of right ones, the generating function of the groups'
    shares, none above m, counts the draws by their sum and by how many groups reach m as well.
    """
    n = right + sum(others) + void
    if k < 1:
        raise ValueError("k counts samples, from 1")
    if n < k:
        return float("nan")
    q = k / n
    shares = range(max(1, k - n + right), min(right, k) + 1)
    total = sum(binom.pmf(m, right, q) * _not_above(m, k - m, others, void, q) for m in shares)
    return float(min(1.0, total / binom.pmf(k, n, q)))


def _not_above(m: int, rest: int, others: Sequence[int], void: int, q: float) -> float:
    """The weight of draws of `rest` samples in which no group has more than m, each divided among those that lead."""
    ties = rest // m
    weights = np.zeros((rest + 1, ties + 1))
    sizes = np.arange(rest + 1)
    weights[:, 0] = binom.pmf(sizes, void, q)
    for group in others:
        shares = binom.pmf(sizes, group, q)
        added = np.zeros_like(weights)
        for share in range(min(group, m - 1, rest) + 1):
            added[share:] += shares[share] * weights[: rest + 1 - share]
        if m <= min(group, rest) and ties:
            added[m:, 1:] += shares[m] * weights[: rest + 1 - m, :-1]
        weights = added
    return float(weights[rest] @ (1 / np.arange(1, ties + 2)))


def _counts(samples: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    n, c = np.asarray(samples, dtype=float), np.asarray(right, dtype=float)
    if n.shape != c.shape:
        raise ValueError("samples and right answers are counts of the same items")
    if np.any(c < 0) or np.any(c > n):
        raise ValueError("right answers are some of the samples")
    return n, c
