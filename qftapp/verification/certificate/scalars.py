"""Trees of numbers alone: products of four-vectors by components, lists entry by entry."""

from collections.abc import Callable

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.sources import vectors_of
from qftapp.verification.tree import Node

_Components = tuple[Node, ...]


class NotScalar(Exception):
    """Something in a tree that is no number: a tensor, an integral, a condition, a unit."""


class Scalars:
    """Writes the trees of a contract as trees of numbers, symbols, sums, products, powers and calls alone."""

    def __init__(self, contract: Contract) -> None:
        self.vectors = vectors_of(contract)
        self.signature = Spacetime.of(contract.conventions).signature

    def entries(self, node: Node) -> list[Node]:
        """Return the numbers in a tree: one, or those of a list, matrix or tuple. Raises NotScalar."""
        if isinstance(node, tree.Group) and node.form != "set":
            return [entry for item in node.items for entry in self.entries(item)]
        return [self.scalar(node)]

    def scalar(self, node: Node) -> Node:
        """Return a tree that is a number. Raises NotScalar."""
        match node:
            case tree.Number() | tree.Constant("pi" | "e" | "i" | "euler_gamma" | "catalan" | "golden_ratio"):
                return node
            case tree.Variable(name, index) if (name in self.vectors) == (index is not None):
                return node
            case tree.Power(base, tree.Number(two)) if two == 2 and (parts := self._components(base)):
                return self._dot(parts, parts)
            case tree.Call("dot", (left, right)):
                return self._dot(self._vector(left), self._vector(right))
            case tree.Indexed(vector, (index,)) if index.is_number:
                component = self._vector(vector)[int(index.name)]
                return component if index.is_upper else self._signed(int(index.name), component)
            case tree.Sum() | tree.Product() | tree.Power() | tree.Call():
                return tree.rebuilt(node, tuple(map(self.scalar, tree.children(node))))
        raise NotScalar

    def _dot(self, left: _Components, right: _Components) -> Node:
        pairs = enumerate(zip(left, right, strict=True))
        return tree.Sum(tuple(self._signed(place, tree.Product(pair)) for place, pair in pairs))

    def _signed(self, place: int, node: Node) -> Node:
        return node if self.signature[place] > 0 else tree.Product((tree.MINUS_ONE, node))

    def _vector(self, node: Node) -> _Components:
        parts = self._components(node)
        if parts is None:
            raise NotScalar
        return parts

    def _components(self, node: Node) -> _Components | None:
        """Return the contravariant components of a four-vector, None of what is none. Raises NotScalar."""
        match node:
            case tree.Variable(name, None) if name in self.vectors:
                return tuple(tree.Variable(name, place) for place in range(4))
            case tree.Sum(terms):
                vectors = [self._components(term) for term in terms]
                whole = [vector for vector in vectors if vector is not None]
                if whole and len(whole) < len(vectors):
                    raise NotScalar
                return _each(tree.Sum, list(zip(*whole, strict=True))) if whole else None
            case tree.Product(factors):
                for place, factor in enumerate(factors):
                    if (vector := self._components(factor)) is not None:
                        rest = tuple(map(self.scalar, (*factors[:place], *factors[place + 1 :])))
                        return _each(tree.Product, [(*rest, part) for part in vector])
        return None


def _each(build: Callable[[tuple[Node, ...]], Node], parts: list[tuple[Node, ...]]) -> _Components:
    return tuple(build(part) for part in parts)
