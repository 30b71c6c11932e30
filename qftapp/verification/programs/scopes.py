"""What names mean at a place of a program: steps, things that were imported, functions of its own."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from qftapp.verification.programs.modules import Imported
from qftapp.verification.programs.steps import Step

_TYPES = frozenset(("float", "int", "complex", "bool", "str", "list", "tuple"))


class Unlike(Exception):
    """Something that is not of the straight-line kind."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the source, and the label of the scope it was defined in."""

    parameters: tuple[str, ...]
    body: tuple[ast.stmt, ...]
    own: frozenset[str]
    home: int


Meaning: TypeAlias = Step | Imported | Function


@dataclass(slots=True)
class Scope:
    """What names mean at a place; `own` are those that a function gives a meaning anywhere, and so never inherits."""

    label: int
    names: dict[str, Meaning]
    own: frozenset[str] = frozenset()
    enclosing: "Scope | None" = None
    caller: "Scope | None" = None
    done: list[Step] = field(default_factory=list)

    def copy(self) -> "Scope":
        """Return a scope for one of two branches."""
        return replace(self, names=dict(self.names), done=list(self.done))

    def meaning(self, name: str) -> Meaning | None:
        """Return what a name means here, None if it is none of the source's."""
        scope: Scope | None = self
        while scope:
            if name in scope.names:
                return scope.names[name]
            if name in scope.own:
                raise Unlike  # an error: it has no value yet
            scope = scope.enclosing
        return None

    def of(self, label: int) -> "Scope":
        """Return the scope of that label among this one and its callers."""
        scope: Scope | None = self
        while scope:
            if scope.label == label:
                return scope
            scope = scope.caller
        raise Unlike


def check_annotation(annotation: ast.expr | None) -> None:
    """Raise Unlike for an annotation that could be an error."""
    for part in ast.walk(annotation) if annotation else ():
        match part:
            case ast.Name(id=name) if name not in _TYPES:
                raise Unlike
            case ast.Name() | ast.Constant(value=str() | None) | ast.Subscript() | ast.Tuple() | ast.Load():
                continue
            case _:
                raise Unlike


def assigned(statements: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements give a meaning, functions within them left alone."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name):
                found.add(name)
                continue
            case ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
        waiting.extend(ast.iter_child_nodes(node))
    return found
