"""The verdict on a response, from extraction to outcome."""

import json

import pytest

from qftapp.verification import Outcome, verify
from tests.verification.builders import code, constant, contract, expression, python, symbol

GOLD_IN_PYTHON = python("import math\n\ndef width(m, g):\n    return g**2 / (16 * math.pi * m)")


def outcome(response, item=None, **options):
    return verify(item or contract(), response, seed=5, **options).outcome


@pytest.mark.parametrize("gold", [expression("g**2/(16*pi*m)"), GOLD_IN_PYTHON])
@pytest.mark.parametrize(
    "response",
    [
        r"\boxed{g^2/(16*pi*m)}",
        "width = (g/4)**2/(m*pi)",
        "width(m, g) = (g/4)**2/(m*pi)",
        code("import math\ndef width(m, g):\n    return g**2/(16*math.pi*m)"),
        code("import numpy as np\ndef width(m, g):\n    return np.float64(g)**2/(16*np.pi*m)"),
        code("from sympy import Rational, pi\ndef width(m, g):\n    return Rational(1, 16)*g**2/pi/m"),
        code("from mpmath import mp\ndef width(m, g):\n    return mp.mpf(g)**2/(16*mp.pi*m)"),
        "def width(m, g):\n    return g**2/(16*3.141592653589793*m)",
    ],
)
def test_equivalent_forms_are_correct(gold, response):
    assert outcome(response, contract(gold=gold)) is Outcome.CORRECT


@pytest.mark.parametrize("gold", [expression("g**2/(16*pi*m)"), GOLD_IN_PYTHON])
@pytest.mark.parametrize(
    "response",
    [
        r"\boxed{g^2/(8*pi*m)}",
        r"\boxed{g/(16*pi*m)}",
        r"\boxed{m^2/(16*pi*g)}",
        r"\boxed{0}",
        r"\boxed{1/0}",
        r"\boxed{(g**2/(16*pi*m), 0)}",
        code("def width(m, g):\n    return g**2/(16*3.1416*m)"),
        code("def width(m, g):\n    raise ValueError"),
        code("def width(m, g):\n    return None"),
        code("def width(m):\n    return m"),
    ],
)
def test_near_misses_and_failures_are_wrong(gold, response):
    assert outcome(response, contract(gold=gold)) is Outcome.WRONG


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("", Outcome.NO_ANSWER),
        ("<think>so m must be", Outcome.NO_ANSWER),
        ("I am not able to find the width.", Outcome.NO_ANSWER),
        (r"\boxed{}", Outcome.NO_ANSWER),
        (r"\boxed{g} \boxed{m}", Outcome.UNREADABLE),
        (r"\boxed{\frac{g^2}{16\pi m}}", Outcome.UNREADABLE),
        (r"\boxed{g**2/(16*pi*M)}", Outcome.UNREADABLE),
        (code("def width(m, g:\n    return g"), Outcome.UNREADABLE),
        (code("class A:\n    def width(m, g):\n        return g"), Outcome.UNREADABLE),
        (code("def decay(m, g):\n    return g**2/(16*3.141592653589793*m)"), Outcome.UNREADABLE),
    ],
)
def test_missing_and_unreadable_answers_are_told_apart_from_wrong_ones(response, expected):
    assert outcome(response) is expected


def test_candidate_that_loops_is_a_timeout():
    response = code("def width(m, g):\n    while True:\n        pass")
    assert outcome(response, deadline_seconds=0.5) is Outcome.TIMEOUT


@pytest.mark.parametrize(
    "gold",
    [
        python("def width(m, g):\n    raise ValueError('no')"),
        python("def width(m, g):\n    return float('nan')"),
        python("def width(m, g):\n    return (m, g)"),
        python("import nothing_of_the_kind\ndef width(m, g):\n    return m"),
        expression("log(0)*m*g"),
    ],
)
def test_gold_without_values_is_a_broken_item_and_never_a_wrong_answer(gold):
    assert outcome(r"\boxed{m}", contract(gold=gold)) is Outcome.BROKEN_ITEM


def test_gold_that_loops_is_a_broken_item():
    gold = python("def width(m, g):\n    while True:\n        pass")
    assert outcome(r"\boxed{m}", contract(gold=gold), deadline_seconds=0.6) is Outcome.BROKEN_ITEM


def test_contract_without_points_is_a_broken_item():
    assert outcome(r"\boxed{m}", contract(assumptions=["m > 2", "m < 1"])) is Outcome.BROKEN_ITEM


def test_points_at_which_gold_is_undefined_are_skipped():
    gold = python("import math\ndef width(m, g):\n    return m * math.sqrt(g)")
    verdict = verify(contract(gold=gold), r"\boxed{m*sqrt(g)}", seed=5)
    assert verdict.outcome is Outcome.CORRECT
    assert all(float(row["arguments"]["g"]) > 0 for row in verdict.evidence["points"])


def test_answer_undefined_where_gold_has_a_value_is_wrong():
    item = contract(gold=expression("m*g"))
    response = code("import math\ndef width(m, g):\n    return m * math.sqrt(g)**2")
    verdict = verify(item, response, seed=5)
    assert verdict.outcome is Outcome.WRONG
    assert "the answer has no value: ValueError: math domain error" in verdict.reason


def test_label_may_be_boxed_or_returned():
    item = constant("scalar", "label", labels=["scalar", "vector"])
    assert outcome(r"\boxed{\text{Scalar}}", item) is Outcome.CORRECT
    assert outcome(code("def width():\n    return 'scalar '"), item) is Outcome.CORRECT
    assert outcome(r"\boxed{vector}", item) is Outcome.WRONG


def test_truth_value_may_be_boxed_or_returned():
    item = constant("True", "boolean")
    assert outcome(r"\boxed{true}", item) is Outcome.CORRECT
    assert outcome(code("def width():\n    return 1"), item) is Outcome.WRONG


def test_exact_expressions_are_told_apart_beyond_machine_precision():
    item = constant("exp(pi*sqrt(163))", tolerance={"kind": "exact"})
    assert outcome(r"\boxed{exp(sqrt(163)*pi)}", item) is Outcome.CORRECT
    assert outcome(r"\boxed{640320**3 + 744}", item) is Outcome.WRONG


def test_difference_that_cancels_exactly_is_recognised_as_zero():
    item = constant("0", "number")
    assert outcome(r"\boxed{sin(1)**2 + cos(1)**2 - 1}", item) is Outcome.CORRECT
    assert outcome(r"\boxed{1e-8}", item) is Outcome.WRONG


def test_four_vector_arrives_as_four_components():
    square = "p[0]**2 - p[1]**2 - p[2]**2 - p[3]**2"
    item = contract(symbols=[symbol("p", "four_vector")], gold=expression(square))
    response = code("import numpy as np\ndef width(p):\n    return p @ np.diag([1, -1, -1, -1]) @ p")
    assert outcome(response, item) is Outcome.CORRECT
    assert outcome(rf"\boxed{{{square}}}", item) is Outcome.CORRECT


def test_integer_symbols_arrive_as_integers():
    item = contract(symbols=[symbol("n", "natural")], gold=expression("factorial(n)"))
    response = code("import math\ndef width(n):\n    return math.factorial(n)")
    assert outcome(response, item) is Outcome.CORRECT


def test_same_seed_gives_the_same_verdict_and_evidence():
    first, second = (verify(contract(), r"\boxed{g}", seed=9) for _ in range(2))
    assert first.reason == second.reason
    assert first.evidence["points"] == second.evidence["points"]


def test_points_are_secret_without_a_seed():
    first, second = (verify(contract(), r"\boxed{g}") for _ in range(2))
    assert first.evidence["points"] != second.evidence["points"]


def test_verdict_carries_json_evidence_of_every_point():
    evidence = verify(contract(), r"\boxed{g^2/(16*pi*m)}", seed=9).evidence
    assert json.loads(json.dumps(evidence)) == evidence
    assert len(evidence["points"]) == 10
    assert sorted(evidence["points"][0]) == ["answer", "arguments", "gold"]


def test_expression_that_takes_too_long_is_a_timeout():
    item = contract(gold=expression("m*g"))
    slow = "+".join(f"elliptic_pi(40 + I*m, {n}/7)" for n in range(1, 300))
    assert outcome(rf"\boxed{{{slow}}}", item, deadline_seconds=0.3) is Outcome.TIMEOUT


def test_blanks_without_end_take_no_time():
    assert outcome(r"\boxed{a" + " " * 900_000 + "b}") is Outcome.UNREADABLE


def test_label_may_contain_an_equals_sign():
    item = constant("theta = 0", "label", labels=["theta = 0", "theta = pi"])
    assert outcome(r"\boxed{theta = 0}", item) is Outcome.CORRECT
    assert outcome(r"\boxed{theta = pi}", item) is Outcome.WRONG


@pytest.mark.parametrize("answer", ["g*Matrix([[1,0],[0,1]])", "-[[g,0],[0,g]]", "[[g,0],[0,g]]/2*2", "True + True"])
def test_arithmetic_that_is_not_understood_is_unreadable_and_not_wrong(answer):
    item = contract(kind="matrix", gold=expression("[[g*m, 0], [0, g]]"))
    assert outcome(rf"\boxed{{{answer}}}", item) is Outcome.UNREADABLE


def test_gold_that_takes_too_long_to_more_figures_makes_no_answer_wrong():
    slow = "+".join(f"polylog(m + {n}/3, 0.9 + 0.2*I)" for n in range(20))
    item = contract(gold=expression(f"g + {slow} + (10**300 + m) - 10**300"))
    verdict = verify(item, code("def width(m, g):\n    return m + g"), seed=5, deadline_seconds=1.5)
    assert verdict.outcome is Outcome.TIMEOUT
    assert "gold to more figures" in verdict.reason


@pytest.mark.parametrize("kind", ["set", "vector"])
def test_gold_of_too_many_elements_in_any_order_is_a_broken_item(kind):
    gold = python("def width(m, g):\n    return [m + n*g for n in range(101)]")
    item = contract(kind=kind, equality="as_set", gold=gold)
    assert outcome(code("def width(m, g):\n    return [m]"), item) is Outcome.BROKEN_ITEM
