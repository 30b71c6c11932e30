"""Python text: modules, the functions they define, and expressions in the symbols of a contract."""

import ast
from typing import TYPE_CHECKING

from qftapp.verification.expressions import parse
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract


class SourceError(ValueError):
    """Python text that cannot be used; the message says where and why."""


def parse_module(source: str) -> ast.Module:
    """Return the syntax tree of Python text. Raises SourceError, whatever the text."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise SourceError(f"line {error.lineno or 1}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise SourceError("is nested too deeply to be read") from None


def find_function(module: ast.Module, name: str) -> ast.FunctionDef | ast.Lambda | None:
    """Return the last top-level definition of `name`, as a function or as a lambda given that name."""
    for node in reversed(module.body):
        match node:
            case ast.FunctionDef(name=found) if found == name:
                return node
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Lambda() as function) if found == name:
                return function
    return None


def is_stub(source: str, name: str) -> bool:
    """Whether a source defines `name` without saying anything in it: `...`, `pass`, or words alone."""
    try:
        function = find_function(parse_module(source), name)
    except SourceError:
        return False
    return isinstance(function, ast.FunctionDef) and all(
        isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in function.body
    )


def argument_fault(arguments: ast.arguments, count: int) -> str:
    """Say why a function cannot be called with `count` positional arguments, "" if it can."""
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    if any(default is None for default in arguments.kw_defaults):
        return "must not require keyword-only arguments; it is called with the symbols in order"
    if required > count:
        return f"requires {required} arguments but the contract declares {count}"
    if positional < count and arguments.vararg is None:
        return f"takes {positional} arguments but the contract declares {count}"
    return ""


def vectors_of(contract: "Contract") -> frozenset[str]:
    """Return the names of the contract's four-vectors, functions that have such values among them."""
    return frozenset(symbol.name for symbol in contract.symbols if symbol.domain.is_vector)


def has_objects(contract: "Contract") -> bool:
    """Whether a symbol is a function, a matrix or an operator, of which only LaTeX can speak."""
    return any(symbol.domain.is_object for symbol in contract.symbols)


def read_expression(text: str, contract: "Contract") -> Node:
    """Return the tree of an expression in the contract's symbols. Raises ExpressionError."""
    plain = [symbol.name for symbol in contract.symbols if not symbol.domain.is_object]
    return parse(text, plain, vectors_of(contract))
