"""Integrals over real variables against closed forms, with bounds on their error that hold."""

import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import pytest
from flint import acb, arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qftapp.verification import quadrature, tree
from qftapp.verification.evaluation import TooSlow, evaluate, working_precision
from qftapp.verification.integration import integrals_deep
from qftapp.verification.tree import Call, Constant, Index, Indexed, Integral, Node, Power, Product, Sum, Variable
from qftapp.verification.values import Collection, Scalar, scalars


@pytest.fixture(autouse=True)
def fine_precision() -> Iterator[None]:
    with working_precision(256):
        yield


X, Y, Z, S, A, B = (Variable(name) for name in "xyzsab")
ZERO, ONE, IMAGINARY, PI = tree.ZERO, tree.ONE, Constant("i"), Constant("pi")
INFINITY = Constant("infinity")


def number(value: "int | str") -> Node:
    return tree.Number(Fraction(value))


def times(*factors: Node) -> Node:
    return Product(factors)


def plus(*terms: Node) -> Node:
    return Sum(terms)


def minus(node: Node) -> Node:
    return times(tree.MINUS_ONE, node)


def over(node: Node) -> Node:
    return Power(node, tree.MINUS_ONE)


def power(base: Node, exponent: "int | str") -> Node:
    return Power(base, number(exponent))


def call(name: str, *arguments: Node) -> Node:
    return Call(name, arguments)


def log(node: Node) -> Node:
    return call("log", node)


def integral(integrand: Node, variable: Node = X, low: Node = ZERO, high: Node = ONE) -> Node:
    assert isinstance(variable, Variable)
    return Integral(variable.name, low, high, integrand)


def ball(node: Node, bits: int = 128, **point: float) -> acb:
    value = evaluate(node, point, bits)
    assert isinstance(value, Scalar)
    return value.ball


def agree(left: Node, right: Node, **point: float) -> bool:
    """Whether two trees have one value to the precision that comparisons ask for, less for nested integrals."""
    first, second = ball(left, **point), ball(right, **point)
    assert first.is_finite()
    assert second.is_finite()
    bits = 32 if max(integrals_deep(left), integrals_deep(right)) > 1 else 64
    return bool(abs(first - second) <= abs(second) * arb(2) ** -bits)


REST = plus(ONE, minus(X))
LOOP = times(X, REST)
VACUUM = integral(times(LOOP, log(plus(ONE, minus(times(LOOP, S))))))


def vacuum_polarisation(s: float) -> acb:
    """Return ∫₀¹ x(1−x) log(1 − x(1−x)s) dx in closed form, with log w = log|w| + iπ for w < 0."""
    ratio = 4 / acb(s)
    root = (1 - ratio).sqrt()
    side = acb(0, 1) * acb.pi() if s > 4 else acb(0)
    logarithm = ((1 + root) / (1 - root)).log() + side if s > 4 else ((root + 1) / (root - 1)).log()
    return acb(-5) / 18 - ratio / 6 + (1 + ratio / 2) * root * logarithm / 6


@settings(max_examples=30, deadline=None)
@given(st.floats(-50, 40))
def test_vacuum_polarisation_below_and_above_threshold(s: float) -> None:
    assume(abs(s) > 0.01 and abs(s - 4) > 0.2)
    found = ball(VACUUM, s=s)
    assert abs(found - vacuum_polarisation(s)) < 1e-18


def test_infinitesimal_says_on_which_side_of_the_cut() -> None:
    def shifted(sign: int) -> Node:
        epsilon = times(number(sign), IMAGINARY, tree.INFINITESIMAL)
        return integral(times(LOOP, log(plus(ONE, minus(times(LOOP, S)), epsilon))))

    above, below = ball(shifted(1), s=10.0), ball(shifted(-1), s=10.0)
    assert above.imag > 0.4
    assert abs(above - below.conjugate()) < 1e-25
    assert abs(above - vacuum_polarisation(10.0)) < 1e-25


@pytest.mark.parametrize("bits", [44, 140])
def test_smooth_integrand_takes_few_places(bits: int) -> None:
    places: list[acb] = []
    with working_precision(4 * bits):

        def square(asked: Sequence[acb]) -> list[acb]:
            places.extend(asked)
            return [1 / (1 + place) ** 2 for place in asked]

        total = quadrature.smooth(square, bits)
        assert total.contains(acb(1) / 2)
        assert total.rad() < arb(2) ** (2 - bits)
    assert len(places) <= 2 * bits


@pytest.mark.parametrize(
    "rough",
    [
        lambda place: place.sqrt(),
        lambda place: acb(abs(place - acb(1) / 3)),
        lambda place: 1 / ((place - acb(1) / 3) ** 2 + acb(1) / 10_000),
        lambda place: 1 / (place - acb(1) / 3),
    ],
)
def test_what_is_not_smooth_is_not_taken_for_it(rough: Callable[[acb], acb]) -> None:
    with working_precision(128):
        assert not quadrature.smooth(lambda places: [*map(rough, places)], 44).is_finite()


def test_error_bound_is_proven_at_higher_precision() -> None:
    low, high = ball(VACUUM, s=0.75), ball(VACUUM, 512, s=0.75)
    assert low.overlaps(high)
    assert float(high.rad()) < 1e-75


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (integral(log(LOOP)), number(-2)),
        (integral(power(LOOP, "-1/2")), PI),
        (integral(power(X, "-9/10")), number(10)),
        (integral(times(log(X), over(REST))), times(number("-1/6"), PI, PI)),
        (integral(call("sqrt", plus(X, minus(tree.HALF))), X, tree.HALF, number(2)), power(number("3/2"), "1/2")),
        (integral(call("exp", minus(times(X, X))), X, minus(INFINITY), INFINITY), power(PI, "1/2")),
        (integral(times(power(X, 4), call("exp", minus(X))), X, ZERO, INFINITY), number(24)),
        (integral(over(plus(ONE, times(X, X))), X, minus(INFINITY), ZERO), times(tree.HALF, PI)),
        (integral(over(times(X, power(plus(X, minus(ONE)), "1/2"))), X, ONE, INFINITY), PI),
        (integral(call("abs", plus(X, number("-1/3")))), number("5/18")),
        (integral(call("heaviside", plus(times(X, X), number("-1/2")))), plus(ONE, minus(power(number("1/2"), "1/2")))),
        (integral(call("dilogarithm", X)), plus(times(number("1/6"), PI, PI), tree.MINUS_ONE)),
        (
            integral(log(plus(X, number("-1/2")))),
            plus(tree.MINUS_ONE, minus(log(number(2))), times(tree.HALF, IMAGINARY, PI)),
        ),
        (integral(ONE, X, ONE, ZERO), tree.MINUS_ONE),
    ],
)
def test_singular_and_infinite_integrals(found: Node, expected: Node) -> None:
    assert abs(ball(found) - ball(expected)) < 1e-20


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 9), st.floats(0.1, 9))
def test_feynmans_trick(a: float, b: float) -> None:
    mixed = plus(times(X, A), times(REST, B))
    assert agree(integral(over(times(mixed, mixed))), over(times(A, B)), a=a, b=b)
    cubed = times(number(2), X, power(mixed, -3))
    assert agree(integral(cubed), over(times(A, A, B)), a=a, b=b)


def test_three_propagators_over_a_simplex() -> None:
    mixed = plus(times(X, A), times(Y, B), times(plus(ONE, minus(X), minus(Y)), S))
    inner = integral(times(number(2), power(mixed, -3)), Y, ZERO, plus(ONE, minus(X)))
    assert agree(integral(inner), over(times(A, B, S)), a=0.7, b=1.9, s=3.1)


def test_bubble_of_two_masses_is_the_same_in_either_parameter() -> None:
    delta = plus(times(X, A), times(REST, B), minus(times(LOOP, S)))
    mirrored = plus(times(REST, A), times(X, B), minus(times(LOOP, S)))
    assert agree(integral(log(delta)), integral(log(mirrored)), a=2.0, b=1.2, s=1.0)


LATE = plus(X, number("-9999/10000"))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (call("heaviside", LATE), number("1/10000")),
        (call("floor", plus(X, number("1/10000"))), number("1/10000")),
        (integral(ONE, Z, ZERO, call("heaviside", LATE)), number("1/10000")),
        (integral(call("heaviside", LATE), Z), number("1/10000")),
    ],
)
def test_jumps_near_the_end_of_an_outer_path_are_seen(inside: Node, expected: Node) -> None:
    assert abs(ball(integral(integral(inside, Y))) - ball(expected)) < 1e-9


def test_nested_integrals_with_singular_ends() -> None:
    assert agree(integral(integral(times(X, power(Y, "-1/2")), Y)), ONE)
    massless = integral(integral(log(plus(times(X, Y), times(X, X))), Y))
    assert agree(massless, plus(number("-5/2"), times(number(2), log(number(2)))))


def test_variables_of_nested_integrals_do_not_meet() -> None:
    inner = integral(times(X, X))
    assert agree(integral(times(X, inner)), number("1/6"))
    shadowed = integral(plus(X, integral(times(X, S), X, ZERO, X)))
    assert agree(shadowed, plus(tree.HALF, times(S, number("1/6"))), s=0.8)


def test_self_energy_is_a_matrix_integrated_by_components() -> None:
    slashed = Call("slash", (Variable("p"),))
    node = integral(plus(times(X, slashed), minus(S)))
    value = evaluate(node, {"p": (1.0, 2.0, 3.0, 4.0), "s": 0.5})
    expected = evaluate(plus(times(tree.HALF, slashed), minus(S)), {"p": (1.0, 2.0, 3.0, 4.0), "s": 0.5})
    assert isinstance(value, Collection)
    assert all(abs(one.ball - other.ball) < 1e-20 for one, other in zip(scalars(value), scalars(expected), strict=True))
    component = Indexed(Variable("p"), (Index("mu", False),))
    vector = evaluate(integral(times(X, component)), {"p": (1.0, 2.0, 3.0, 4.0)})
    assert [round(float(scalar.ball.real), 12) for scalar in scalars(vector)] == [0.5, -1.0, -1.5, -2.0]


@pytest.mark.parametrize(
    "node",
    [
        integral(over(X)),
        integral(over(plus(X, number("-3/10")))),
        integral(power(X, "-3/2")),
        integral(call("exp", X), X, ZERO, INFINITY),
        integral(call("sin", X), X, ZERO, INFINITY),
        integral(over(X), X, ONE, INFINITY),
        integral(X, X, ZERO, IMAGINARY),
        integral(X, X, INFINITY, ZERO),
        integral(Constant("nan")),
    ],
)
def test_what_does_not_converge_has_no_value(node: Node) -> None:
    assert not ball(node).is_finite()


def test_many_folds_end() -> None:
    node: Node = over(plus(ONE, X, Y, Z, S, A, B))
    for variable in (X, Y, Z, S, A, B):
        node = integral(node, variable)
    started = time.monotonic()
    with pytest.raises(TooSlow):
        evaluate(node, {}, stop_at=started + 0.05)
    assert time.monotonic() - started < 1.0
