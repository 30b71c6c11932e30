"""Trees of tensors, four-vectors and γ-matrices, and their values at one point."""

from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.conventions import Conventions
from qftapp.verification.evaluation import evaluate
from qftapp.verification.lorentz import Spacetime, character
from qftapp.verification.tree import Call, Constant, Index, Indexed, Node, Product, Sum, Variable
from qftapp.verification.values import Collection, Value, scalars

VECTORS = frozenset("pqkl")


POINT = {
    "p": (1.5, 0.25, -0.75, 2.0),
    "q": (-0.5, 1.25, 0.5, 0.125),
    "k": (2.0, -1.0, 0.25, 0.75),
    "l": (0.125, 0.5, 3.0, -1.0),
    "x": 0.375,
    "m": 1.25,
}


USUAL = Conventions()


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
