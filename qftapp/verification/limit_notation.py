r"""Limits and endless sums, which are kept as values on the way, as they are written: \lim_{x \to 0^{+}}."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.tree import Node

NEAR = Fraction(1, 10**60)
_LETTERS = ("x", "y", "t", "u", "v", "w")
SHOWN = 3
"""Terms of an endless sum that are written before the dots."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A term in a variable that goes to a target from one side, "+" or "-", or "" for both or infinity."""

    variable: str
    target: Node
    side: str
    term: Node


def limit(values: Sequence[Node]) -> Limit | None:
    """Return the limit of which these are the values on the way, nothing where they are something else."""
    steps = {node.value for node in tree.walk(values[0]) if isinstance(node, tree.Number) and _is_step(node)}
    if len(steps) != 1:
        return None
    (step,) = steps
    variable = next((name for name in _LETTERS if name not in tree.variables(values[0])), "z")
    targets = set(_targets(values[0], step))
    target: Node = targets.pop() if len(targets) == 1 else tree.ZERO
    if abs(step) > 1:
        infinity = tree.Constant("infinity")
        target = infinity if step > 0 else tree.Product((tree.MINUS_ONE, infinity))
    side = "" if abs(step) > 1 or len(values) > 2 else "+" if step > 0 else "-"
    return Limit(variable, target, side, _with_variable(values[0], step, target, tree.Variable(variable)))


def _is_step(node: tree.Number) -> bool:
    return abs(node.value) in (NEAR, 1 / NEAR)


def _targets(node: Node, step: Fraction) -> Iterator[Node]:
    """Yield a for each a + step, 0 for each step alone."""
    match node:
        case tree.Sum((target, tree.Number(value))) if value == step:
            yield target
        case tree.Number(value) if value == step:
            yield tree.ZERO
        case _:
            for part in tree.children(node):
                yield from _targets(part, step)


def _with_variable(node: Node, step: Fraction, target: Node, variable: Node) -> Node:
    match node:
        case tree.Sum((first, tree.Number(value))) if value == step and first == target:
            return variable
        case tree.Number(value) if value == step:
            return variable
    parts = tuple(_with_variable(part, step, target, variable) for part in tree.children(node))
    return tree.rebuilt(node, parts)


def endless(values: Sequence[Node]) -> tuple[tuple[Node, ...], bool] | None:
    """Return the first terms of an endless sum, or the first factors of a product, and whether it is a product."""
    match values[0]:
        case tree.Sum(parts) | tree.Product(parts) if len(parts) > 2 * SHOWN:
            return parts[:SHOWN], isinstance(values[0], tree.Product)
    return None
