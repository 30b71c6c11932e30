"""An error in a small term of gold does not hide behind a large one."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.answers import read_gold
from qftapp.verification.gold import gold_at_points
from qftapp.verification.inference import contract_of
from qftapp.verification.shares import telling_points

SEEDS = range(12)


def outcomes(gold: str, answer: str) -> set[Outcome]:
    contract = contract_of(gold, beside=rf"\boxed{{{answer}}}")
    return {verify(contract, rf"\boxed{{{answer}}}", seed=seed, with_diagnosis=False).outcome for seed in SEEDS}


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("256 x + 10000 y", "255.999 x + 10000 y"),
        (r"\frac{x}{3} + 1000 y^2", "0.3333 x + 1000 y^2"),
        (r"\frac{256 x^2 + 3000 y^3}{z}", r"\frac{255.999 x^2 + 3000 y^3}{z}"),
        (r"\ln(5 x + 400 y)", r"\ln(4.999 x + 400 y)"),
    ],
)
def test_error_beyond_the_tolerance_in_a_small_term_is_refused_at_every_seed(gold, answer):
    assert outcomes(gold, answer) == {Outcome.WRONG}


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("256 x + 10000 y", "255.9999 x + 10000 y"),
        (r"\frac{x}{3} + 1000 y^2", "0.33333333 x + 1000 y^2"),
        (r"x - y", "1.0000001 x - 1.0000001 y"),
        ("x + 1", "1 + 1.0000002 x"),
    ],
)
def test_error_within_the_tolerance_in_every_term_is_accepted_at_every_seed(gold, answer):
    assert outcomes(gold, answer) == {Outcome.CORRECT}


def test_each_term_has_a_point_where_it_outweighs_the_others():
    contract = contract_of("x + 20 y")
    gold, _ = gold_at_points(contract, 1)
    points = telling_points(contract, read_gold(contract), gold.points, seconds=5)
    assert [point["x"] > 20 * point["y"] for point in points] == [True, False]
