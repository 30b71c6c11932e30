"""The texts inside a contract that must be code: the gold answer and the assumptions."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError, parse
from qftapp.verification.symbols import Domain
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


def faults(contract: "Contract") -> Iterator[tuple[str, str]]:
    """Yield (path, message) for every text of the contract that cannot be used as code."""
    if contract.gold.is_python:
        yield from _python_faults(contract)
    else:
        yield from _expression_faults(contract)
    for index, text in enumerate(contract.assumptions):
        if fault := _assumption_fault(text, contract):
            yield f"assumptions.{index}", fault


def _python_faults(contract: "Contract") -> Iterator[tuple[str, str]]:
    path = "gold.source"
    try:
        module = parse_module(contract.gold.source)
    except SourceError as error:
        yield path, f"is not valid Python: {error}"
        return
    function = find_function(module, contract.entry_point)
    if function is None:
        defined = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
        found = f"; it defines {', '.join(defined[:5])}" if defined else ""
        yield path, f"must define a function {contract.entry_point}({', '.join(contract.names)}){found}"
    elif fault := argument_fault(function.args, len(contract.symbols)):
        yield path, f"{contract.entry_point} {fault}: {', '.join(contract.names) or 'no arguments'}"


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


def read_expression(text: str, contract: "Contract") -> Node:
    """Return the tree of an expression in the contract's symbols. Raises ExpressionError."""
    vectors = {symbol.name for symbol in contract.symbols if symbol.domain is Domain.FOUR_VECTOR}
    return parse(text, contract.names, vectors)


def _expression_faults(contract: "Contract") -> Iterator[tuple[str, str]]:
    source = contract.gold.source
    if contract.kind == "label":
        if source.strip().casefold() not in [label.casefold() for label in contract.labels]:
            yield "gold.source", f"must be one of the labels, not “{source.strip()[:40]}”"
        return
    try:
        read_expression(source, contract)
    except ExpressionError as error:
        yield "gold.source", str(error)


def _assumption_fault(text: str, contract: "Contract") -> str:
    try:
        node = read_expression(text, contract)
    except ExpressionError as error:
        return str(error)
    if not isinstance(node, tree.Comparison | tree.Logic):
        return f"“{text}” is not a condition; write a comparison such as s > 4*m**2"
    if not tree.variables(node):
        return f"“{text}” says nothing about the symbols"
    if any(isinstance(part, tree.Comparison) and "==" in part.operators for part in tree.walk(node)):
        return "an equation fixes a symbol: eliminate that symbol from the problem instead"
    return ""
