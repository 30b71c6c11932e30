"""pass@k and majority@k against counting all draws of k samples."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qftapp.charts.stats.majorities import majority_at_k
from qftapp.charts.stats.samples import pass_at_k


def drawn_majority(right: int, others: list[int], void: int, k: int) -> float:
    """majority@k by looking at every draw."""
    answers = ["right"] * right + [i for i, size in enumerate(others) for _ in range(size)] + [None] * void
    total = 0.0
    for draw in itertools.combinations(answers, k):
        counts = Counter(answer for answer in draw if answer is not None)
        leading = [answer for answer, count in counts.items() if count == max(counts.values())]
        total += (1 / len(leading)) if "right" in leading else 0
    return total / math.comb(len(answers), k)


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(given_counts) -> None:
    n, c, k = given_counts
    draws = list(itertools.combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, draws)) / len(draws), abs=1e-12)


def test_pass_at_k_is_unbiased_where_the_plug_in_is_not() -> None:
    """Ten samples of a model that is right one time in ten, five of them drawn: 1 − 0.9⁵ = 0.4095."""
    right = np.arange(11)
    chances = np.array([math.comb(10, c) * 0.1**c * 0.9 ** (10 - c) for c in right])
    assert chances @ pass_at_k(np.full(11, 10), right, 5) == pytest.approx(1 - 0.9**5, abs=1e-12)
    assert chances @ (1 - (1 - right / 10) ** 5) < 0.35


def test_items_with_too_few_samples_have_no_pass_at_k() -> None:
    found = pass_at_k([4, 8], [4, 2], 5)
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(1 - math.comb(6, 5) / math.comb(8, 5))


def test_pass_at_k_of_many_samples_stays_exact() -> None:
    exact = 1 - math.comb(1_000, 500) / math.comb(1_024, 500)
    assert pass_at_k(1_024, 24, 500) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize(("samples", "right", "k"), [([3], [4], 1), ([3], [-1], 1), ([3, 3], [1], 1), ([3], [1], 0)])
def test_impossible_counts_are_refused(samples, right, k) -> None:
    with pytest.raises(ValueError, match=r"right answers|counts|samples"):
        pass_at_k(samples, right, k)


ITEMS = st.tuples(st.integers(0, 4), st.lists(st.integers(1, 3), max_size=3), st.integers(0, 2))


def majorities(items: list[tuple[int, list[int], int]], k: int) -> list[float]:
    """majority@k of items given as right answers, sizes of groups of wrong ones, and void ones."""
    right, others, void = zip(*items, strict=True)
    groups = [np.bincount(sizes, minlength=300) for sizes in others]
    return list(majority_at_k(right, groups, void, k))


@given(st.lists(ITEMS, min_size=1, max_size=4), st.integers(1, 9))
def test_majority_is_what_all_draws_give(items, k) -> None:
    for (right, others, void), found in zip(items, majorities(items, k), strict=True):
        if right + sum(others) + void < k:
            assert math.isnan(found)
        else:
            assert found == pytest.approx(drawn_majority(right, others, void, k), abs=1e-9)


def test_unreadable_answers_never_win() -> None:
    assert majorities([(1, [], 7), (0, [], 8)], 8) == pytest.approx([1, 0])


def test_ties_are_split() -> None:
    assert majorities([(3, [3, 2], 0), (2, [2, 2], 2)], 8) == pytest.approx([1 / 2, 1 / 3])


def test_majority_of_one_is_the_share_of_right_answers() -> None:
    assert majorities([(300, [200, 100, 24], 400)], 1) == pytest.approx([300 / 1_024])


def test_majority_of_many_samples_meets_drawn_ones() -> None:
    rng = np.random.default_rng(7)
    sizes = [30, 25, 20, 15, 10]
    draws = rng.multivariate_hypergeometric(sizes, 40, 40_000)
    most = draws.max(axis=1)
    won = np.mean((draws[:, 0] == most) / (draws == most[:, None]).sum(axis=1))
    assert majorities([(30, sizes[1:], 0)], 40) == pytest.approx([won], abs=0.01)


def test_no_sample_has_no_majority() -> None:
    with pytest.raises(ValueError, match="from 1"):
        majority_at_k([1], [[0]], [0], 0)


def test_item_without_a_right_answer_never_passes() -> None:
    assert np.all(pass_at_k(np.arange(1, 200), np.zeros(199), 1) == 0)


def test_majorities_stay_between_nothing_and_certainty():
    # One right answer among seven equal wrong ones: what is impossible came out as −6e-19.
    found = majority_at_k(np.array([1]), np.array([[0] * 7 + [1]]), np.array([0]), 4)
    assert np.all(found >= 0)
