"""Expressions are read without being run, and evaluated with error bounds."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qftapp.verification import tree
from qftapp.verification.evaluation import evaluate, evaluator, holds
from qftapp.verification.expressions import ExpressionError, parse
from qftapp.verification.functions import FUNCTIONS
from qftapp.verification.solutions import evaluate_expression
from qftapp.verification.values import Scalar, is_defined, shown

POINT = {"m": 1.5, "g": 2.0, "E": 3.0, "p": (4.0, 1.0, 2.0, 3.0)}


def value(text: str, bits: int = 128) -> str:
    return shown(evaluate(parse(text, POINT, {"p"}), POINT, bits))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m^2", "2.25"),
        ("2*m**2 - g/4", "4"),
        ("-m**2", "-2.25"),
        ("0.1 + 0.2", "0.3"),
        ("1e-3 + 2_000", "2000.001"),
        ("sqrt(-4)", "2 i"),
        ("(-8)**(1/3)", "1 + 1.73205080757 i"),
        ("3 + 2j", "3 + 2 i"),
        ("E", "3"),
        ("I*pi", "3.14159265359 i"),
        ("np.sqrt(2)", "1.41421356237"),
        ("scipy.special.zeta(3)", "1.20205690316"),
        ("Rational(1, 3)", "0.333333333333"),
        ("Li2(1/2)", "0.582240526465"),
        ("polylog(2, m)", "2.37439527027 - 1.27380620492 i"),
        ("besselj(0, m)", "0.511827671736"),
        ("ellipk(1/2)", "1.85407467730"),
        ("spherical_jn(0, -m)", "0.664996657736"),
        ("spherical_jn(1, -m)", "-0.396172970712"),
        ("spherical_yn(0, -m)", "0.0471581344451"),
        ("lgamma(-m)", "0.860047015376"),
        ("loggamma(-m)", "0.860047015376 - 6.28318530718 i"),
        ("binomial(-3, 2)", "6"),
        ("rf(-3, 2)", "6"),
        ("hyp2f1(1, 1, 2, 1/2)", "1.38629436112"),
        ("hyper([1, 1], [2], 1/2)", "1.38629436112"),
        ("cos(pi/2)", "0"),
        ("p[0]**2 - p[1]**2 - p[2]**2 - p[3]**2", "2"),
        ("m if g > 3 else -m", "-1.5"),
        ("(m, 'stable', [1, 2], {3})", "(1.5, stable, [1, 2], {3})"),
        ("Matrix([[m, 0], [0, g]])", "[[1.5, 0], [0, 2]]"),
        ("1 < m <= 1.5 and not g == 3", "True"),
        ("1/0", "undefined"),
        ("log(0)", "undefined"),
        ("zeta(1)", "undefined"),
    ],
)
def test_expression_has_the_value_a_physicist_expects(text, expected):
    found = value(text)
    assert found == expected or math.isclose(float(found), float(expected), rel_tol=1e-11)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the expression is empty"),
        ("2m", "write products with *: “2m” is not Python notation"),
        ("m g", "write products with *: “m g” is not Python notation"),
        ("M + 1", "“M” is not a declared symbol (declared: E, g, m, p)"),
        ("i*m", "“i” is not a declared symbol (declared: E, g, m, p); the imaginary unit is I"),
        ("sin", "the function sin lacks its argument"),
        ("sin(1, 2)", "sin takes 1 argument, not 2"),
        ("m(2)", "“m” is a symbol, not a function: write products with *"),
        ("p", "“p” is a four-vector: use its components p[0] … p[3]"),
        ("p[4]", "p[4]: a four-vector has the components 0 to 3"),
        ("(m", "the brackets do not balance"),
        ("m = 2", "write the value alone, without “=”"),
        ("__import__('os')", "the function “__import__” is not known"),
        ("().__class__", "a dot is not permitted in an expression"),
        ("[x for x in m]", "a ListComp is not permitted in an expression"),
        ("cbrt(m)", "the function “cbrt” is not known"),
        ("m % 2", "the operator Mod is not permitted; use + - * / **"),
        ("1e999", "the number 1e999 is out of range"),
        ("9" * 400, "a number has more than 300 digits"),
        ("(" * 100 + "m" + ")" * 100, "brackets are nested more than 60 deep"),
        ("-" * 200 + "m", "the expression is nested too deeply"),
        ("m+" * 6000 + "m", "the expression is too long: 12001 characters, at most 10000"),
    ],
)
def test_expression_that_cannot_be_read_says_why(text, reason):
    with pytest.raises(ExpressionError) as caught:
        parse(text, POINT, {"p"})
    assert str(caught.value) == reason


def test_latex_is_refused_with_an_example_of_what_to_write():
    with pytest.raises(ExpressionError, match=r"this is LaTeX"):
        parse(r"\frac{g^2}{16\pi m}", POINT)


def test_gamma_of_something_is_the_function_beside_a_symbol_of_that_name():
    found = evaluate(parse("gamma*gamma(v + 1)", ("gamma", "v")), {"gamma": 3.0, "v": 3.0})
    assert shown(found) == "18"


def test_sum_of_a_thousand_terms_is_not_too_deep():
    assert value("+".join(["m"] * 1000)) == "1500"


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"hypergeometric_pfq"}))
def test_function_of_a_collection_is_undefined(name):
    # A collection that reached the function's own code would end the process.
    pair = tree.Group("list", (tree.ONE, tree.ONE))
    assert not is_defined(evaluate(tree.Call(name, (pair,) * FUNCTIONS[name].fewest), {}))


def test_tree_is_evaluated_at_many_points_as_at_each():
    node = parse("exp(m)*log(3) + p[1]/g", POINT, {"p"})
    points = [POINT, {**POINT, "g": 0.5}, {**POINT, "m": -1.0, "p": (0.0, 0.0, 7.0, 0.0)}]
    value_at = evaluator(node)
    assert [shown(value_at(point, math.inf)) for point in points] == [shown(evaluate(node, point)) for point in points]


def test_answer_is_given_up_where_no_value_is_found():
    node, points = parse("zeta(x)", ("x",)), [{"x": 2.0}, {"x": 1e5}, {"x": 3.0}]
    patient, hasty = (evaluate_expression(node, points, 128, gives_up=gives_up) for gives_up in (False, True))
    assert [is_defined(value) for value in patient.values] == [True, False, True]
    assert [is_defined(value) for value in hasty.values] == [True, False, False]


@pytest.mark.parametrize("most", [1, 7, 30, 10_000])
def test_beginning_of_a_large_value_is_shown(most):
    large = evaluate(parse("[[m, g], [1/3, -I*E]]", POINT), POINT)
    assert shown(large) == "[[1.5, 2], [0.333333333333, -3 i]]"
    assert shown(large, most) == shown(large)[:most]


def test_more_bits_narrow_the_error_bound():
    node = parse("exp(1) - 2.718281828", ())
    coarse, fine = (evaluate(node, {}, bits) for bits in (64, 512))
    assert isinstance(coarse, Scalar)
    assert isinstance(fine, Scalar)
    assert fine.ball.real.rad() < coarse.ball.real.rad()
    assert coarse.ball.overlaps(fine.ball)


def test_condition_on_the_edge_of_rounding_is_decided_by_precision():
    assert holds(parse("sqrt(2)**2 - 2 < 1e-30", ()), {})
    assert not holds(parse("sqrt(2)**2 < 2", ()), {})


@given(st.text(max_size=80))
def test_any_text_is_an_expression_or_an_expression_error(text):
    with suppress(ExpressionError):
        evaluate(parse(text, ("m", "g")), {"m": 1.5, "g": 2.0})


pieces = st.text(alphabet="mg0123.+-*/^()[]{},<>=!'jeE \n", max_size=40)


@given(pieces)
def test_any_text_of_mathematical_characters_is_an_expression_or_an_expression_error(text):
    with suppress(ExpressionError):
        evaluate(parse(text, ("m", "g")), {"m": 1.5, "g": 2.0})


@pytest.mark.parametrize(
    "text",
    ["10**10**10**10", "exp(exp(exp(exp(9))))", "gamma(10**300)", "zeta(0.5 + 1e9*I)", "binomial(10**20, 10**19)"],
)
def test_monstrous_numbers_are_undefined_or_finite_but_never_hang(text):
    shown(evaluate(parse(text, ()), {}))
