"""Equations as answers: two are one if they have the same solutions."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.soundness import examine
from tests.verification.builders import code, contract, symbol

SHELL = contract(
    kind="equation",
    symbols=[symbol("E", "positive"), symbol("p", "positive"), symbol("m", "positive")],
    gold={"language": "latex", "source": "E^2=p^2+m^2"},
)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("E^2=p^2+m^2", Outcome.CORRECT),
        ("E^2-p^2-m^2=0", Outcome.CORRECT),
        (r"m^2 = E^2-p^2", Outcome.CORRECT),
        ("2p^2=2E^2-2m^2", Outcome.CORRECT),
        (r"\frac{E^2}{m^2}=1+\frac{p^2}{m^2}", Outcome.CORRECT),
        (r"E=\sqrt{p^2+m^2}", Outcome.CORRECT),
        ("E**2 == p**2 + m**2", Outcome.CORRECT),
        ("E^2=p^2-m^2", Outcome.WRONG),
        ("E^2=p^2+2m^2", Outcome.WRONG),
        ("(E^2-p^2-m^2)(E-2p)=0", Outcome.WRONG),
        ("E=E", Outcome.WRONG),
        ("E^2=p^2+M^2", Outcome.UNREADABLE),
        ("p^2+m^2", Outcome.UNREADABLE),
        ("E=m=p", Outcome.UNREADABLE),
    ],
)
def test_equations_are_compared_by_their_solutions(answer, outcome):
    assert verify(SHELL, rf"\boxed{{{answer}}}", seed=1).outcome is outcome


def test_function_returns_the_difference_of_the_sides():
    right = code("def width(E, p, m):\n    return 3*(E**2 - p**2 - m**2)")
    assert verify(SHELL, right).outcome is Outcome.CORRECT
    assert verify(SHELL, code("def width(E, p, m):\n    return E - p - m")).outcome is Outcome.WRONG


def test_sound_equation_passes_its_examination():
    assert {check.code: check.status for check in examine(SHELL).checks if check.status == "fail"} == {}


def test_expression_is_no_gold_for_an_equation():
    with pytest.raises(ValueError, match="an equation is asked for"):
        contract(kind="equation", gold={"language": "expression", "source": "g + m"})
