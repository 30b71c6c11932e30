"""Gold with one term of a sum left out, for each term: the commonest slip of all."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from qftapp.verification import tree
from qftapp.verification.sources import parse_module
from qftapp.verification.tree import Node

MOST = 16
"""Terms tried; of more, as many spread evenly over the source."""
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Dropped:
    """An altered solution and the term it lacks, as text for people."""

    term: str
    body: str | Node


def dropped_from_python(source: str) -> list[Dropped]:
    """Return the source without one of its terms, once for each; indices, ranges and texts are left alone."""
    count = _Dropper(-1)
    count.visit(parse_module(source))
    found = []
    for target in _spread(count.seen):
        dropper = _Dropper(target)
        altered = ast.fix_missing_locations(dropper.visit(parse_module(source)))
        found.append((dropper.position, Dropped(dropper.term, ast.unparse(altered))))
    return [dropped for _, dropped in sorted(found, key=lambda one: one[0])]


class _Dropper(ast.NodeTransformer):
    """Numbers the terms of a module as it goes and removes the one numbered `target`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.seen = 0
        self.term = ""
        self.position = (0, 0)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if isinstance(node.op, ast.Add | ast.Sub) and not _is_text(node):
            if self._is_target(node.right):
                return self.generic_visit(node.left) if isinstance(node.left, ast.BinOp) else node.left
            is_first = not (isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add | ast.Sub))
            if is_first and self._is_target(node.left):
                return node.right if isinstance(node.op, ast.Add) else ast.UnaryOp(ast.USub(), node.right)
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        counts = isinstance(node.value, ast.Constant)
        if isinstance(node.op, ast.Add | ast.Sub) and not counts and self._is_target(node.value):
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in ("range", "print"):
            return node
        return self.generic_visit(node)

    def _is_target(self, term: ast.expr) -> bool:
        self.seen += 1
        if self.seen - 1 != self.target:
            return False
        self.term = f"{ast.unparse(term)[:SHOWN]} (line {term.lineno})"
        self.position = (term.lineno, term.col_offset)
        return True


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str)) for s in sides
    )


def _spread(count: int) -> list[int]:
    """Return up to MOST of the numbers below `count`, evenly spaced."""
    return sorted({index * count // MOST for index in range(MOST)}) if count > MOST else list(range(count))


def dropped_from_expression(node: Node) -> list[Dropped]:
    """Return the tree without one of its terms, once for each."""
    found = list(_without_one(node))
    return [found[index] for index in _spread(len(found))]


def _without_one(node: Node) -> Iterator[Dropped]:
    if isinstance(node, tree.Sum):
        for index, term in enumerate(node.terms):
            rest = node.terms[:index] + node.terms[index + 1 :]
            yield Dropped(_written(term), rest[0] if len(rest) == 1 else tree.Sum(rest))
    parts = tree.children(node)
    for index, part in enumerate(parts):
        for inner in _without_one(part):
            assert not isinstance(inner.body, str)
            yield Dropped(inner.term, tree.rebuilt(node, (*parts[:index], inner.body, *parts[index + 1 :])))


def _written(node: Node) -> str:
    return tree.written(node)[:SHOWN]
