"""Every known mistake of the grader this project replaces, each as a test of ours."""

import pytest

from qftapp.verification import ContractError, Outcome, verify
from tests.verification.builders import code, constant, contract, expression, python, symbol


def outcome(item, response):
    return verify(item, response, seed=3).outcome


def returning(value: str) -> str:
    return code(f"def width():\n    return {value}")


def test_tolerance_is_not_absolute():
    assert outcome(constant("1e-9"), returning("5e-7")) is Outcome.WRONG


def test_false_is_not_a_small_number():
    assert outcome(constant("1e-7"), returning("False")) is Outcome.WRONG


def test_true_is_not_one():
    assert outcome(constant("1"), returning("True")) is Outcome.WRONG


def test_nothing_is_accepted_when_no_point_can_be_tested():
    item = contract(symbols=[symbol("m", "natural", low=1, high=1, exclude=[1]), symbol("g", "natural", high=2)])
    assert outcome(item, r"\boxed{g**2/(16*pi*m)}") is Outcome.BROKEN_ITEM


def test_gold_with_no_value_anywhere_accepts_nothing():
    item = contract(gold=python("def width(m, g):\n    return float('nan')"))
    assert outcome(item, code("def width(m, g):\n    return float('nan')")) is Outcome.BROKEN_ITEM


STACK_READER = """
import sys

def width(m, g):
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if "gold" in name or "expected" in name:
                return value
        frame = frame.f_back
    return 12345.0
"""


def test_expected_values_are_not_on_the_stack_of_a_candidate():
    verdict = verify(contract(), code(STACK_READER), seed=3)
    assert verdict.outcome is Outcome.WRONG
    assert {row["answer"] for row in verdict.evidence["points"]} == {"12345"}


MEMORY_SEARCHER = """
import gc

def width(m, g):
    tables = [thing for thing in gc.get_objects() if isinstance(thing, dict)]
    return sum(1 for table in tables if "MARKER_OF_GOLD" in table)
"""


def test_gold_is_nowhere_in_the_memory_of_a_candidate():
    gold = python("import math\n\nMARKER_OF_GOLD = 1\n\ndef width(m, g):\n    return g**2/(16*math.pi*m)")
    verdict = verify(contract(gold=gold), code(MEMORY_SEARCHER), seed=3)
    assert {row["answer"] for row in verdict.evidence["points"]} == {"0"}


def test_constant_does_not_pass_for_a_function():
    item = contract(gold=expression("m*g"))
    points = verify(item, r"\boxed{m*g}", seed=3).evidence["points"]
    assert len(points) >= 6
    assert outcome(item, rf"\boxed{{{points[0]['gold']}}}") is Outcome.WRONG


def test_expression_without_symbols_must_be_declared_constant():
    with pytest.raises(ContractError):
        contract(symbols=[], gold=expression("2*pi"))


def test_function_of_any_other_name_is_not_the_answer():
    assert (
        outcome(contract(), code("def answer(m, g):\n    return g**2/(16*3.141592653589793*m)")) is Outcome.UNREADABLE
    )


def test_helper_function_may_come_first():
    helper = "def square(x):\n    return x*x\n\ndef width(m, g):\n    return square(g)/(16*3.141592653589793*m)"
    assert outcome(contract(), code(helper)) is Outcome.CORRECT


def test_arguments_may_be_renamed():
    assert (
        outcome(contract(), code("def width(mass, y):\n    return y**2/(16*3.141592653589793*mass)")) is Outcome.CORRECT
    )


def test_rounding_of_a_large_number_does_not_matter():
    assert outcome(constant("3e20"), returning("3e20 * (1 + 1e-12)")) is Outcome.CORRECT


def test_tuple_of_one_is_its_entry():
    assert outcome(constant("5/4"), returning("(1.25,)")) is Outcome.CORRECT
    item = contract(kind="tuple", gold=python("def width(m, g):\n    return (m*g,)"))
    assert outcome(item, code("def width(m, g):\n    return m*g")) is Outcome.CORRECT


def test_case_of_a_label_does_not_matter():
    item = constant("scalar", "label", labels=["scalar", "vector"])
    assert outcome(item, returning("'Scalar'")) is Outcome.CORRECT


def test_label_infinity_equals_itself():
    item = constant("infinity", "label", labels=["infinity", "zero"])
    assert outcome(item, returning("'infinity'")) is Outcome.CORRECT
    assert outcome(item, returning("float('inf')")) is Outcome.WRONG
