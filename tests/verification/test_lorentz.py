"""Tensors, four-vectors and γ-matrices: identities that every physicist knows, in every convention."""

import itertools

import pytest
from flint import acb
from hypothesis import given, settings
from hypothesis import strategies as st

from qftapp.verification import tree
from qftapp.verification.conventions import Conventions
from qftapp.verification.evaluation import evaluate
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.tree import Call, Node, Power
from qftapp.verification.values import Collection, Scalar, Value, scalars
from tests.verification.tensors import (
    GAMMA_5,
    IMAGINARY,
    ONE,
    POINT,
    K,
    L,
    M,
    P,
    Q,
    X,
    dot,
    number,
    on,
    plus,
    same,
    shape_of,
    slash,
    times,
    trace,
    value_of,
)

METRICS = ("mostly_minus", "mostly_plus", "euclidean")


REPRESENTATIONS = ("", "clifford", "dirac", "weyl", "majorana")


EVERY = [Conventions(metric=metric, gamma_matrices=gamma) for metric in METRICS for gamma in REPRESENTATIONS]


MINUS_TWO = Conventions(gamma_matrices="clifford_minus")


def minus(node: Node) -> Node:
    return times(tree.MINUS_ONE, node)


UNIT = Power(GAMMA_5, number(0))


@pytest.mark.parametrize("conventions", EVERY)
def test_gammas_anticommute_to_twice_the_metric(conventions: Conventions) -> None:
    anticommutator = plus(times(on("gamma", "^a"), on("gamma", "^b")), times(on("gamma", "^b"), on("gamma", "^a")))
    assert same(anticommutator, times(number(2), on("metric", "^a", "^b"), UNIT), conventions)


@pytest.mark.parametrize("metric", METRICS)
def test_gammas_anticommute_to_minus_twice_the_metric_where_the_contract_says_so(metric: str) -> None:
    conventions = Conventions(metric=metric, gamma_matrices="clifford_minus")
    anticommutator = plus(times(on("gamma", "^a"), on("gamma", "^b")), times(on("gamma", "^b"), on("gamma", "^a")))
    assert same(anticommutator, times(number(-2), on("metric", "^a", "^b"), UNIT), conventions)


@pytest.mark.parametrize("conventions", EVERY)
def test_contracted_gammas(conventions: Conventions) -> None:
    up, down = on("gamma", "^mu"), on("gamma", "_mu")
    a, b, c = slash(P), slash(Q), slash(K)
    assert same(times(up, down), times(number(4), UNIT), conventions)
    assert same(times(up, a, down), times(number(-2), a), conventions)
    assert same(times(up, a, b, down), times(number(4), dot(P, Q), UNIT), conventions)
    assert same(times(up, a, b, c, down), times(number(-2), c, b, a), conventions)


@pytest.mark.parametrize("conventions", EVERY)
def test_slashed_square_is_the_square(conventions: Conventions) -> None:
    assert same(times(slash(P), slash(P)), times(Power(P, number(2)), UNIT), conventions)
    assert same(slash(P), times(on("gamma", "^mu"), on(P, "_mu")), conventions)
    assert same(slash(plus(P, times(X, Q))), plus(slash(P), times(X, slash(Q))), conventions)


@pytest.mark.parametrize("conventions", [*EVERY, MINUS_TWO])
def test_gamma_5_anticommutes_and_is_the_product_of_all(conventions: Conventions) -> None:
    assert same(times(GAMMA_5, slash(P)), minus(times(slash(P), GAMMA_5)), conventions)
    square = minus(UNIT) if conventions.metric == "euclidean" else UNIT
    assert same(times(GAMMA_5, GAMMA_5), square, conventions)


@pytest.mark.parametrize("conventions", EVERY)
def test_traces_of_two_four_and_six_gammas(conventions: Conventions) -> None:
    a, b, c, d = (on("gamma", f"^{name}") for name in "abcd")

    def g(first: str, second: str) -> Node:
        return on("metric", f"^{first}", f"^{second}")

    assert same(Call("trace", (ONE,)), number(4), conventions)
    assert same(trace(a, b), times(number(4), g("a", "b")), conventions)
    assert same(trace(a, b, c), times(number(0), on(P, "^a"), on(P, "^b"), on(P, "^c")), conventions)
    four = plus(
        times(g("a", "b"), g("c", "d")), minus(times(g("a", "c"), g("b", "d"))), times(g("a", "d"), g("b", "c"))
    )
    assert same(trace(a, b, c, d), times(number(4), four), conventions)
    vectors = (P, Q, K, L, P, K)
    assert same(trace(*map(slash, vectors)), times(number(4), _pairings(vectors)), conventions)


def _pairings(vectors: tuple[Node, ...]) -> Node:
    """Return the sum over all ways to pair vectors, with the sign of each."""
    if len(vectors) == 2:
        return dot(*vectors)
    first, *rest = vectors
    terms = [
        times(number((-1) ** n), dot(first, other), _pairings(tuple(rest[:n] + rest[n + 1 :])))
        for n, other in enumerate(rest)
    ]
    return plus(*terms)


@pytest.mark.parametrize("metric", ["mostly_minus", "mostly_plus"])
@pytest.mark.parametrize("gamma", [*REPRESENTATIONS, "clifford_minus"])
def test_trace_with_gamma_5_is_epsilon(metric: str, gamma: str) -> None:
    gammas = [on("gamma", f"^{name}") for name in "abcd"]
    epsilon = on("levi_civita", "^a", "^b", "^c", "^d")
    for sign, code in ((1, "upper_plus"), (-1, "upper_minus"), (-1, "")):
        conventions = Conventions(metric=metric, gamma_matrices=gamma, levi_civita=code)
        assert same(trace(*gammas, GAMMA_5), times(number(-4 * sign), IMAGINARY, epsilon), conventions)
        assert same(trace(slash(P), slash(Q), GAMMA_5), number(0), conventions)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("sign", ["", "upper_plus", "upper_minus"])
def test_contracted_epsilons(metric: str, sign: str) -> None:
    conventions = Conventions(metric=metric, levi_civita=sign)
    determinant = 1 if metric == "euclidean" else -1
    up = on("levi_civita", "^a", "^b", "^c", "^d")
    assert same(times(up, on("levi_civita", "_a", "_b", "_c", "_d")), number(24 * determinant), conventions)
    three = times(up, on("levi_civita", "_e", "_b", "_c", "_d"))
    assert same(three, times(number(6 * determinant), on("metric", "^a", "_e")), conventions)
    two = times(up, on("levi_civita", "_e", "_f", "_c", "_d"))
    pair = plus(
        times(on("metric", "^a", "_e"), on("metric", "^b", "_f")),
        minus(times(on("metric", "^a", "_f"), on("metric", "^b", "_e"))),
    )
    assert same(two, times(number(2 * determinant), pair), conventions)


def test_epsilon_has_its_sign_with_upper_indices() -> None:
    for code, sign in (("", -1), ("upper_minus", -1), ("upper_plus", 1)):
        upper = value_of(on("levi_civita", "^a", "^b", "^c", "^d"), Conventions(levi_civita=code))
        lower = value_of(on("levi_civita", "_a", "_b", "_c", "_d"), Conventions(levi_civita=code))
        assert (component(upper, 0, 1, 2, 3), component(lower, 0, 1, 2, 3)) == (sign, -sign)
        assert component(upper, 1, 0, 2, 3) == -sign


def component(value: Value, *places: int) -> acb:
    for place in places:
        assert isinstance(value, Collection)
        value = value.items[place]
    assert isinstance(value, Scalar)
    return value.ball


@pytest.mark.parametrize("conventions", EVERY)
def test_sigma_is_the_commutator(conventions: Conventions) -> None:
    a, b = on("gamma", "^a"), on("gamma", "_b")
    commutator = times(IMAGINARY, tree.HALF, plus(times(a, b), minus(times(b, a))))
    assert same(on("sigma", "^a", "_b"), commutator, conventions)
    gordon = times(slash(P), on("gamma", "^a"))
    other = plus(times(on(P, "^a"), UNIT), times(IMAGINARY, on("sigma", "^a", "^b"), on(P, "_b")))
    assert same(gordon, other, conventions)


def test_representations_are_those_of_the_conventions() -> None:
    diagonals = {
        "weyl": (GAMMA_5, (-1, -1, 1, 1)),
        "dirac": (on("gamma", "^zero"), (1, 1, -1, -1)),
    }
    for code, (node, expected) in diagonals.items():
        value = value_of(node, Conventions(gamma_matrices=code))
        matrix = value if node == GAMMA_5 else value.items[0]
        assert [component(matrix, n, n) for n in range(4)] == list(expected)
    majorana = value_of(on("gamma", "^mu"), Conventions(gamma_matrices="majorana"))
    assert all(scalar.ball.real == 0 for scalar in scalars(majorana))


def test_components_are_lowered_by_the_metric() -> None:
    for metric, signs in (("mostly_minus", (1, -1, -1, -1)), ("mostly_plus", (-1, 1, 1, 1)), ("euclidean", (1,) * 4)):
        conventions = Conventions(metric=metric)
        lowered = scalars(value_of(on(P, "_mu"), conventions))
        assert [scalar.ball for scalar in lowered] == [s * part for s, part in zip(signs, POINT["p"], strict=True)]
        square = sum(s * part**2 for s, part in zip(signs, POINT["p"], strict=True))
        assert value_of(Power(P, number(2)), conventions) == Scalar(acb(square))
        assert same(times(on("metric", "_mu", "_nu"), on(P, "^nu")), on(P, "_mu"), conventions)
        assert same(on("metric", "^mu", "_mu"), number(4), conventions)


def test_components_come_in_the_alphabetical_order_of_the_indices() -> None:
    value = value_of(times(on(Q, "^b"), on(P, "^a")))
    assert component(value, 1, 3) == POINT["p"][1] * POINT["q"][3]
    matrix = value_of(times(on(P, "^b"), on("gamma", "^a"), slash(Q)))
    assert shape_of(matrix) == (4, 4, 4, 4)
    assert shape_of(value_of(plus(P, minus(Q)))) == (4,)


def test_dot_products_stand_in_ordinary_functions() -> None:
    wave = Call("exp", (times(tree.MINUS_ONE, IMAGINARY, dot(P, Q)),))
    indexed = Call("exp", (times(tree.MINUS_ONE, IMAGINARY, on(P, "_mu"), on(Q, "^mu")),))
    assert same(wave, indexed)
    propagator = Power(plus(Power(P, number(2)), minus(Power(M, number(2)))), tree.MINUS_ONE)
    shown = times(plus(slash(P), times(M, UNIT)), propagator)
    assert same(Power(plus(slash(P), minus(M)), tree.MINUS_ONE), shown)


def test_exponential_of_gamma_5() -> None:
    chiral = Call("exp", (times(IMAGINARY, X, GAMMA_5),))
    assert same(chiral, plus(Call("cos", (X,)), times(IMAGINARY, Call("sin", (X,)), GAMMA_5)))


def test_greek_summation_reaches_into_sums() -> None:
    bracket = plus(
        on("metric", "^mu", "^nu"), minus(times(on(P, "^mu"), on(P, "^nu"), Power(Power(P, number(2)), tree.MINUS_ONE)))
    )
    assert same(times(on(P, "_mu"), bracket), times(number(0), on(Q, "^nu")))


momenta = st.tuples(*[st.integers(-9, 9).map(float)] * 4)


@settings(max_examples=20, deadline=None)
@given(st.lists(momenta, min_size=4, max_size=4), st.sampled_from(EVERY))
def test_chisholm_and_the_trace_of_four_hold_for_any_vectors(
    vectors: list[tuple[float, ...]], conventions: Conventions
) -> None:
    point = dict(zip("pqkl", vectors, strict=True))
    spacetime = Spacetime.of(conventions)
    found = evaluate(trace(*map(slash, (P, Q, K, L))), point, spacetime=spacetime)
    assert found == evaluate(times(number(4), _pairings((P, Q, K, L))), point, spacetime=spacetime)


@settings(max_examples=20, deadline=None)
@given(st.permutations("abcd"))
def test_epsilon_is_antisymmetric(names: list[str]) -> None:
    sign = (-1) ** sum(first > second for first, second in itertools.combinations(names, 2))
    permuted = on("levi_civita", *(f"^{name}" for name in names))
    assert same(permuted, times(number(sign), on("levi_civita", "^a", "^b", "^c", "^d")))
