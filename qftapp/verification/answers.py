"""From what a response hands in to something that has values: code as it stands, text as the trees it can mean.

Code of the straight-line kind comes with its program, which spares most runs of it.

| text | read as |
|---|---|
| of a label or a truth value | itself |
| `g**2/(16*pi)`, `x = a/b` | Python notation |
| everything else | LaTeX, in one reading or two |
| `5 \\mathrm{GeV}`, gold in MeV | 5000 |
| `5`, gold in MeV | refused: the unit is missing |
| `5 \\mathrm{GeV}`, gold without a unit | 5 |
"""

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qftapp.verification import latex, tree
from qftapp.verification.expressions import ExpressionError, parse
from qftapp.verification.extract import Answer
from qftapp.verification.kinds import folded
from qftapp.verification.ladders import normal_ordered
from qftapp.verification.latex.units import without_unit
from qftapp.verification.lazily import lazily
from qftapp.verification.programs.steps import Program
from qftapp.verification.sources import SourceError, find_function, has_objects, parse_module, vectors_of
from qftapp.verification.symbols import Domain
from qftapp.verification.terms import Kind
from qftapp.verification.translation import translate
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract

_NAMED = re.compile(r"\s*([A-Za-z_]\w{0,59})\s*(?:\([\w\s,]{0,500}\)\s*)?=(?!=)\s*(.*)", re.DOTALL)
_INFINITE = re.compile(
    r"(?:[^=]*=)?\s*([-−+]?)\s*(?:\\?\$)?\s*(?:\\infty|∞|oo|inf(?:init[ye])?)\s*(?:\\?%)?", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+]?[0-9]+(?:,[0-9]+)+(?:\.[0-9]+)?")
_LISTS = frozenset((Kind.SET, Kind.TUPLE, Kind.VECTOR, Kind.MATRIX))


class Unreadable(ValueError):
    """An answer whose text cannot be understood; the message says why."""


class UnitMissing(ValueError):
    """A number without the unit that the contract asks for."""


@dataclass(frozen=True)
class Solution:
    """A Python source that defines the entry point, or the tree of an expression.

    A source may have a program (see `translation`), which gives the same values where it gives any.
    """

    body: str | Node
    program: Program | None = field(default=None, compare=False)

    @property
    def is_python(self) -> bool:
        """Whether it is Python, to be run wherever its program gives no values."""
        return isinstance(self.body, str)

    @lazily
    def parts(self) -> tuple[Node, ...]:
        """Every node of an expression, none of Python."""
        return () if isinstance(self.body, str) else tuple(tree.walk(self.body))


Reading = tuple[Solution, ...]
"""What must all be right for the answer to be right: one solution, or the parts of a = b = c."""


@functools.lru_cache(maxsize=256)
def _vocabulary(contract: "Contract") -> latex.Vocabulary:
    return latex.vocabulary_of(contract)


@functools.lru_cache(maxsize=256)
def gold_of(contract: "Contract") -> Solution:
    """Return the gold answer of a valid contract."""
    if contract.gold.is_python:
        return _python(contract.gold.source, contract)
    return Solution(read_gold(contract))


def read_gold(contract: "Contract") -> Node:
    """Return the tree of a gold answer that is not Python code. Raises ExpressionError."""
    source = contract.gold.source
    if contract.kind is Kind.LABEL:
        return tree.Text(source.strip().strip("'\""))
    if contract.gold.language == "expression":
        return _as_asked(parse(source, contract.names, vectors_of(contract)), contract)
    readings = [reading.parts for reading in latex.read(source, contract, _vocabulary(contract))]
    readings = [tuple(_ordered(part, contract) for part in parts) for parts in readings]
    if len(readings) > 1:
        raise ExpressionError("can be read in two ways: write brackets")
    if len(readings[0]) > 1:
        raise ExpressionError("holds several equals signs: state one value")
    return _in_unit(readings[0][0], contract, is_gold=True)


def read_answer(answer: Answer, contract: "Contract") -> tuple[Reading, ...]:
    """Return what an answer can mean, mostly one reading of one part. Raises Unreadable and UnitMissing."""
    if answer.form == "code":
        return ((_code(answer.source, contract),),)
    try:
        readings = _read_text(answer.source, contract)
    except ExpressionError as error:
        raise Unreadable(str(error)) from None
    return tuple(tuple(Solution(part) for part in parts) for parts in readings)


def _code(source: str, contract: "Contract") -> Solution:
    try:
        module = parse_module(source)
    except SourceError as error:
        raise Unreadable(f"the code is not valid Python: {error}") from None
    if has_objects(contract):
        raise Unreadable("code cannot speak of unknown functions and operators: the answer must be in LaTeX")
    if find_function(module, contract.entry_point) is None:
        raise Unreadable(f"the code does not define {contract.entry_point} at its top level")
    return _python(source, contract)


def _python(source: str, contract: "Contract") -> Solution:
    return Solution(source, translate(source, contract))


def _read_text(text: str, contract: "Contract") -> tuple[tuple[Node, ...], ...]:
    if contract.kind is Kind.LABEL or folded(text) in map(folded, contract.labels):
        return ((tree.Text(_label(text, contract)),),)
    if contract.kind is Kind.BOOLEAN and folded(text) in ("true", "false"):
        return ((tree.Truth(folded(text) == "true"),),)
    readings: tuple[tuple[Node, ...], ...]
    if has_objects(contract) or _is_no_python(text):
        return _in_units(_read_latex(text, contract, None), contract)
    try:
        readings = ((_read_python(text, contract),),)
    except ExpressionError as error:
        readings = _read_latex(text, contract, error)
    return _in_units(readings, contract)


def _is_no_python(text: str) -> bool:
    """Whether a text holds a backslash where Python permits none: it does in strings and remarks."""
    return "\\" in text and not any(mark in text for mark in "'\"#")


def _label(text: str, contract: "Contract") -> str:
    """Return an answer as the label that it spells; the infinite ones have many spellings."""
    label = text.strip().strip("'\"")
    found = _INFINITE.fullmatch(label)
    spelled = rf"{'-' if found.group(1) in ('-', '−') else ''}\infty" if found else label
    return spelled if spelled in contract.labels else label


def _in_units(readings: tuple[tuple[Node, ...], ...], contract: "Contract") -> tuple[tuple[Node, ...], ...]:
    return tuple(tuple(_in_unit(_ordered(part, contract), contract) for part in parts) for parts in readings)


def _ordered(node: Node, contract: "Contract") -> Node:
    """Return an expression in ladder operators in normal order, everything else as it is. Raises ExpressionError."""
    has_ladders = any(symbol.domain is Domain.LADDER_OPERATOR for symbol in contract.symbols)
    return normal_ordered(node) if has_ladders else node


def _read_python(text: str, contract: "Contract") -> Node:
    """Return the tree of an answer in Python notation. Raises ExpressionError where it is something else."""
    named = _NAMED.fullmatch(text)
    value = named.group(2) if named and named.group(1) not in contract.names else text
    node = _as_asked(parse(value, contract.names, vectors_of(contract)), contract)
    if isinstance(node, tree.Group) and node.form == "tuple" and contract.kind is Kind.SET:
        raise ExpressionError("a tuple has an order, a set has none: write {…}")
    if isinstance(node, tree.Group) and contract.kind not in _LISTS and _NUMBER.fullmatch(text):
        raise ExpressionError("a comma may belong to the number")  # 1,234
    if isinstance(node, tree.Comparison | tree.Logic) and contract.kind is not Kind.BOOLEAN:
        raise ExpressionError("the answer is a condition")
    if _vocabulary(contract).charge and tree.Constant("e") in tree.walk(node):
        raise ExpressionError("e may be the charge")  # LaTeX tells it from Euler's number by its exponent
    return node


def _as_asked(node: Node, contract: "Contract") -> Node:
    """Return an equation as the difference of its sides, everything else as it is."""
    if contract.kind is not Kind.EQUATION:
        return node
    match node:
        case tree.Comparison(("==",), (left, right)):
            return tree.Sum((left, tree.Product((tree.MINUS_ONE, right))))
    raise ExpressionError("an equation is asked for: write left = right")


def _read_latex(text: str, contract: "Contract", error: ExpressionError | None) -> tuple[tuple[Node, ...], ...]:
    """Return the trees of an answer in LaTeX; raises `error` where the text does not even look like LaTeX."""
    try:
        return tuple(reading.parts for reading in latex.read(text, contract, _vocabulary(contract)))
    except ExpressionError as fault:
        looks_like_latex = "\\" in text or "{" in text or isinstance(fault, latex.Undeclared)
        raise (fault if looks_like_latex or error is None else error) from None


def _in_unit(node: Node, contract: "Contract", *, is_gold: bool = False) -> Node:
    """Return an answer as a number of the contract's units; gold may leave its unit to the contract."""
    has_unit = tree.Unit in map(type, tree.walk(node))
    if not contract.unit:
        if has_unit and is_gold:
            raise ExpressionError("holds a unit: name it in the contract's own field")
        return without_unit(node) if has_unit else node
    if not has_unit:
        if is_gold or node == tree.ZERO:
            return node
        raise UnitMissing(f"the unit is missing: gold is in {contract.unit}")
    unit = latex.read_unit(contract.unit)
    assert unit is not None  # a valid contract
    return _divided(node, tree.Power(unit, tree.MINUS_ONE))


def _divided(node: Node, factor: Node) -> Node:
    if isinstance(node, tree.Group):
        return tree.Group(node.form, tuple(_divided(item, factor) for item in node.items))
    return tree.Product((node, factor))
