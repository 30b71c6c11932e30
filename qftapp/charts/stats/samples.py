"""What k samples of an item would give, from n samples of it: pass@k; majority@k is in `majorities`."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

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
        some = np.where(wrong < k, 1.0, -np.expm1(logarithm))
    chance = np.where(c > 0, some, 0.0)  # rounding would leave less than nothing
    return np.where(n < k, np.nan, chance)


def _counts(samples: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    n, c = np.asarray(samples, dtype=float), np.asarray(right, dtype=float)
    if n.shape != c.shape:
        raise ValueError("samples and right answers are counts of the same items")
    if np.any(c < 0) or np.any(c > n):
        raise ValueError("right answers are some of the samples")
    return n, c
