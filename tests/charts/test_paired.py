"""Paired differences against published worked examples, and power against the textbook."""

import math

import numpy as np
import pytest

from qftapp.charts.stats.paired import difference, holm, mcnemar
from qftapp.charts.stats.power import deviation, items_needed, power

# Darwin's maize: how much higher, in eighths of an inch, the crossed of two plants grew than the self-fertilised one.
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def test_sign_flips_of_darwins_maize() -> None:
    """Fisher counts 1,726 of the 2¹⁵ flips of signs whose sum is as far from zero (The Design of Experiments, §21)."""
    found = difference(np.zeros(15), np.array(DARWIN) / 100)
    assert found is not None
    assert found.p == pytest.approx(1_726 / 2**15)


def test_interval_is_students() -> None:
    """Fisher's t of the same data is 2.148 on 14 degrees of freedom, and 2.145 the five per cent point."""
    found = difference(np.zeros(15), np.array(DARWIN) / 100)
    assert found is not None
    error = found.value / 2.148
    assert found.low == pytest.approx(found.value - 2.145 * error, abs=5e-4)


def test_drawn_flips_agree_with_students_test() -> None:
    rng = np.random.default_rng(2)
    gains = rng.normal(0.02, 0.1, 100)
    found = difference(np.zeros(100), gains)
    assert found is not None
    t = gains.mean() / (gains.std(ddof=1) / 10)
    assert found.p == pytest.approx(math.erfc(abs(t) / math.sqrt(2)), abs=0.02)
    assert found.p == difference(np.zeros(100), gains).p


def test_no_difference_is_never_significant() -> None:
    found = difference(np.full(30, 0.5), np.full(30, 0.5))
    assert found is not None
    assert (found.value, found.p) == (0, 1)


def test_items_of_one_model_alone_are_left_out() -> None:
    found = difference([0.5, math.nan, 0.25], [1.0, 1.0, math.nan])
    assert found is not None
    assert (found.value, found.items, found.low, found.p) == (0.5, 1, None, None)
    assert difference([math.nan], [1.0]) is None


def test_models_answer_the_same_items() -> None:
    with pytest.raises(ValueError, match="same items"):
        difference([0.5], [0.5, 0.5])


def test_families_count_once() -> None:
    gains = np.repeat([0.2, -0.1, 0.3, 0.1, 0.05, 0.4], 4)
    families = np.repeat(np.arange(6), 4)
    torn, together = difference(np.zeros(24), gains), difference(np.zeros(24), gains, families)
    assert torn is not None
    assert together is not None
    assert torn.p < 0.05 < together.p
    assert together.p == difference(np.zeros(6), gains[::4]).p


def test_sign_flips_keep_their_level() -> None:
    """Models that are alike differ at 5 % in 5 % of the trials."""
    rng = np.random.default_rng(4)
    found = [difference(rng.normal(0.5, 0.1, 12), rng.normal(0.5, 0.1, 12)).p for _ in range(400)]
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.025)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, None, 0.03]) == pytest.approx([0.03, 0.06, None, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([None]) == [None]


def test_mcnemar_is_tosses_of_a_coin() -> None:
    assert mcnemar(2, 9) == pytest.approx(2 * (1 + 11 + 55) / 2**11)
    assert mcnemar(0, 0) == 1


def test_items_needed_are_the_textbooks() -> None:
    """A difference of half a standard deviation is found in 80 % of the trials with 34 pairs, 0.2 with 199."""
    assert items_needed(0.5, 1) == 34
    assert items_needed(0.2, 1) == 199
    assert power(0.5, 1, 34) > 0.8 > power(0.5, 1, 33)


def test_power_meets_a_simulation() -> None:
    rng = np.random.default_rng(6)
    gains = rng.normal(0.05, 0.2, (4_000, 60))
    t = gains.mean(axis=1) / gains.std(axis=1, ddof=1) * math.sqrt(60)
    assert power(0.05, 0.2, 60) == pytest.approx(np.mean(np.abs(t) > 2.001), abs=0.02)


def test_nothing_shows_no_difference() -> None:
    with pytest.raises(ValueError, match="more than"):
        items_needed(0, 1)
    with pytest.raises(ValueError, match="scatter"):
        power(0.1, 0, 10)


def test_deviation_of_few_items_is_unknown() -> None:
    assert deviation([0.5, math.nan], [1, 1]) is None
    assert deviation([0, 0, 0], [0.1, 0.2, 0.3]) == pytest.approx(0.1)


def test_items_that_are_alike_scatter_as_fewer() -> None:
    gains = np.array([0.2, -0.1, 0.3, 0.1, 0.05, 0.4])
    alone, twins = (
        deviation(np.zeros(6), gains),
        deviation(np.zeros(24), np.repeat(gains, 4), np.repeat(np.arange(6), 4)),
    )
    assert twins == pytest.approx(2 * alone)
    assert deviation([0, 0], [1, 0], ["one", "one"]) is None
