"""A proof that gold and second solution are one function: exact, sought for a short time, and never a refusal."""

import time

import pytest

from qftapp.verification import tree
from qftapp.verification.certificate import algebra, prove, quotients
from qftapp.verification.certificate.proof import BY_ALGEBRA, BY_FRACTIONS
from qftapp.verification.soundness import examine
from qftapp.verification.sources import read_expression
from tests.verification.builders import contract, expression, python, symbol

SYMBOLS = [
    symbol("m", "positive"),
    symbol("g", "real"),
    symbol("s", "complex"),
    symbol("n", "natural"),
    symbol("p", "four_vector"),
    symbol("q", "four_vector"),
]
ENOUGH_SECONDS = 30.0
"""For what SymPy does within a second on a machine with nothing else to do."""


def proof(first: str, second: str, seconds: float = ENOUGH_SECONDS, **changes) -> str:
    item = contract(**{"symbols": SYMBOLS, "gold": expression("m*g*s*n"), **changes})
    return prove(item, read_expression(first, item), read_expression(second, item), seconds)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("g**2/(16*pi*m)", "(g/4)**2/(pi*m)"),
        ("1/(m + I*g)", "(m - I*g)/(m**2 + g**2)"),
        ("sqrt(m + g)**3", "(g + m)*sqrt(m + g)"),
        ("m**(2/3)*m**(1/3)", "m"),
        ("sqrt(2)/2", "1/sqrt(2)"),
        ("log(m/g)**2", "log((m + m*g)/(g*(1 + g)))**2"),
        ("[m + g, [1/m]]", "[g + m, [m**(-1)]]"),
    ],
)
def test_rational_identity_is_proven_exactly(first, second):
    assert proof(first, second, seconds=0.0) == BY_FRACTIONS


def test_product_of_four_vectors_is_proven_by_components():
    p, q = tree.Variable("p"), tree.Variable("q")
    square = tree.Power(tree.Sum((p, q)), tree.number(2))
    twice = tree.Product((tree.number(2), tree.Call("dot", (p, q))))
    expanded = tree.Sum((tree.Call("dot", (p, p)), tree.Power(q, tree.number(2)), twice))
    assert prove(contract(symbols=SYMBOLS), square, expanded, 0.0) == BY_FRACTIONS


@pytest.mark.parametrize(("metric", "how"), [("mostly_plus", BY_FRACTIONS), ("mostly_minus", "")])
def test_metric_of_the_contract_decides_what_a_product_of_four_vectors_is(metric, how):
    item = contract(symbols=SYMBOLS, conventions={"metric": metric})
    product = tree.Call("dot", (tree.Variable("p"), tree.Variable("q")))
    components = read_expression("p[1]*q[1] + p[2]*q[2] + p[3]*q[3] - p[0]*q[0]", item)
    assert prove(item, product, components, 0.0) == how


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("sin(g)**2", "1 - cos(g)**2"),
        ("log(m*n)", "log(m) + log(n)"),
        ("sqrt(m**2*g**2)", "m*abs(g)"),
        ("tanh(g/2)", "(exp(g) - 1)/(exp(g) + 1)"),
        ("gamma(m + 1)", "m*gamma(m)"),
        ("cos(pi*n)", "(-1)**n"),
    ],
)
def test_other_identity_is_proven_with_what_the_domains_allow(first, second):
    assert proof(first, second) == BY_ALGEBRA


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("g**2/(16*pi*m)", "g**2/(16*pi*m) + m/10**30"),
        ("sqrt(g**2)", "g"),
        ("sqrt(s**2)", "s"),
        ("log(s*g)", "log(s) + log(g)"),
        ("(s**2)**(1/3)", "s**(2/3)"),
        ("m*abs(g)", "m*g"),
        ("I**2", "1"),
    ],
)
def test_what_is_not_equal_on_the_whole_domain_is_not_proven(first, second):
    assert proof(first, second) == ""


def test_what_is_true_but_beyond_simplifying_is_not_proven():
    assert proof("polylog(2, -m) + polylog(2, -1/m)", "-pi**2/6 - log(m)**2/2") == ""


def test_what_is_no_number_is_not_tried():
    item = contract(symbols=[symbol("m", "positive")], gold=expression("m"))
    integral = tree.Integral("x", tree.ZERO, tree.ONE, tree.Variable("m"))
    assert prove(item, integral, integral, ENOUGH_SECONDS) == ""


def test_polynomials_too_large_are_given_up_at_once():
    item = contract(symbols=SYMBOLS)
    node = read_expression("(m + g + s + n + 1)**100*(m - g)**150", item)
    started = time.monotonic()
    with pytest.raises(quotients.Unwieldy):
        quotients.are_same(node, tree.ONE)
    assert time.monotonic() - started < 1


def test_simplifying_without_end_is_killed_on_time():
    item = contract(symbols=SYMBOLS)
    pair = tuple(read_expression(text, item) for text in ("(m + g + s + n)**200", "(m + g)**200"))
    started = time.monotonic()
    assert algebra.are_same([pair], item, 1.5) is False
    assert time.monotonic() - started < 3


def message(gold, second: str, **changes) -> str:
    checks = {check.code: check for check in examine(contract(gold=gold, **changes), second_solution=second).checks}
    assert checks["second_solution"].status == "pass"
    return checks["second_solution"].message


def test_check_says_that_the_second_solution_is_proven_to_agree():
    assert message(expression("g**2/(16*pi*m)"), "(g/4)**2/(pi*m)") == (
        f"Both agree at 10 points, and provably: {BY_FRACTIONS}."
    )


def test_straight_line_python_is_proven_too():
    gold = python("import numpy as np\ndef width(m, g):\n    a = g**2\n    return a/(16*np.pi*m)")
    second = "from math import pi\ndef width(m, g):\n    return (g/4)**2/pi/m"
    assert message(gold, second) == f"Both agree at 10 points, and provably: {BY_FRACTIONS}."


def test_python_that_has_to_run_is_only_compared():
    second = "def width(m, g):\n    for _ in range(1):\n        return g**2/(16*3.141592653589793*m)"
    assert message(expression("g**2/(16*pi*m)"), second) == "Both agree at 10 points."
