r"""Products of derivatives: of two gradients, and squares such as (\partial_\mu\phi)^2."""

from qftapp.verification import tree
from qftapp.verification.tree import Derivative, Index, Node


def dotted(left: Node, right: Node) -> Node:
    """Return the scalar product of two gradients."""
    pairs = tuple(zip(tree.children(left), tree.children(right), strict=True))
    return tree.Sum(tuple(map(tree.Product, pairs))) if len(pairs) > 1 else tree.Product(pairs[0])


def squared(base: Node, exponent: Node) -> Node | None:
    """Return (∂_μφ)² as ∂_μφ ∂^μφ and |∂_μφ|² as (∂_μφ)*∂^μφ; nothing where there is no index of a derivative."""
    if exponent != tree.TWO:
        return None
    match base:
        case tree.Call("abs", (inner,)):
            left: Node = tree.Call("conjugate", (inner,))
        case _:
            left = inner = base
    if Derivative not in map(type, tree.walk(inner)) or not _free(inner):
        return None
    return tree.Product((left, _flipped(inner)))


def _free(node: Node) -> set[str]:
    """Return the names of the indices over which nothing is summed."""
    match node:
        case tree.Sum((first, *_)):
            return _free(first)
        case tree.Call("abs" | "trace" | "dot", _):
            return set()
    found = [index.name for index in tree.indices(node)]
    found += [name for part in tree.children(node) for name in _free(part)]
    return {name for name in found if found.count(name) == 1 and not name.isdigit()}


def _flipped(node: Node) -> Node:
    """Return a tree with every index at the other height."""
    changed = tree.rebuilt(node, tuple(map(_flipped, tree.children(node))))
    match changed:
        case Derivative(body, by, Index() as index) if tree.indices(changed):
            return Derivative(body, by, _other_height(index))
        case tree.Indexed(tensor, indices):
            return tree.Indexed(tensor, tuple(map(_other_height, indices)))
    return changed


def _other_height(index: Index) -> Index:
    return Index(index.name, index.is_upper if index.is_number else not index.is_upper)
