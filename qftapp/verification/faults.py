"""What is wrong with the texts inside a contract: the gold answer, its unit and the assumptions."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.answers import gold_of
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import read_unit
from qftapp.verification.sources import SourceError, argument_fault, find_function, parse_module, read_expression

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract


def faults(contract: "Contract") -> Iterator[tuple[str, str]]:
    """Yield (path, message) for every text of the contract that cannot be used as code."""
    if contract.unit and read_unit(contract.unit) is None:
        yield "unit", f"“{contract.unit}” is not a unit known here; write GeV, pb, cm^2, GeV^-2 …"
        return
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


def _expression_faults(contract: "Contract") -> Iterator[tuple[str, str]]:
    source = contract.gold.source
    if contract.kind == "label":
        if source.strip().casefold() not in [label.casefold() for label in contract.labels]:
            yield "gold.source", f"must be one of the labels, not “{source.strip()[:40]}”"
        return
    try:
        gold_of(contract)
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
