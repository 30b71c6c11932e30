"""Indices of tensors: faults are named, and what makes no sense or is too much has no value."""

import random
from fractions import Fraction

import pytest

from qftapp.verification import tree
from qftapp.verification.conventions import Conventions
from qftapp.verification.evaluation import evaluate
from qftapp.verification.lorentz import Character, IndexFault, Sort, character, free_indices
from qftapp.verification.tree import Call, Constant, Index, Node, Power, Product, Sum
from qftapp.verification.values import UNDEFINED, Scalar, shown
from tests.verification.tensors import (
    GAMMA_5,
    POINT,
    VECTORS,
    K,
    M,
    P,
    Q,
    X,
    dot,
    index,
    number,
    on,
    plus,
    same,
    slash,
    times,
    trace,
)


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
