"""Gold with one term of a sum left out, for each term: the commonest slip of all."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from qftapp.verification import tree
from qftapp.verification.sources import parse_module
from qftapp.verification.tree import Node
from qftapp.verification.written import written

MOST = 16
"""Terms tried; of more, as many spread evenly over the source."""
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Dropped:
    """An altered solution and the term it lacks, as text for people."""

    term: str
    body: str | Node


def dropped_from_python(source: str) -> list[Dropped]:
    """Return the source with one of its terms times 0, once for each; indices, ranges and texts are left alone."""
    terms = sorted(_terms(parse_module(source)), key=lambda term: (term.lineno, term.col_offset))
    # The text is altered and not the tree, whose writing out again is recursive: a sum of 400 terms is 400 deep.
    lines = source.encode().splitlines(keepends=True)
    starts = [0, *itertools.accumulate(map(len, lines))]
    return [_without_term(source.encode(), starts, terms[index]) for index in _spread(len(terms))]


def _without_term(source: bytes, starts: list[int], term: ast.expr) -> Dropped:
    assert term.end_lineno is not None
    assert term.end_col_offset is not None
    start = starts[term.lineno - 1] + term.col_offset
    stop = starts[term.end_lineno - 1] + term.end_col_offset
    text = source[start:stop].decode()
    altered = source[:start] + f"(({text})*0)".encode() + source[stop:]
    return Dropped(f"{' '.join(text.split())[:SHOWN]} (line {term.lineno})", altered.decode())


def _terms(module: ast.Module) -> Iterator[ast.expr]:
    """Yield every operand of a + or −, of a longer sum each one once."""
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        waiting.extend(_parts(node))
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right) if not _is_text(node):
                yield right
                if not (isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub)):
                    yield left
            case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value) if not isinstance(value, ast.Constant):
                yield value


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children in which terms are looked for."""
    match node:
        case ast.Subscript(value=value):
            yield value
        case ast.JoinedStr() | ast.Call(func=ast.Name(id="range" | "print")):
            return
        case _:
            yield from ast.iter_child_nodes(node)


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
    return written(node)[:SHOWN]
