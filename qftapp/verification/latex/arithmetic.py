"""Numbers and products of trees, put together as they are read."""

import math
from collections.abc import Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.expressions import EXPONENT_LIMIT
from qftapp.verification.latex import matrices
from qftapp.verification.tree import Node
from qftapp.verification.written import written

_NUMERIC = frozenset((tree.Number, tree.Power))


def is_numeric(node: Node) -> bool:
    """Whether a factor is a number: what follows it in `\\sin 2x` belongs to the argument."""
    match node:
        case tree.Number() | tree.Constant("pi" | "i"):
            return True
        case tree.Product(factors):
            return all(map(is_numeric, factors))
        case tree.Power(base, exponent):
            return is_numeric(base) and is_numeric(exponent)
    return False


def commutator(left: Node, right: Node, *, sign: int) -> Node:
    """Return AB − BA, or with sign +1 the anticommutator AB + BA."""
    return tree.Sum((tree.Product((left, right)), tree.Product((tree.number(sign), right, left))))


def is_infinite(node: Node) -> bool:
    """Whether a tree is ∞ or −∞."""
    match node:
        case tree.Constant("infinity"):
            return True
        case tree.Product((tree.MINUS_ONE, tree.Constant("infinity"))):
            return True
    return False


def interval(opening: str, ends: Sequence[Node], closing: str) -> Node:
    """Return an interval as a tuple that holds its brackets too, and ∞ as a label, which has no value."""
    shown: list[Node] = [tree.Text(written(end)) if is_infinite(end) else end for end in ends]
    return tree.Group("tuple", (tree.Text(opening), *shown, tree.Text(closing)))


def negated(node: Node) -> Node:
    """Return the node times −1."""
    # A zero keeps its sign: as an imaginary part it is a side of a branch cut.
    if isinstance(node, tree.Number) and not node.value:
        return tree.Product((tree.MINUS_ONE, node))
    return product([tree.MINUS_ONE, node])


def product(factors: Sequence[Node]) -> Node:
    """Return the product of the factors, plain numbers as one and matrices multiplied out."""
    if len(factors) == 1 and not isinstance(factors[0], tree.Power):
        return factors[0]
    if len(factors) > 1:
        kinds = set(map(type, factors))
        if tree.Group in kinds:
            return matrices.product(factors)
        if not kinds <= _NUMERIC:
            return tree.Product(tuple(factors))
    values = []
    for factor in factors:
        match factor:
            case tree.Number(number):
                values.append(number)
            case tree.Power(tree.Number(number), tree.Number(exponent)) if (
                number and exponent.denominator == 1 and abs(exponent) <= EXPONENT_LIMIT and number.denominator == 1
            ):
                values.append(number ** int(exponent))
            case _:
                return factors[0] if len(factors) == 1 else tree.Product(tuple(factors))
    return tree.Number(math.prod(values[1:], start=values[0]) if values else Fraction(1))
