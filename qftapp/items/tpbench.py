"""Reads rows of the TPBench columns as items: the signature becomes the contract, the reference code its gold."""

import ast
import re
import textwrap
from typing import Any

from django.utils.text import slugify

from qftapp.items.jsonl import Row, RowRefused, parse_object
from qftapp.items.models import Item, Source
from qftapp.items.spelling import latex_of

SOURCE = {
    "slug": "tpbench",
    "kind": Source.Kind.DATA_SET.value,
    "title": "TPBench: a theoretical physics benchmark for AI",
    "authors": "Chung, Gao, Kvasiuk, Li, Münchmeyer, Rudolph, Sala, Tadepalli",
    "year": 2025,
    "url": "https://doi.org/10.1088/2632-2153/adfcb0",
    "licence": "MIT (data set card)",
    "may_redistribute": True,
}
COLUMNS = ("problem_id", "domain", "difficulty_level", "problem", "solution", "reference_implementation")
TOPICS = {
    "QM": "quantum-mechanics",
    "Cosmology": "cosmology",
    "Stat Mech": "statistical-mechanics",
    "Classical Mechanics": "classical-physics",
    "GR": "general-relativity",
    "HET": "cross-sections-decays",
}
"""A first guess by field; the author refines it in the editor."""

DOMAIN_LEVELS = {
    "1": Item.DomainLevel.UNDERGRADUATE,
    "2": Item.DomainLevel.UNDERGRADUATE,
    "3": Item.DomainLevel.GRADUATE,
    "4": Item.DomainLevel.ADVANCED_GRADUATE,
    "5": Item.DomainLevel.POSTGRADUATE,
}
"""TPBench grades the subject matter from 1, easy undergraduate, to 5, research."""

_PAGE_COMMAND = re.compile(r"\\(?:numberthis|newpage|clearpage|nonumber)(?![A-Za-z])")
_BLOCK = re.compile(r"\\begin\{python\}(.*?)\\end\{python\}", re.DOTALL)


def read(line: bytes) -> Row:
    """The row of one problem; raises RowRefused where a column is missing or the reference code defines no function.

    TPBench publishes no test points: symbols start as positive numbers, and what stands under a square root in the
    reference code becomes an assumption, so that gold is real where it is tried.
    """
    data = parse_object(line)
    texts = {column: text for column in COLUMNS if isinstance(text := data.get(column), str)}
    if missing := [column for column in COLUMNS if column not in texts]:
        raise RowRefused(f"the columns {', '.join(missing)} must be texts")
    code = _code_of(texts["reference_implementation"])
    function, tree = _function_of(code)
    names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    slug = slugify(texts["problem_id"])[:70]
    if not slug:
        raise RowRefused("problem_id holds no letter")
    return Row(
        item={
            "slug": f"tpbench-{slug}",
            "origin": Item.Origin.ADAPTED.value,
            "topic": TOPICS.get(texts["domain"], "mathematical-physics"),
            "domain_level": DOMAIN_LEVELS.get(texts["difficulty_level"], Item.DomainLevel.GRADUATE).value,
            "operational_level": Item.OperationalLevel.MEDIUM.value,
            "task_type": Item.TaskType.DIRECT_CALCULATION.value,
        },
        content={
            "statement": _prose(texts["problem"]),
            "contract": _contract(function, tree, names, code),
            "solution": _prose(texts["solution"]),
            "second_solution": "",
        },
        source=SOURCE,
        problem={
            "locator": texts["problem_id"][:120],
            "statement": _prose(texts["problem"]),
            "solution": _prose(texts["solution"]),
        },
    )


def _prose(text: str) -> str:
    """The text without what belongs to a typesetter of pages, such as their command for numbering a line."""
    return _PAGE_COMMAND.sub("", text).replace("\\mbox{", "\\text{").strip()


def _code_of(reference: str) -> str:
    blocks = _BLOCK.findall(reference) or [reference]
    return textwrap.dedent("\n\n".join(block.strip("\n") for block in blocks)).replace("\\newpage", "").strip() + "\n"


def _function_of(code: str) -> tuple[ast.FunctionDef, ast.Module]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise RowRefused(f"the reference implementation is not Python: {error}") from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        raise RowRefused("the reference implementation defines no function")
    called = {
        node.func.id
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != function.name
    }
    return next((function for function in reversed(functions) if function.name not in called), functions[-1]), tree


def _contract(function: ast.FunctionDef, tree: ast.Module, names: list[str], code: str) -> dict[str, Any]:
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return {
        "schema": 1,
        "kind": _kind(function, names),
        "entry_point": function.name,
        "symbols": [_symbol(name, decoy=name not in used) for name in names],
        "assumptions": _assumptions(tree, names),
        "constant": not names,
        "gold": {"language": "python", "source": code},
        "labels": [],
        "equality": "value",
        "tolerance": {"kind": "relative", "value": 1e-6},
        "conventions": {},
    }


def _kind(function: ast.FunctionDef, names: list[str]) -> str:
    returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    for value in returns:
        if isinstance(value, ast.Call) and ast.unparse(value.func).rsplit(".", 1)[-1] == "array" and value.args:
            value = value.args[0]
        if isinstance(value, ast.Tuple):
            return "tuple"
        if isinstance(value, ast.List):
            return "matrix" if value.elts and all(isinstance(row, ast.List) for row in value.elts) else "vector"
    return "expression" if names else "number"


def _symbol(name: str, *, decoy: bool) -> dict[str, Any]:
    return {
        "name": name,
        "latex": latex_of(name),
        "domain": "positive",
        "low": None,
        "high": None,
        "exclude": [],
        "unit": "",
        "meaning": "",
        "decoy": decoy,
    }


def _assumptions(tree: ast.Module, names: list[str]) -> list[str]:
    """Square roots of differences must stay real: each such argument, where it holds symbols only, is positive."""
    wanted = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and len(node.args) == 1 and ast.unparse(node.func).endswith("sqrt")):
            continue
        argument = node.args[0]
        differs = any(isinstance(part, ast.Sub) for part in ast.walk(argument))
        symbols = {part.id for part in ast.walk(argument) if isinstance(part, ast.Name)}
        text = f"{ast.unparse(argument)} > 0"
        if differs and symbols and symbols <= set(names) and text not in wanted:
            wanted.append(text)
    return wanted
