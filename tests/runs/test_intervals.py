"""Accuracy with its interval: against published figures, and against other ways to compute it."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from qftapp.runs.intervals import Sums, estimate, wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_one_answer_an_item_has_wilsons_interval(right, count, low, high):
    """The figures are those of R. G. Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3."""
    found = estimate(Sums.of([(1, 1)] * right + [(0, 1)] * (count - right)))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_below_five_items_there_is_no_interval():
    found = estimate(Sums.of([(3, 8), (1, 8), (8, 8), (0, 8)]))
    assert (found.value, found.low, found.high, found.items, found.answers) == (12 / 32, None, None, 4, 32)


def test_without_answers_there_is_no_estimate():
    assert estimate(Sums.of([])) is None
    assert estimate(Sums.of([(0, 0), (0, 0)])) is None


def test_a_worked_example_by_hand():
    """Six items of 4 answers with 4, 4, 3, 1, 0, 0 right: p = 1/2, deviations 2, 2, 1, −1, −2, −2, squares 18."""
    found = estimate(Sums.of([(k, 4) for k in (4, 4, 3, 1, 0, 0)]))
    variance = Fraction(6, 5) * 18 / 24**2
    assert variance == Fraction(3, 80)
    independent = Fraction(1, 4) / variance * Fraction(stats.norm.ppf(0.975) / stats.t.ppf(0.975, 5)) ** 2
    assert float(independent) == pytest.approx(25 / 4 / (2.5706 / 1.95996) ** 2 * 16 / 15, rel=1e-4)
    assert (found.low, found.high) == pytest.approx(wilson(0.5, float(independent)))


def uneven(seed: int) -> list[tuple[int, int]]:
    """Items of different difficulty with different numbers of answers."""
    random = np.random.default_rng(seed)
    sizes = random.integers(2, 12, size=40)
    return [(int(random.binomial(n, random.beta(0.7, 0.9))), int(n)) for n in sizes]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_width_is_that_of_the_cluster_robust_regression_on_a_constant(seed):
    """The sandwich estimator over answers one by one, with the usual correction m/(m−1) for m clusters."""
    counts = uneven(seed)
    answers = np.concatenate([np.repeat([1.0, 0.0], [k, n - k]) for k, n in counts])
    clusters = np.concatenate([np.full(n, place) for place, (_, n) in enumerate(counts)])
    design = np.ones((answers.size, 1))
    bread = np.linalg.inv(design.T @ design)
    residuals = answers - answers.mean()
    meat = sum(residuals[clusters == place].sum() ** 2 for place in range(len(counts)))
    m = len(counts)
    variance = float(bread[0, 0] * meat * bread[0, 0]) * m / (m - 1)

    found = estimate(Sums.of(counts))
    share = answers.mean()
    independent = share * (1 - share) / variance * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, m - 1)) ** 2
    assert (found.low, found.high) == pytest.approx(wilson(share, independent))


def test_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(2_000):
        chances = random.beta(1.2, 2.0, size=30)
        found = estimate(Sums.of((int(k), 8) for k in random.binomial(8, chances)))
        covered += found.low <= 1.2 / 3.2 <= found.high
    assert 0.93 <= covered / 2_000 <= 0.97


def test_more_answers_to_the_same_items_make_it_little_narrower():
    alike = estimate(Sums.of([(8, 8)] * 10 + [(0, 8)] * 10))
    single = estimate(Sums.of([(1, 1)] * 10 + [(0, 1)] * 10))
    assert alike.high - alike.low >= single.high - single.low


def test_all_right_is_not_certain():
    found = estimate(Sums.of([(4, 4)] * 10))
    assert (found.value, found.high) == (1, pytest.approx(1))
    assert found.low == pytest.approx(wilson(1, 10)[0])


def test_answers_more_even_than_chance_count_no_more_than_they_are():
    found = estimate(Sums.of([(2, 4)] * 10))
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 40))
