"""The verdict on a response, from extraction to outcome."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.gold import gold_at_points
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
        (r"\boxed{\frac{x^2}{16\pi m}}", Outcome.UNREADABLE),
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


def test_points_without_a_seed_are_those_of_the_process():
    first, second = (verify(contract(), r"\boxed{g}").evidence for _ in range(2))
    assert first["points"] == second["points"]
    other = verify(contract(kind="tuple", gold=expression("(m, g)")), r"\boxed{(m, g)}").evidence
    assert other["seed"] != first["seed"]


def test_points_are_secret_from_other_processes():
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(verify(contract(), r"\boxed{g}").evidence["seed"]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    assert int(os.read(reader, 100)) != verify(contract(), r"\boxed{g}").evidence["seed"]
    os.close(reader)


def test_gold_is_computed_once_for_many_answers():
    item = contract(gold=python("import time\ndef width(m, g):\n    time.sleep(0.03)\n    return m*g"))
    started = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        verdicts = list(threads.map(lambda _: verify(item, r"\boxed{m*g}", seed=11), range(16)))
    assert {verdict.outcome for verdict in verdicts} == {Outcome.CORRECT}
    # Its time is over, but nothing is left to compute.
    assert gold_at_points(item, 11)[0].values(started).status == "ok"


def test_verdict_carries_json_evidence_of_every_point():
    evidence = verify(contract(), r"\boxed{g^2/(16*pi*m)}", seed=9).evidence
    assert json.loads(json.dumps(dict(evidence))) == evidence
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


@pytest.mark.parametrize("answer", ["g*Matrix([[1,0],[0,1]])", "[[g,0]]+1", "True + True"])
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


@pytest.mark.parametrize(
    "body",
    [
        "import cmath\n    return cmath.log(-complex(s))",
        "import cmath\n    return cmath.log(-s - 0j*s) if s < 0 else cmath.log(-(s + 0j))",
        "import numpy as np\n    return np.log(-np.complex128(s))",
        "import numpy as np\n    return np.log(-np.array([s + 0j]))[0]",
        "z = -(s + 0j)\n    return 2*(2*(z**0.5).imag/abs(z**0.5)) * 0.7853981633974483j + __import__('math').log(s)",
        "import math\n    return complex(math.log(s), math.atan2(-0.0, -s))",
    ],
)
def test_python_answer_is_not_wrong_by_the_sign_of_a_zero(body):
    item = contract(symbols=[symbol("s", "positive")], gold=expression("log(-s)"))
    verdict = verify(item, code(f"def width(s):\n    {body}"), seed=5)
    assert verdict.outcome is Outcome.UNREADABLE
    assert "branch cut" in verdict.reason


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("log(-s)", Outcome.CORRECT),
        ("log(s) + I*pi", Outcome.CORRECT),
        ("log(-s + 0*I)", Outcome.CORRECT),
        ("log(-s - 0*I)", Outcome.UNREADABLE),
        ("log(-s - 0j)", Outcome.UNREADABLE),
        ("log(complex(-s, -0.0))", Outcome.UNREADABLE),
        ("log(s - 0*I) - I*pi", Outcome.WRONG),
        ("log(s) - I*pi", Outcome.WRONG),
        ("2*log(-s - 0*I)", Outcome.WRONG),
        ("log(s*exp(I*pi))", Outcome.UNREADABLE),
        ("log(s) - I*pi + 0*gamma(20001)", Outcome.UNREADABLE),
        ("log(s) + 1/0", Outcome.WRONG),
    ],
)
def test_expression_on_a_cut_is_judged_only_where_it_says_on_which_side(answer, expected):
    item = contract(symbols=[symbol("s", "positive")], gold=expression("log(-s)"))
    assert outcome(rf"\boxed{{{answer}}}", item) is expected


def test_sign_of_the_imaginary_part_counts_where_no_zero_has_a_sign():
    item = contract(symbols=[symbol("s", "positive")], gold=expression("log(s) - I*pi"))
    assert outcome(code("import cmath\ndef width(s):\n    return cmath.log(-s)"), item) is Outcome.WRONG
    assert (
        outcome(code("import cmath\ndef width(s):\n    return cmath.log(complex(-s, -0.0))"), item) is Outcome.CORRECT
    )


def test_gold_across_a_cut_is_a_broken_item():
    item = contract(symbols=[symbol("s", "positive")], gold=expression("log(s*exp(I*pi))"))
    verdict = verify(item, r"\boxed{log(s) + I*pi}", seed=5)
    assert verdict.outcome is Outcome.BROKEN_ITEM
    assert "is it on a branch cut?" in verdict.reason


def test_undecided_truth_value_is_not_wrong():
    item = constant("True", "boolean")
    assert outcome(r"\boxed{sqrt(2)**2 >= 2}", item) is Outcome.UNREADABLE


@pytest.mark.parametrize("response", [r"\boxed{tensor}", code("def width():\n    return 'tensor'")])
def test_label_outside_the_list_is_unreadable(response):
    verdict = verify(constant("scalar", "label", labels=["scalar", "vector"]), response, seed=5)
    assert verdict.outcome is Outcome.UNREADABLE
    assert verdict.reason == "“tensor” is not one of the labels scalar, vector"


def test_label_outside_the_list_is_unreadable_in_a_tuple_too():
    item = contract(kind="tuple", labels=["stable", "unstable"], gold=expression("(m*g, 'stable')"))
    assert outcome(r"\boxed{(m*g, 'eternal')}", item) is Outcome.UNREADABLE
    assert outcome(r"\boxed{(m*g, 'unstable')}", item) is Outcome.WRONG


def test_answer_that_runs_out_of_memory_is_not_wrong():
    response = code("def width(m, g):\n    return len(bytearray(1 << 40))")
    verdict = verify(contract(), response, seed=5)
    assert verdict.outcome is Outcome.TIMEOUT
    assert verdict.reason == "needed more memory than allowed (line 2)"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("m*g", "the answer has no value: it returns None (a forgotten `return`?)"),
        ("return float('nan')", "the answer is not a number (nan)"),
        ("return float('inf')", "the answer is infinite"),
        ("return (m, float('inf'))", "the answer is a tuple of 2, gold is a number"),
    ],
)
def test_what_is_no_number_is_named(body, words):
    verdict = verify(contract(), code(f"def width(m, g):\n    {body}"), seed=5)
    assert verdict.outcome is Outcome.WRONG
    assert verdict.reason.endswith(words)


def test_agreement_counts_points_in_english():
    item = contract(symbols=[symbol("n", "natural", high=1)], gold=expression("n + 1"))
    assert verify(item, r"\boxed{n + 1}").reason == "agrees with gold"
    item = contract(symbols=[symbol("n", "natural", high=2)], gold=expression("n + 1"))
    assert verify(item, r"\boxed{n + 1}").reason == "agrees with gold at both points"


def test_other_spelling_of_an_answer_is_judged_as_the_first():
    gold_at_points(contract(), 12)
    first, second, third = (
        verify(contract(), rf"\boxed{{{answer}}}", seed=12)
        for answer in (r"\frac{g^2}{8\pi m}", r"\dfrac{g^{2}}{8 \pi\, m}", r"\frac{g^2}{16\pi m}")
    )
    assert first.reason == second.reason != third.reason
    assert first.evidence["points"] is second.evidence["points"]
    assert second.evidence["answer"]["text"] == r"\dfrac{g^{2}}{8 \pi\, m}"
    assert json.loads(json.dumps(second.to_json()))["evidence"]["points"] == first.evidence["points"]
