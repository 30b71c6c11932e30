"""Intervals of means and rates: what they are by hand, and how often they hold the truth."""

import math

import numpy as np
import pytest

from qftapp.charts.stats.means import mean_share, rate, share
from qftapp.runs.intervals import Sums, estimate


def test_one_sample_an_item_gives_the_interval_of_accuracy() -> None:
    shares = [1, 0, 0, 1, 1, 0, 1, 1]
    ours, other = mean_share(shares), estimate(Sums.of((k, 1) for k in shares))
    assert ours is not None
    assert other is not None
    assert ours.value == other.value
    assert (ours.low, ours.high) == pytest.approx((other.low, other.high))


def test_items_without_value_do_not_count() -> None:
    found = mean_share([0.5, math.nan, 1.0, 0.0, 0.25, 0.75, math.nan])
    assert found is not None
    assert (found.value, found.items) == (0.5, 5)
    assert mean_share([math.nan]) is None
    assert mean_share([]) is None


def test_few_clusters_have_no_interval() -> None:
    found = mean_share(np.linspace(0, 1, 20), clusters=[0] * 10 + [1] * 10)
    assert found is not None
    assert (found.low, found.clusters, found.items) == (None, 2, 20)


def test_twins_tell_as_much_as_one() -> None:
    shares = np.array([0.1, 0.9, 0.4, 0.6, 0.2, 0.8])
    alone, twins = mean_share(shares), mean_share(np.repeat(shares, 3), np.repeat(np.arange(6), 3))
    assert alone is not None
    assert twins is not None
    assert (twins.low, twins.high) == pytest.approx((alone.low, alone.high))


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_what_is_no_share_is_refused(value) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        mean_share([0.5, value])


def test_clusters_belong_to_items() -> None:
    with pytest.raises(ValueError, match="one cluster"):
        mean_share([0.5, 0.5], clusters=[1])


def test_no_error_in_ten_traces_may_still_be_one_in_three() -> None:
    """Garwood: without an event the upper limit is 3.689 over the exposure."""
    found = rate([0] * 10, [1] * 10)
    assert found is not None
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(-math.log(0.025) / 10)


def test_rate_may_be_above_one() -> None:
    found = rate([3, 5, 2, 4, 6, 4], [2] * 6)
    assert found is not None
    assert found.value == 2
    assert found.low < 2 < found.high


def test_rate_needs_exposure() -> None:
    assert rate([0, 0], [0, 0]) is None


@pytest.mark.parametrize(("families", "least"), [(12, 0.90), (40, 0.93)])
def test_interval_of_clustered_items_holds_the_truth(families, least) -> None:
    """Families of five items whose difficulty is shared, eight samples each; pooled, they hold it in a third."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(600):
        difficulty = rng.beta(1.0, 1.5, families)  # mean 0.4
        items = np.clip(np.repeat(difficulty, 5) + rng.normal(0, 0.05, families * 5), 0, 1)
        found = mean_share(rng.binomial(8, items) / 8, np.repeat(np.arange(families), 5))
        held += found.low <= 0.4 <= found.high
    assert least <= held / 600 <= 0.985


def test_interval_of_a_rate_holds_the_truth() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(600):
        found = rate(rng.poisson(rng.gamma(2, 0.25, 30) * 4), [4] * 30)  # mean 0.5 a trace
        held += found.low <= 0.5 <= found.high
    assert 0.92 <= held / 600 <= 0.985


def test_share_is_of_all_that_was_exposed() -> None:
    found = share([1, 0, 2, 0, 1, 3], [4, 2, 2, 0, 4, 8])
    assert found is not None
    assert (found.value, found.items) == (7 / 20, 5)
    assert 0 < found.low < 7 / 20 < found.high < 1
    assert share([0, 0], [0, 0]) is None


def test_share_of_single_answers_is_a_share_of_items() -> None:
    kinds = np.array([1, 0, 0, 1, 0, 0, 0, 0, 1, 0])
    single, of_items = share(kinds, np.ones(10)), mean_share(kinds)
    assert single is not None
    assert of_items is not None
    assert (single.low, single.high) == pytest.approx((of_items.low, of_items.high), abs=0.02)


def test_kind_that_never_occurred_may_still() -> None:
    found = share([0] * 8, [3] * 8)
    assert found is not None
    assert (found.value, found.low) == (0, 0)
    assert 0.2 < found.high < 0.4


def test_events_are_some_of_the_exposure() -> None:
    with pytest.raises(ValueError, match="some of"):
        share([2], [1])


def test_interval_of_a_share_holds_the_truth() -> None:
    """Thirty items whose wrong answers, up to eight, are of a kind one time in five, more often in some items."""
    rng = np.random.default_rng(8)
    held = 0
    for _ in range(600):
        exposure = rng.integers(0, 9, 30)
        found = share(rng.binomial(exposure, rng.beta(1, 4, 30)), exposure)
        held += found.low <= 0.2 <= found.high
    assert 0.92 <= held / 600 <= 0.985
