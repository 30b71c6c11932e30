"""Equations as answers: two are one if they have the same solutions."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.inference import contract_of
from qftapp.verification.soundness import examine
from qftapp.verification.terms import Kind
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


@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        ("M < 2m", "2m > M", Outcome.CORRECT),
        ("M < 2m", r"M \leq 2m", Outcome.WRONG),
        ("M < 2m", "M < 2.001m", Outcome.WRONG),
        ("M < 2m", "M = 2m", Outcome.WRONG),
        ("x^2 < 9", "x^4 < 81", Outcome.CORRECT),
        (r"x \neq y", r"y \neq x", Outcome.CORRECT),
        (r"x \neq y", r"y \neq 2x", Outcome.WRONG),
    ],
)
def test_inequalities_are_compared_by_border_and_side(gold, answer, outcome):
    assert verify(contract_of(gold), rf"\boxed{{{answer}}}", seed=1).outcome is outcome


def test_equation_that_is_defined_nowhere_is_wrong():
    assert verify(SHELL, r"\boxed{\frac{1}{0} = 1}", seed=1).outcome is Outcome.WRONG
    assert verify(contract_of("M < 2m"), r"\boxed{\frac{M}{0} < m}", seed=1).outcome is not Outcome.CORRECT


def test_answer_beside_gold_tells_an_equation_from_a_name():
    assert contract_of("y = 1 - x", beside="$x + y = 1$").kind is Kind.EQUATION
    assert contract_of("y = 1 - x", beside="$1 - x$").kind is Kind.EXPRESSION
    assert contract_of("x = 1", beside="$1 = x$").kind is not Kind.EQUATION


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        ("3x - y + 13 = 0", "3x + 13 = y", Outcome.CORRECT),
        ("3x - y + 13 = 0", "3x + 4y + 14 = 0", Outcome.WRONG),
        ("x + y - z + 200 = 0", "z^2 = (x + y + 200)^2", Outcome.CORRECT),
        ("x + y - z + 200 = 0", "z = x + 2y + 200", Outcome.WRONG),
    ],
)
def test_solutions_far_from_the_points_are_found_too(gold, answer, outcome, seed):
    contract = contract_of(gold, dict.fromkeys("xyz", "positive"), beside=answer)

    assert verify(contract, rf"\boxed{{{answer}}}", seed=seed).outcome is outcome
