"""Roots of expressions along a symbol: as exact where all places are looked at at once as where they are one by one."""

import math

import pytest

from qftapp.verification import tree
from qftapp.verification.evaluation import USUAL
from qftapp.verification.expressions import parse
from qftapp.verification.roots import HALVINGS, REACH, Root, roots
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.tree import Node

X = Symbol("x", domain=Domain.POSITIVE)


def _roots(node: Node) -> list[Root]:
    return list(roots([X], [{"x": 1.5}], node, USUAL))


def _point_by_point(node: Node) -> Node:
    """Return a tree of the same value that is not computed at all places at once."""
    return tree.Choice(tree.Truth(True), node, tree.ZERO)


@pytest.mark.parametrize(("text", "place"), [("x**2 - 2", math.sqrt(2)), ("log(x)", 1.0), ("cos(x)", math.pi / 2)])
def test_a_root_is_found_to_the_last_halving(text: str, place: float) -> None:
    found = _roots(parse(text, ["x"]))

    assert found[0].point["x"] == pytest.approx(place, abs=1.5 * REACH * 0.5**HALVINGS)


def test_roots_are_the_same_numbers_where_places_are_looked_at_one_by_one() -> None:
    node = parse("x**2 - 3*x + 1", ["x"])

    assert _roots(node) == _roots(_point_by_point(node))
    assert len(_roots(node)) == 2
