"""Evaluating an expression tree at a point, in ball arithmetic."""

import math
import os
import threading
from collections.abc import Sequence
from typing import assert_never

from flint import acb, ctx

from qftapp.verification import continuation, functions, tree, units
from qftapp.verification.conventions import Conventions
from qftapp.verification.functions import NAN, Ball, Undecided
from qftapp.verification.integration import integral
from qftapp.verification.lorentz import Spacetime, Tensor, Term, Unfit, Unwieldy
from qftapp.verification.scope import Scope, TooSlow, Work
from qftapp.verification.tree import Node
from qftapp.verification.values import UNDECIDED, UNDEFINED, Collection, Coordinate, Point, Scalar, Value, ball_of

__all__ = ["BITS", "USUAL", "TooSlow", "evaluate", "holds", "working_precision"]

BITS = (128, 512, 2048)
"""Working precisions, each tried only where the one before leaves a doubt."""

# The precision of flint is one number for the whole process, also in version 0.9: what one thread sets, every thread
# computes with. Hence the lock. It costs threads nothing that the GIL does not, for flint never lets go of that; to
# grade on many processors, use processes (tests/benchmarks/bench_processes.py measures how they scale).
_precision = threading.RLock()
_USUAL_BITS = ctx.prec


def _start_afresh() -> None:
    global _precision
    _precision, ctx.prec = threading.RLock(), _USUAL_BITS


# In a forked process the lock may be held by a thread of the original, which is not there to let it go.
os.register_at_fork(after_in_child=_start_afresh)


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


USUAL = Spacetime.of(Conventions())
"""The spacetime of a contract that states no conventions."""
_LORENTZ = frozenset({"dot", "slash", "trace"})


def evaluate(
    node: Node,
    point: Point,
    bits: int = BITS[0],
    *,
    stop_at: float = math.inf,
    spacetime: Spacetime = USUAL,
) -> Value:
    """Return the value of a tree at a point that gives every variable; undefined parts are not finite.

    With free indices, or a γ-matrix, it is the nested list of all components. A comparison that the precision cannot
    decide, and what depends on it, is UNDECIDED; so is an integral that does not converge. Raises TooSlow if a function
    would be called after `stop_at` (of time.monotonic).
    """
    with working_precision(bits):
        return _value(node, Scope(point, stop_at, spacetime, Work(bits // 2 + 16)))


def holds(node: Node, point: Point, spacetime: Spacetime = USUAL) -> bool:
    """Whether a condition is certainly true at a point."""
    for bits in BITS[:2]:
        value = evaluate(node, point, bits, spacetime=spacetime)
        if isinstance(value, bool):
            return value
    return False


def _value(node: Node, scope: Scope) -> Value:
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
        term = _term(node, scope)
    except Unfit:
        return UNDEFINED
    except (Undecided, Unwieldy):
        return UNDECIDED
    return term.value() if isinstance(term, Tensor) else Scalar(term)


def _ball(node: Node, scope: Scope) -> Ball:
    """Return the value of what must be a number."""
    term = _term(node, scope)
    return NAN if isinstance(term, Tensor) else term


def _term(node: Node, scope: Scope) -> Term:
    match node:
        case tree.Variable(name, index):
            return _coordinate(scope.point[name], index, scope)
        case tree.Product(factors):
            return _product([_term(factor, scope) for factor in factors], scope)
        case tree.Sum(terms):
            return _sum([_term(term, scope) for term in terms])
        case tree.Number(value):
            return ball_of(value)
        case tree.Power(base, exponent):
            return _power(base, exponent, scope)
        case tree.Call(function, arguments):
            scope.check()
            return _call(function, arguments, scope)
        case tree.Constant("gamma_5" | "unit_matrix" as name):
            return scope.spacetime.named[name]
        case tree.Constant(name):
            return functions.constant(name) if name in functions.CONSTANTS else NAN
        case tree.Choice(condition, yes, no):
            decided = _truth(condition, scope)
            if decided is None:
                raise Undecided
            return _term(yes if decided else no, scope)
        case tree.Indexed(tree.Constant(name), indices) if name in scope.spacetime.named:
            return scope.spacetime.indexed(scope.spacetime.named[name], indices)
        case tree.Indexed(tensor, indices):
            vector = _term(tensor, scope)
            return scope.spacetime.indexed(vector, indices) if isinstance(vector, Tensor) else NAN
        case tree.Integral():
            scope.check()
            return integral(node, scope, _term)
        case tree.Group() | tree.Text() | tree.Truth() | tree.Comparison() | tree.Logic():
            return NAN
        case tree.Unit(name):
            return units.value(name)
    assert_never(node)


def _coordinate(value: Coordinate | Term, index: int | None, scope: Scope) -> Term:
    if isinstance(value, tuple):
        return scope.spacetime.vector(value) if index is None else ball_of(value[index])
    return value if isinstance(value, acb | Tensor) else ball_of(value)


def _call(function: str, nodes: Sequence[Node], scope: Scope) -> Term:
    arguments = [_argument(node, scope) for node in nodes]
    numbers = [argument for argument in arguments if not isinstance(argument, Tensor)]
    if function in _LORENTZ or len(numbers) < len(arguments):
        return scope.spacetime.call(function, arguments)
    on_path = scope.on_path
    if on_path is None:
        return functions.call(function, numbers)
    balls = [number for number in numbers if isinstance(number, acb)]
    if len(balls) < len(numbers):
        return NAN
    return continuation.call(function, balls, lambda: [_ball(node, on_path()) for node in nodes])


def _argument(node: Node, scope: Scope) -> "Term | list[Ball]":
    if isinstance(node, tree.Group):
        return [_ball(item, scope) for item in node.items]
    return _term(node, scope)


def _sum(terms: list[Term]) -> Term:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _product(factors: list[Term], scope: Scope) -> Term:
    numbers = [factor for factor in factors if not isinstance(factor, Tensor)]
    if len(numbers) < len(factors):
        scope.check()
        return scope.spacetime.product(factors)
    total = numbers[0]
    for number in numbers[1:]:
        total = total * number
    return total


def _power(base_node: Node, exponent: Node, scope: Scope) -> Term:
    """Return a power; roots and whole powers are kept apart so that real numbers stay real."""
    base = _term(base_node, scope)
    on_path = scope.on_path
    if isinstance(exponent, tree.Number):
        value = exponent.value
        if isinstance(base, Tensor):
            if value.denominator != 1:
                raise Unfit("a root of a vector or tensor")
            return scope.spacetime.power(base, int(value))
        if value == -1:
            return 1 / base
        if value.denominator == 1 and abs(value.numerator) < 2**30:
            return base ** int(value)
        if value.denominator == 2 and abs(value.numerator) < 2**30:
            root = base.sqrt() if on_path is None else continuation.root(base, lambda: _ball(base_node, on_path()))
            return root ** int(value.numerator)
    if isinstance(base, Tensor):
        raise Unfit("a power of a vector or tensor")
    if on_path is None:
        return base.pow(_ball(exponent, scope))
    return continuation.power(base, _ball(exponent, scope), lambda: _ball(base_node, on_path()))


def _truth(node: Node, scope: Scope) -> bool | None:
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
            except (Undecided, Unfit, Unwieldy):
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
