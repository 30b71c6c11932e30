"""The ways to prove, one after the other: fractions of polynomials, then SymPy."""

from qftapp.verification import tree
from qftapp.verification.certificate import algebra, quotients
from qftapp.verification.certificate.scalars import NotScalar, Scalars
from qftapp.verification.contract import Contract
from qftapp.verification.tree import Node

BY_FRACTIONS = "over a common denominator their difference is 0"
BY_ALGEBRA = "SymPy simplifies their difference to 0"


def prove(contract: Contract, first: Node, second: Node, seconds: float) -> str:
    """Say how two trees are proven equal wherever both have a value, "" if no proof is found in that time."""
    scalars = Scalars(contract)
    try:
        left, right = scalars.entries(first), scalars.entries(second)
    except (NotScalar, RecursionError):
        return ""
    if _shape(first) != _shape(second):
        return ""
    rest = [pair for pair in zip(left, right, strict=True) if not _are_same_fractions(*pair)]
    if not rest:
        return BY_FRACTIONS
    return BY_ALGEBRA if algebra.are_same(rest, contract, seconds) else ""


def _are_same_fractions(first: Node, second: Node) -> bool:
    try:
        return quotients.are_same(first, second)
    except quotients.Unwieldy:
        return False


def _shape(node: Node) -> tuple[object, ...]:
    """Return how the lists in a tree are nested."""
    return tuple(map(_shape, node.items)) if isinstance(node, tree.Group) else ()
