"""Tensors, four-vectors and γ-matrices: identities that every physicist knows, in every convention."""

import itertools
import random
from fractions import Fraction

import pytest
from flint import acb
from hypothesis import given, settings
from hypothesis import strategies as st

from qftapp.verification import tree
from qftapp.verification.conventions import Conventions
from qftapp.verification.evaluation import evaluate
from qftapp.verification.lorentz import Character, IndexFault, Sort, Spacetime, character, free_indices
from qftapp.verification.tree import Call, Constant, Index, Indexed, Node, Power, Product, Sum, Variable
from qftapp.verification.values import UNDEFINED, Collection, Scalar, Value, scalars, shown

VECTORS = frozenset("pqkl")
POINT = {
    "p": (1.5, 0.25, -0.75, 2.0),
    "q": (-0.5, 1.25, 0.5, 0.125),
    "k": (2.0, -1.0, 0.25, 0.75),
    "l": (0.125, 0.5, 3.0, -1.0),
    "x": 0.375,
    "m": 1.25,
}
METRICS = ("mostly_minus", "mostly_plus", "euclidean")
REPRESENTATIONS = ("", "clifford", "dirac", "weyl", "majorana")
EVERY = [Conventions(metric=metric, gamma_matrices=gamma) for metric in METRICS for gamma in REPRESENTATIONS]
USUAL = Conventions()
MINUS_TWO = Conventions(gamma_matrices="clifford_minus")
P, Q, K, L, X, M = (Variable(name) for name in "pqklxm")
ONE, IMAGINARY, GAMMA_5 = tree.ONE, Constant("i"), Constant("gamma_5")


def number(value: int) -> Node:
    return tree.Number(Fraction(value))


def index(text: str) -> Index:
    """ "^mu" is upper, "_mu" lower."""
    return Index(text[1:], text[0] == "^")


def on(tensor: Node | str, *indices: str) -> Node:
    named = Constant(tensor) if isinstance(tensor, str) else tensor
    return Indexed(named, tuple(map(index, indices)))


def times(*factors: Node) -> Node:
    return Product(factors)


def plus(*terms: Node) -> Node:
    return Sum(terms)


def minus(node: Node) -> Node:
    return times(tree.MINUS_ONE, node)


def slash(vector: Node) -> Node:
    return Call("slash", (vector,))


def dot(left: Node, right: Node) -> Node:
    return Call("dot", (left, right))


def trace(*factors: Node) -> Node:
    return Call("trace", (Product(factors),))


def value_of(node: Node, conventions: Conventions = USUAL) -> Value:
    character(node, VECTORS, is_euclidean=conventions.metric == "euclidean")
    return evaluate(node, POINT, spacetime=Spacetime.of(conventions))


def shape_of(value: Value) -> tuple[int, ...]:
    return (len(value.items), *shape_of(value.items[0])) if isinstance(value, Collection) else ()


def same(left: Node, right: Node, conventions: Conventions = USUAL) -> bool:
    """Whether two trees have the same components, all of them; a number is that number times the unit matrix."""
    first, second = value_of(left, conventions), value_of(right, conventions)
    if shape_of(first) != shape_of(second):
        return False
    pairs = list(zip(scalars(first), scalars(second), strict=True))
    assert all(scalar.is_finite for pair in pairs for scalar in pair)
    return all(abs(one.ball - other.ball) < 1e-25 for one, other in pairs)


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


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (plus(on(P, "^mu"), on(P, "^nu")), "the terms of a sum have different free indices, “^mu” and “^nu”"),
        (plus(on(P, "^mu"), on(P, "_mu")), "the terms of a sum have different free indices, “^mu” and “_mu”"),
        (times(on(P, "^mu"), on(Q, "_mu"), on(K, "^mu")), "the index “mu” occurs 3 times in one product"),
        (
            times(on(P, "^mu"), on(Q, "^mu")),
            "the index “mu” occurs twice as an upper one; a sum needs one of each height",
        ),
        (
            times(on(P, "_mu"), on(Q, "_mu")),
            "the index “mu” occurs twice as a lower one; a sum needs one of each height",
        ),
        (on(X, "^mu"), "the index “mu” stands on “x”, which is no four-vector"),
        (on(P, "^mu", "^nu"), "the four-vector “p” has 1 index, here it has 2"),
        (on("metric", "^mu"), "the metric has 2 indices, here it has 1"),
        (Constant("gamma"), "γ stands without its indices"),
        (Call("exp", (P,)), "“p” is a four-vector, but an exponent must be a number"),
        (Call("log", (slash(P),)), "“slash(p)” is a matrix, but an argument of log must be a number"),
        (Call("sin", (on(P, "^mu"),)), "“p^mu” has the free index “mu”, but an argument of sin must be a number"),
        (Call("slash", (X,)), "“x” is no four-vector, but what is slashed must be one"),
        (dot(P, on(Q, "^mu")), "“q^mu” is no four-vector, but a factor of a dot product must be one"),
        (plus(P, M), "“p” is a four-vector and is added to what is none"),
        (times(P, Q), "the four-vectors “p” and “q” stand side by side: give them indices or a dot between them"),
        (times(P, slash(Q)), "the four-vector “p” stands without an index beside a matrix or tensor"),
        (Power(P, number(3)), "a power of the four-vector “p” other than an even one"),
        (Power(slash(P), X), "a power of the matrix “slash(p)” other than a whole one"),
        (Power(on(P, "^mu"), number(2)), "a power of “p^mu”, which has the free index “mu”"),
        (
            times(*(on(P, f"^{name}") for name in "abcde")),
            "the expression has 5 free indices, at most 4 can be compared",
        ),
    ],
)
def test_faults_are_named(node: Node, words: str) -> None:
    with pytest.raises(IndexFault) as raised:
        character(node, VECTORS)
    assert str(raised.value) == words


def test_nested_exponentials_are_judged_once() -> None:
    node: Node = X
    for _ in range(200):
        node = Call("exp", (node,))
    assert character(node, VECTORS) == Character(Sort.SCALAR)


def test_character_names_sort_and_free_indices() -> None:
    assert character(plus(slash(P), M), VECTORS) == Character(Sort.MATRIX)
    assert character(plus(P, times(X, Q)), VECTORS) == Character(Sort.VECTOR)
    assert character(trace(slash(P), slash(Q)), VECTORS) == Character(Sort.SCALAR)
    mixed = times(on(P, "_nu"), on("gamma", "^mu"))
    assert character(mixed, VECTORS) == Character(Sort.MATRIX, (index("^mu"), index("_nu")))


def test_heights_mean_nothing_in_the_euclidean_metric() -> None:
    node = times(on(P, "_mu"), on(Q, "_mu"), on(K, "_nu"))
    assert free_indices(node, VECTORS, is_euclidean=True) == (index("^nu"),)
    assert same(node, times(dot(P, Q), on(K, "^nu")), Conventions(metric="euclidean"))


@pytest.mark.parametrize(
    "node",
    [
        plus(P, M),
        times(P, Q),
        times(on(P, "^mu"), on(Q, "^mu")),
        plus(on(P, "^mu"), on(P, "^nu")),
        Call("log", (slash(P),)),
        Power(P, tree.HALF),
        Power(X, slash(P)),
        Constant("metric"),
        tree.Choice(tree.Comparison(("<",), (P, M)), X, M),
    ],
)
def test_what_makes_no_sense_has_no_value(node: Node) -> None:
    value = evaluate(node, POINT)
    assert isinstance(value, Scalar)
    assert not value.is_finite


def test_too_many_components_are_not_computed() -> None:
    source = random.Random(1)
    factors = [on(source.choice((P, Q, K)), f"^a{n}") for n in range(40)]
    value = evaluate(times(*factors), POINT)
    assert value != UNDEFINED
    assert isinstance(value, Scalar)
    assert not value.is_finite


def test_numbered_indices_name_components():
    p = tree.Variable("p")
    point = {"p": (5.0, 1.0, 2.0, 3.0)}
    upper, lower = (tree.Indexed(p, (Index("3", is_upper),)) for is_upper in (True, False))
    assert shown(evaluate(upper, point)) == "3"
    assert shown(evaluate(lower, point)) == "-3"
    gamma = [tree.Indexed(tree.Constant("gamma"), (Index(str(n), is_upper=True),)) for n in range(4)]
    gamma_5 = tree.Product((tree.Constant("i"), *gamma))
    assert shown(evaluate(gamma_5, {})) == shown(evaluate(tree.Constant("gamma_5"), {}))
    assert character(gamma_5, ()).indices == ()


def test_scalar_part_tells_multiples_of_the_unit_matrix_from_other_matrices():
    multiple = Product((tree.Number(Fraction(3)), Constant("unit_matrix")))
    assert shown(evaluate(Call("scalar_part", (multiple,)), POINT)) == "3"
    other = Sum((multiple, Call("slash", (P,))))
    assert shown(evaluate(Call("scalar_part", (other,)), POINT)) != "3"
    assert shown(evaluate(Call("scalar_part", (Product((GAMMA_5, GAMMA_5)),)), POINT)) == "1"
    assert shown(evaluate(Call("scalar_part", (GAMMA_5,)), POINT)) not in ("0", "1")
