"""Answers whose code stands in several blocks: what the last one uses and an earlier one defines is put before it."""

import ast
import builtins
from collections.abc import Sequence

from qftapp.verification.sources import SourceError, parse_module

_KNOWN = frozenset(dir(builtins))
_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign)


def completed(block: str, earlier: Sequence[str]) -> str:
    """Return a block with the imports, functions and values of earlier ones that it lacks, the latest of each name.

    Nothing else of the earlier blocks comes along: they may print, plot or fail. What is no Python is passed over.
    """
    try:
        missing = _missing(parse_module(block))
    except SourceError:
        return block
    offered = _offered(earlier)
    taken: dict[int, tuple[ast.stmt, str]] = {}
    while wanted := [offered[name] for name in missing if name in offered and id(offered[name][0]) not in taken]:
        for statement, source in wanted:
            taken[id(statement)] = statement, source
        bodies = [statement for statement, _ in taken.values()]
        missing = _missing(ast.Module([*bodies, *parse_module(block).body], []))
    order = {id(statement): place for place, (statement, _) in enumerate(offered.values())}
    pieces = [source for _, source in sorted(taken.values(), key=lambda pair: order[id(pair[0])])]
    return "\n".join([*pieces, block])


def _offered(earlier: Sequence[str]) -> dict[str, tuple[ast.stmt, str]]:
    """Return the statement that defines each name at the top level of the blocks, with its text, the latest last."""
    found: dict[str, tuple[ast.stmt, str]] = {}
    for block in earlier:
        try:
            module = parse_module(block)
        except SourceError:
            continue
        for statement in module.body:
            if isinstance(statement, _DEFINING):
                for name in _bound(statement):
                    found.pop(name, None)
                    found[name] = statement, ast.unparse(statement)
    return found


def _bound(node: ast.AST) -> set[str]:
    """Return the names that a statement, or a module at its top level, binds."""
    match node:
        case ast.Import(names) | ast.ImportFrom(_, names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Module(body):
            return set().union(*map(_bound, body))
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _missing(module: ast.Module) -> list[str]:
    """Return the names that are read somewhere and bound nowhere in a module."""
    bound = _bound(module) | {part.arg for part in ast.walk(module) if isinstance(part, ast.arg)}
    read = [part.id for part in ast.walk(module) if isinstance(part, ast.Name)]
    stored = {part.id for part in ast.walk(module) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return list(dict.fromkeys(name for name in read if name not in bound | stored | _KNOWN))
