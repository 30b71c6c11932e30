"""A straight-line program as steps that share what they have in common, and its values at points."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import acb, arb

from qftapp.verification import tree
from qftapp.verification.evaluation import working_precision
from qftapp.verification.programs.operations import Quantity, compared
from qftapp.verification.programs.sorts import COMPLEX, INT, NUMPY, REAL, Beyond, Sort, as_complex
from qftapp.verification.tree import Node
from qftapp.verification.values import DOUBLE_BITS, Collection, Coordinate, Point, Scalar, Value, ball_of

DECIDING_BITS = 48
"""Precision of the first pass: its balls admit all that rounding may do to a double, and a little more."""
VALUE_BITS = 192
"""Precision of the second pass, which gives the values."""
CERTAIN_BITS = 140
"""Of the bits of a value, those that must be certain after it."""
SYMPY_BITS = 136
"""The 40 digits to which an exact expression of SymPy is evaluated."""
LARGEST_MACHINE_INTEGER = 2**53

Found: TypeAlias = Any
"""What a step gives: a Quantity, a truth value, a text, or a collection as its form and what is in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Something that is computed once: `node` is the whole tree of its result, which is a `kind`.

    It has an operation on the results of its operands, or is what its `node` is: a symbol, a choice, a comparison, a
    list. A sequence gives its last operand after all the others. `size` counts the parts of the tree, shared ones
    again and again.
    """

    kind: str
    node: Node
    operands: "tuple[Step, ...]" = ()
    operation: Callable[..., Quantity] | None = None
    is_sequence: bool = False
    is_array: bool = False

    @property
    def is_number(self) -> bool:
        """Whether one can calculate with it."""
        return self.kind == "number"


@dataclass(frozen=True, slots=True)
class Program:
    """What a Python function of the contract's symbols computes, and its tree (None if it is too large)."""

    result: Step
    tree: Node | None
    is_exact: bool
    """Whether the answer is compared to all figures, so that it matters how many SymPy gives."""

    def values(self, points: Sequence[Point], stop_at: float = math.inf) -> tuple[Value, ...] | None:
        """Return the values at the points, None where only a run can tell (see `operations`) or past `stop_at`."""
        try:
            with working_precision(DECIDING_BITS):
                for point in points:
                    _Run(point, stop_at).value(self.result)
            with working_precision(VALUE_BITS):
                found = [_Run(point, stop_at).value(self.result) for point in points]
                if self.is_exact and any(sort.library == "sympy" for item in found for _, sort in _leaves(item)):
                    return None
                return tuple(map(_value, found))
        except (Beyond, ArithmeticError, ValueError, RecursionError):
            return None


class _Run:
    """One call of a program."""

    def __init__(self, point: Point, stop_at: float) -> None:
        if time.monotonic() > stop_at:
            raise Beyond
        self.point = point
        self.stop_at = stop_at
        self.known: dict[Step, Found] = {}

    def value(self, step: Step) -> Found:
        """Return what a step gives. Raises Beyond."""
        known = self.known.get(step)
        if known is None:
            if step.operation is None:
                known = self._structure(step)
            else:
                known = step.operation(*[self.value(operand) for operand in step.operands])
                if isinstance(step.node, tree.Call) and time.monotonic() > self.stop_at:
                    raise Beyond
            self.known[step] = known
        return known

    def _structure(self, step: Step) -> Found:
        operands = step.operands
        if step.is_sequence:
            for operand in operands[:-1]:
                self.value(operand)
            return self.value(operands[-1])
        match step.node:
            case tree.Variable(name, index):
                return _argument(self.point[name], index)
            case tree.Truth(value) | tree.Text(value):
                return value
            case tree.Choice():
                return self.value(operands[1] if self.value(operands[0]) else operands[2])
            case tree.Group(form, _):
                found = form, tuple(map(self.value, operands))
                return _as_array(found) if step.is_array else found
            case tree.Logic("not", _):
                return not self.value(operands[0])
            case tree.Logic(operator, _):
                return (any if operator == "or" else all)(map(self.value, operands))
            case tree.Comparison(operators, _):
                pairs = zip(operands, operators, operands[1:], strict=False)
                return all(compared(operator, self.value(left), self.value(right)) for left, operator, right in pairs)
        raise Beyond


def _argument(value: Coordinate, index: int | None) -> Quantity:
    """Return an argument as the function receives it."""
    match value:
        case tuple():
            if index is None:
                raise Beyond
            return ball_of(float(value[index])), NUMPY
        case int():
            return ball_of(value), INT
        case complex():
            return ball_of(value), COMPLEX
        case float():
            return ball_of(value), REAL
    raise Beyond


def _as_array(found: Found) -> Found:
    """Return a nested list as NumPy's array has it: numbers of one sort. Raises Beyond for arrays of objects."""
    kinds = {sort for _, sort in _leaves(found)}
    if any(sort.rank == 1 or sort.library not in ("python", "numpy") for sort in kinds):
        raise Beyond
    if kinds == {INT}:
        if any(abs(ball.real) >= LARGEST_MACHINE_INTEGER for ball, _ in _leaves(found)):
            raise Beyond
        return _resorted(found, INT)
    return _resorted(found, as_complex(NUMPY) if any(sort.is_complex for sort in kinds) else NUMPY)


def _leaves(found: Found) -> list[Quantity]:
    """Return the numbers in a result."""
    if isinstance(found, bool | str):
        return []
    if isinstance(found[0], str):
        return [leaf for item in found[1] for leaf in _leaves(item)]
    return [found]


def _resorted(found: Found, sort: Sort) -> Found:
    if isinstance(found[0], str):
        return "list", tuple(_resorted(item, sort) for item in found[1])
    return found[0], sort


def _value(found: Found) -> Value:
    if isinstance(found, bool | str):
        return found
    if isinstance(found[0], str):
        return Collection(found[0], tuple(map(_value, found[1])))
    return _scalar(*found)


def _scalar(ball: acb, sort: Sort) -> Scalar:
    """Return a number with the precision that a run would have given it. Raises Beyond where too little is certain."""
    if not ball.is_exact() and ball.complex_rad().abs_upper() > abs(ball.mid()) * arb(2) ** -CERTAIN_BITS:
        raise Beyond
    if sort.rank == 2:
        return Scalar(ball, DOUBLE_BITS)
    if sort is INT and not ball.is_exact():
        raise Beyond
    return Scalar(ball, SYMPY_BITS if sort.library == "sympy" and not ball.is_exact() else None)
