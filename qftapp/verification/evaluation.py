"""Evaluating an expression tree at a point, in ball arithmetic."""

import math
import threading
import time
from dataclasses import dataclass
from typing import assert_never

from flint import acb, ctx

from qftapp.verification import functions, tree, units
from qftapp.verification.functions import NAN, Ball, Undecided
from qftapp.verification.tree import Node
from qftapp.verification.values import UNDECIDED, Collection, Coordinate, Point, Scalar, Value, ball_of

BITS = (128, 512, 2048)
"""Working precisions, each tried only where the one before leaves a doubt."""

# The precision of flint is one number for the whole process, also in version 0.9: what one thread sets, every thread
# computes with. Hence the lock. It costs threads nothing that the GIL does not, for flint never lets go of that; to
# grade on many processors, use processes (tests/benchmarks/bench_processes.py measures how they scale).
_precision = threading.RLock()


class working_precision:
    """Context in which balls are computed to `bits`; one thread at a time."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.before = 0

    def __enter__(self) -> None:
        _precision.acquire()
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before
        _precision.release()


class TooSlow(Exception):
    """An evaluation went past its time."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a tree is evaluated, and until when (of time.monotonic)."""

    point: Point
    stop_at: float


def evaluate(node: Node, point: Point, bits: int = BITS[0], *, stop_at: float = math.inf) -> Value:
    """Return the value of a tree at a point that gives every variable; undefined parts are not finite.

    A comparison that the precision cannot decide, and what depends on it, is UNDECIDED. Raises TooSlow if a function
    would be called after `stop_at` (of time.monotonic).
    """
    with working_precision(bits):
        return _value(node, _Scope(point, stop_at))


def holds(node: Node, point: Point) -> bool:
    """Whether a condition is certainly true at a point."""
    for bits in BITS[:2]:
        value = evaluate(node, point, bits)
        if isinstance(value, bool):
            return value
    return False


def _value(node: Node, scope: _Scope) -> Value:
    match node:
        case tree.Group(form, items):
            return Collection(form, tuple(_value(item, scope) for item in items))
        case tree.Text(value) | tree.Truth(value):
            return value
        case tree.Comparison() | tree.Logic():
            decided = _truth(node, scope)
            return UNDECIDED if decided is None else decided
        case tree.Choice(condition, yes, no):
            decided = _truth(condition, scope)
            return UNDECIDED if decided is None else _value(yes if decided else no, scope)
    try:
        return Scalar(_ball(node, scope))
    except Undecided:
        return UNDECIDED


def _ball(node: Node, scope: _Scope) -> Ball:
    match node:
        case tree.Number(value):
            return ball_of(value)
        case tree.Constant(name):
            return functions.constant(name)
        case tree.Variable(name, index):
            return _coordinate(scope.point[name], index)
        case tree.Sum(terms):
            return _sum([_ball(term, scope) for term in terms])
        case tree.Product(factors):
            return _product([_ball(factor, scope) for factor in factors])
        case tree.Power(base, exponent):
            return _power(_ball(base, scope), exponent, scope)
        case tree.Call(function, arguments):
            if time.monotonic() > scope.stop_at:
                raise TooSlow
            return functions.call(function, [_argument(argument, scope) for argument in arguments])
        case tree.Choice(condition, yes, no):
            decided = _truth(condition, scope)
            if decided is None:
                raise Undecided
            return _ball(yes if decided else no, scope)
        case tree.Group() | tree.Text() | tree.Truth() | tree.Comparison() | tree.Logic():
            return NAN
        case tree.Unit(name):
            return units.value(name)
        case tree.Indexed() | tree.Integral():
            return NAN
    assert_never(node)


def _coordinate(value: Coordinate, index: int | None) -> Ball:
    if isinstance(value, tuple):
        return NAN if index is None else ball_of(value[index])
    return ball_of(value)


def _argument(node: Node, scope: _Scope) -> "Ball | list[Ball]":
    if isinstance(node, tree.Group):
        return [_ball(item, scope) for item in node.items]
    return _ball(node, scope)


def _sum(terms: list[Ball]) -> Ball:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _product(factors: list[Ball]) -> Ball:
    total = factors[0]
    for factor in factors[1:]:
        total = total * factor
    return total


def _power(base: Ball, exponent: Node, scope: _Scope) -> Ball:
    """Return a power; roots and whole powers are kept apart so that real numbers stay real."""
    if isinstance(exponent, tree.Number):
        value = exponent.value
        if value == -1:
            return 1 / base
        if value.denominator == 1 and abs(value.numerator) < 2**30:
            return base ** int(value)
        if value.denominator == 2 and abs(value.numerator) < 2**30:
            return base.sqrt() ** int(value.numerator)
    return base.pow(_ball(exponent, scope))


def _truth(node: Node, scope: _Scope) -> bool | None:
    """Return whether a condition holds, None if it cannot be decided."""
    match node:
        case tree.Truth(value):
            return value
        case tree.Logic("not", (operand,)):
            inner = _truth(operand, scope)
            return None if inner is None else not inner
        case tree.Logic(operator, operands):
            decided = [_truth(operand, scope) for operand in operands]
            settling = operator == "or"
            if settling in decided:
                return settling
            return None if None in decided else not settling
        case tree.Comparison(operators, operands):
            try:
                balls = [_ball(operand, scope) for operand in operands]
            except Undecided:
                return None
            parts = [_compared(*item) for item in zip(balls, operators, balls[1:], strict=False)]
            return False if False in parts else None if None in parts else True
    return None


def _compared(left: Ball, operator: str, right: Ball) -> bool | None:
    difference = left - right
    if not difference.is_finite():
        return None
    if operator in ("==", "!="):
        apart = not difference.contains(acb(0))
        same = bool(difference == 0)
        return None if not apart and not same else same == (operator == "==")
    if not functions.is_real(difference):
        return None
    part = difference.real
    certain = {"<": part < 0, "<=": part <= 0, ">": part > 0, ">=": part >= 0}[operator]
    denied = {"<": part >= 0, "<=": part > 0, ">": part <= 0, ">=": part < 0}[operator]
    return True if certain else False if denied else None
