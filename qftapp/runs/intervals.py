"""The share of right answers with a 95 % interval that knows that answers to one item are alike."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.special import ndtri, stdtrit

LEVEL = 0.95
FEWEST_ITEMS = 5
"""Items below which no interval is given: it would tell of the guess that it rests on, not of the model."""

_Z = float(ndtri((1 + LEVEL) / 2))


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over items, of which item i has n_i answers and k_i right ones; all that an estimate needs to know."""

    items: int = 0
    right: int = 0
    answers: int = 0
    right_squared: int = 0
    right_times_answers: int = 0
    answers_squared: int = 0

    @classmethod
    def of(cls, counts: Iterable[tuple[int, int]]) -> "Sums":
        """The sums of pairs (right answers, answers), one an item; items without an answer do not count."""
        pairs = [(k, n) for k, n in counts if n]
        return cls(
            len(pairs),
            sum(k for k, _ in pairs),
            sum(n for _, n in pairs),
            sum(k * k for k, _ in pairs),
            sum(k * n for k, n in pairs),
            sum(n * n for _, n in pairs),
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share between 0 and 1 with its interval; low and high are None where there are too few items for one."""

    value: float
    low: float | None
    high: float | None
    items: int
    answers: int


def estimate(sums: Sums) -> Estimate | None:
    """The share of right answers among all, nothing without answers.

    The share is the ratio p = Σk_i / Σn_i. Its interval is Wilson's score interval [1]. Answers to one item are no
    independent draws, so where an item has more than one, Wilson's formula is given the number of independent answers
    that would be as uncertain: N* = p(1−p)/v, with the cluster-robust variance of a ratio [2]

        v = m/(m−1) · Σ(k_i − p n_i)² / (Σn_i)²,

    m items, times (z/t)² for the quantile t of Student's distribution with m−1 degrees of freedom, since v is itself
    estimated from m items [3]. N* is never taken larger than the number of answers; and where all or none are right,
    so that v says nothing, it is the number of items, as if all answers to an item were one.

    [1] E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209. [2] W. G. Cochran, Sampling Techniques, 3rd ed. (1977), §3.12.
    [3] E. L. Korn, B. I. Graubard, Survey Methodology 24 (1998) 193, there with Clopper and Pearson's interval.
    """
    if not sums.answers:
        return None
    share = sums.right / sums.answers
    if sums.items < FEWEST_ITEMS:
        return Estimate(share, None, None, sums.items, sums.answers)
    return Estimate(share, *wilson(share, _independent(sums, share)), sums.items, sums.answers)


def wilson(share: float, count: float) -> tuple[float, float]:
    """Wilson's interval of a share among `count` independent draws; the count need not be whole."""
    middle = share + _Z**2 / (2 * count)
    half = _Z * math.sqrt(share * (1 - share) / count + (_Z / (2 * count)) ** 2)
    low, high = ((middle + side * half) / (1 + _Z**2 / count) for side in (-1, 1))
    return max(0.0, low), min(1.0, high)


def _independent(sums: Sums, share: float) -> float:
    """How many independent answers would be as uncertain as these."""
    m, answers = sums.items, sums.answers
    if answers == m:
        return m
    if sums.right in (0, answers):
        return m
    squares = sums.right_squared - 2 * share * sums.right_times_answers + share**2 * sums.answers_squared
    variance = m / (m - 1) * max(0.0, squares) / answers**2
    binomial = share * (1 - share)
    correction = (_Z / float(stdtrit(m - 1, (1 + LEVEL) / 2))) ** 2
    return min(float(answers), correction * binomial / variance) if variance > 0 else float(answers)
