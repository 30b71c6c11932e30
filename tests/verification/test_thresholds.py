"""Thresholds: answers that differ only between two of them are told apart, whatever the points."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.inference import contract_of

GOLD = contract_of(r"(s-m^2)^2\,\theta(s-4m^2)", {"s": "positive", "m": "positive"})
MODULUS = contract_of(r"|x-y|", {"x": "real", "y": "real"})


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (r"(s-m^2)^2\theta(s-4m^2)", Outcome.CORRECT),
        (r"(m^2-s)^2\theta\left(\frac{s}{m^2}-4\right)", Outcome.CORRECT),
        (r"\begin{cases}(s-m^2)^2&s>4m^2\\0&s<4m^2\end{cases}", Outcome.CORRECT),
        (r"(s-m^2)^2\theta(s-8m^2)", Outcome.WRONG),
        (r"(s-m^2)^2\theta(s-4m)", Outcome.WRONG),
        (r"(s-m^2)^2\theta(s-4.1m^2)", Outcome.WRONG),
        (r"(s-m^2)^2", Outcome.WRONG),
    ],
)
def test_wrong_threshold_is_found_at_any_points(answer, outcome, seed):
    assert verify(GOLD, rf"\boxed{{{answer}}}", seed=seed).outcome is outcome


def test_point_of_a_kink_is_looked_for():
    assert verify(MODULUS, r"\boxed{\max(x,y)-\min(x,y)}").outcome is Outcome.CORRECT
    assert verify(MODULUS, r"\boxed{|x-1.01y|}").outcome is Outcome.WRONG
