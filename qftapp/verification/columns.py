"""Plain expressions at all points at once, walked through but one time: the way of nearly all answers.

A column holds one ball for every point, or one ball for all of them where it is the same at each. What each point has
is just what `closures` give there: the same operations in the same order. They do the rest: vectors, matrices,
integrals, conditions, and everything where a value is not found.
"""

import operator
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeAlias

from flint import acb

from qftapp.verification import functions, tree, units
from qftapp.verification.drawn import Drawn
from qftapp.verification.functions import NAN, Ball, Undecided
from qftapp.verification.scope import TooSlow
from qftapp.verification.tree import Node
from qftapp.verification.values import Collection, Coordinate, Scalar, Value, ball_of

Column: TypeAlias = Ball | list[Ball]

_NO_NUMBERS = frozenset(("gamma_5", "unit_matrix"))
_LARGEST_POWER = 2**30


class NotPlain(Exception):
    """An expression that has to be computed point by point."""


def values(node: Node, points: Sequence[Mapping[str, Any]], stop_at: float) -> list[Value] | None:
    """Return the values at the points to the present precision, None where they must be computed one by one."""
    if not points:
        return []
    try:
        return _values(node, _Grid(points, stop_at))
    except (NotPlain, TooSlow):
        return None


def value(node: Node, point: Mapping[str, Any], stop_at: float) -> Value | None:
    """Return the value at one point, None where `closures` must find it."""
    if type(node) not in _WAYS:
        found = values(node, (point,), stop_at)
        return None if found is None else found[0]
    try:
        column = _column(node, _Grid((point,), stop_at))
    except (NotPlain, TooSlow):
        return None
    return None if isinstance(column, list) else Scalar(column)


def along(node: Node, point: Mapping[str, Any], name: str, balls: list[Ball], stop_at: float) -> list[Ball] | None:
    """Return the numbers that an expression is as one variable goes through many, None where it is not plain."""
    grid = _Grid((point,), stop_at)
    grid.known[name] = balls
    try:
        column = _column(node, grid)
    except (NotPlain, TooSlow):
        return None
    return column if isinstance(column, list) else [column] * len(balls)


class _Grid:
    """The points, and the columns of their coordinates as far as they were asked for."""

    __slots__ = ("known", "points", "stop_at")

    def __init__(self, points: Sequence[Mapping[str, Any]], stop_at: float) -> None:
        self.points = points
        self.stop_at = stop_at
        self.known: dict[str, Column] = {}

    def column(self, name: str, index: int | None) -> Column:
        key = name if index is None else f"{name} {index}"
        found = self.known.get(key)
        if found is None:
            parts = [_ball(point[name], index) for point in self.points]
            found = self.known[key] = parts if len(parts) > 1 else parts[0]
        return found


def _ball(value: "Coordinate | Ball", index: int | None) -> Ball:
    if isinstance(value, float | acb):
        return acb(value)
    if isinstance(value, Drawn):
        return NAN
    if isinstance(value, tuple):
        if index is None:
            raise NotPlain
        return ball_of(value[index])
    if isinstance(value, int | complex):
        return ball_of(value)
    raise NotPlain


def _values(node: Node, grid: _Grid) -> list[Value]:
    count = len(grid.points)
    match node:
        case tree.Group(form, items):
            columns = [_values(item, grid) for item in items]
            rows = zip(*columns, strict=True) if columns else repeat((), count)
            return [Collection(form, row) for row in rows]
        case tree.Text(value) | tree.Truth(value):
            return [value] * count
    column = _column(node, grid)
    return [*map(Scalar, column)] if isinstance(column, list) else [Scalar(column)] * count


def _column(node: Node, grid: _Grid) -> Column:
    way = _WAYS.get(type(node))
    if way is None:
        raise NotPlain
    return way(node, grid)


def _joined(operation: Callable[[Any, Any], Ball], left: Column | int, right: Column | int) -> Column:
    """Return an operation on two columns, point by point."""
    if isinstance(left, list):
        return list(map(operation, left, right if isinstance(right, list) else repeat(right)))
    if isinstance(right, list):
        return list(map(operation, repeat(left), right))
    return operation(left, right)


def _variable(node: tree.Variable, grid: _Grid) -> Column:
    return grid.column(node.name, node.index)


def _number(node: tree.Number, grid: _Grid) -> Column:
    return ball_of(node.value)


def _constant(node: tree.Constant, grid: _Grid) -> Column:
    if node.name in _NO_NUMBERS:
        raise NotPlain
    return functions.constant(node.name) if node.name in functions.CONSTANTS else NAN


def _unit(node: tree.Unit, grid: _Grid) -> Column:
    return units.value(node.name)


def _sum(node: tree.Sum, grid: _Grid) -> Column:
    first, *rest = node.terms
    total = _column(first, grid)
    for term in rest:
        total = _joined(operator.add, total, _column(term, grid))
    return total


def _product(node: tree.Product, grid: _Grid) -> Column:
    first, *rest = node.factors
    total = _column(first, grid)
    for factor in rest:
        total = _joined(operator.mul, total, _column(factor, grid))
    return total


def _power(node: tree.Power, grid: _Grid) -> Column:
    base, exponent = _column(node.base, grid), node.exponent
    if isinstance(exponent, tree.Number) and abs(exponent.value.numerator) < _LARGEST_POWER:
        match exponent.value.denominator:
            case 1:
                return _whole_power(base, exponent.value.numerator)
            case 2:
                root = list(map(acb.sqrt, base)) if isinstance(base, list) else base.sqrt()
                numerator = exponent.value.numerator
                return root if numerator == 1 else _joined(operator.pow, root, numerator)
    return _joined(acb.pow, base, _column(exponent, grid))


def _whole_power(base: Column, exponent: int) -> Column:
    return _joined(operator.truediv, 1, base) if exponent == -1 else _joined(operator.pow, base, exponent)


def _call(node: tree.Call, grid: _Grid) -> Column:
    function = functions.FUNCTIONS.get(node.function)
    if function is None or node.function == functions.WITH_LISTS:
        raise NotPlain
    columns = [_column(argument, grid) for argument in node.arguments]
    if function.limit is None and len(columns) == 1:
        (column,) = columns
        try:
            if isinstance(column, list):
                return list(map(function.evaluate, column))
            return function.evaluate(column)
        except (ValueError, ArithmeticError, TypeError):
            pass  # at which point, and what it is at the others, is found one by one
    return _called(node.function, columns, grid)


def _called(name: str, columns: Sequence[Column], grid: _Grid) -> Column:
    """Return a function of columns, with a look at the time before each of its values."""
    if not any(isinstance(column, list) for column in columns):
        return _called_once(name, columns, grid.stop_at)
    spread = [column if isinstance(column, list) else repeat(column) for column in columns]
    return [_called_once(name, arguments, grid.stop_at) for arguments in zip(*spread, strict=False)]


def _called_once(name: str, arguments: "Sequence[Any]", stop_at: float) -> Ball:
    if time.monotonic() > stop_at:
        raise TooSlow
    try:
        return functions.call(name, arguments)
    except Undecided:
        raise NotPlain from None


_WAYS: dict[type[Node], Callable[[Any, _Grid], Column]] = {
    tree.Variable: _variable,
    tree.Number: _number,
    tree.Constant: _constant,
    tree.Unit: _unit,
    tree.Sum: _sum,
    tree.Product: _product,
    tree.Power: _power,
    tree.Call: _call,
}
