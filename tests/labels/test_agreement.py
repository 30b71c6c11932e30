"""Agreement: published worked examples, an independent computation, and what cannot be said."""

from itertools import combinations

import krippendorff
import numpy as np
import pytest

from qftapp.labels import agreement

N = agreement.MISSING


def krippendorff_2011():
    """Four observers, twelve units, five values, with gaps: Krippendorff (2011), section C; α = 0.743."""
    return np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
            [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
        ]
    )


def two_observers_yes_no(both_yes, first_alone, second_alone, both_no):
    first = [1] * (both_yes + first_alone) + [0] * (second_alone + both_no)
    second = [1] * both_yes + [0] * first_alone + [1] * second_alone + [0] * both_no
    return np.array([first, second])


def from_counts(rows):
    """Ratings in which each unit has the given number of judgements of each value."""
    return np.array([[value for value, count in enumerate(row) for _ in range(count)] for row in rows]).T


def alpha_by_pairs(ratings):
    """α from its definition, 1 − D_o/D_e, by explicit pairs of values."""
    units = [[v for v in column if v != N] for column in ratings.T]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    within = sum(2 * sum(a != b for a, b in combinations(unit, 2)) / (len(unit) - 1) for unit in units) / len(values)
    across = 2 * sum(a != b for a, b in combinations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - within / across


def test_alpha_of_krippendorffs_example():
    assert agreement.krippendorff_alpha(krippendorff_2011()) == pytest.approx(0.743, abs=5e-4)


def test_alpha_is_what_its_definition_says():
    random = np.random.default_rng(5)
    for _ in range(20):
        ratings = random.integers(-1, 3, size=(4, 30))
        assert agreement.krippendorff_alpha(ratings) == pytest.approx(alpha_by_pairs(ratings))


def test_alpha_is_what_another_program_says():
    random = np.random.default_rng(6)
    for _ in range(20):
        ratings = random.integers(-1, 4, size=(3, 40))
        data = np.where(ratings == N, np.nan, ratings).astype(float)
        other = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
        assert agreement.krippendorff_alpha(ratings) == pytest.approx(other)


def test_kappa_of_two_readers_of_fifty_proposals():
    # 20 both yes, 5 and 10 one alone, 15 both no: observed 0.7, by chance 0.5, κ = 0.4.
    assert agreement.cohen_kappa(two_observers_yes_no(20, 5, 10, 15)) == pytest.approx(0.4)


def test_fleiss_kappa_of_ten_subjects_and_fourteen_raters():
    rows = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    assert agreement.fleiss_kappa(from_counts(rows)) == pytest.approx(0.210, abs=5e-4)


def test_fleiss_kappa_takes_the_units_judged_equally_often():
    ratings = np.array([[0, 1, 0, 1], [0, 1, 1, 1], [N, N, N, 0]])
    assert agreement.fleiss_kappa(ratings) == agreement.fleiss_kappa(ratings[:2, :3])


@pytest.mark.parametrize("coefficient", [agreement.krippendorff_alpha, agreement.fleiss_kappa])
def test_whole_agreement_is_one_and_one_value_alone_says_nothing(coefficient):
    assert coefficient(np.array([[0, 1, 2], [0, 1, 2]])) == pytest.approx(1)
    assert coefficient(np.array([[1, 1, 1], [1, 1, 1]])) is None
    assert coefficient(np.array([[1, N, 2], [N, 0, N]])) is None


def test_span_f1_is_by_characters():
    assert agreement.span_f1([(0, 10)], [(5, 15)]) == pytest.approx(0.5)
    assert agreement.span_f1([(0, 4), (2, 6)], [(0, 6)]) == pytest.approx(1)
    assert agreement.span_f1([(0, 4)], []) == 0
    assert agreement.span_f1([], []) is None


def test_first_errors_are_compared_by_steps():
    assert agreement.first_error_distance(3, 7) == 4
    assert agreement.first_error_distance(None, None) == 0
    assert agreement.first_error_distance(3, None) is None


def test_interval_covers_the_truth_about_as_often_as_it_says():
    random, hits, trials = np.random.default_rng(1), 0, 60
    # Two people who agree with probability 0.8 on two equally frequent values: κ = 2·0.8 − 1 = 0.6.
    for trial in range(trials):
        first = random.integers(2, size=80)
        ratings = np.array([first, np.where(random.random(80) < 0.8, first, 1 - first)])
        found = agreement.estimate(agreement.cohen_kappa, ratings, np.arange(80), seed=trial)
        hits += found.low <= 0.6 <= found.high
    assert 0.85 <= hits / trials <= 1


def test_interval_is_wider_where_units_come_in_clusters():
    random = np.random.default_rng(2)
    first = np.repeat(random.integers(2, size=20), 10)
    second = np.where(np.repeat(random.random(20) < 0.8, 10), first, 1 - first)
    ratings, traces = np.array([first, second]), np.repeat(np.arange(20), 10)
    alone = agreement.estimate(agreement.cohen_kappa, ratings, np.arange(200))
    together = agreement.estimate(agreement.cohen_kappa, ratings, traces)
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_no_interval_where_there_is_one_cluster():
    found = agreement.estimate(agreement.krippendorff_alpha, krippendorff_2011(), np.zeros(12, dtype=int))
    assert (found.low, found.high, found.units) == (None, None, 12)
    assert found.value == pytest.approx(0.743, abs=5e-4)


def test_interval_is_that_of_coefficients_of_drawn_ratings():
    random = np.random.default_rng(3)
    ratings, clusters = random.integers(-1, 3, size=(3, 120)), np.repeat(np.arange(30), 4)
    found = agreement.estimate(agreement.krippendorff_alpha, ratings, clusters)
    drawn = []
    for _ in range(1_000):
        units = [np.flatnonzero(clusters == each) for each in random.integers(30, size=30)]
        drawn.append(agreement.krippendorff_alpha(ratings[:, np.concatenate(units)]))
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)


def test_mean_has_an_interval_over_clusters():
    found = agreement.estimate_mean([1, 1, 0, 0] * 25, np.arange(100))
    assert (found.value, found.units) == (0.5, 100)
    assert found.low == pytest.approx(0.4, abs=0.03)
    assert found.high == pytest.approx(0.6, abs=0.03)


def test_mean_of_nothing_is_none():
    assert agreement.estimate_mean([], []).value is None


def test_drawing_in_blocks_gives_intervals_of_the_same_width(monkeypatch):
    whole = agreement.estimate_mean([1, 0] * 50, np.arange(100))
    monkeypatch.setattr(agreement, "DRAWN_AT_ONCE", 700)
    blocks = agreement.estimate_mean([1, 0] * 50, np.arange(100))
    assert (blocks.low, blocks.high) == pytest.approx((whole.low, whole.high), abs=0.03)
