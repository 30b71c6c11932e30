"""Conditions as functions that say in a scope whether they hold, as far as balls can tell."""

from collections.abc import Callable
from typing import TypeAlias

from flint import acb

from qftapp.verification import functions, tree
from qftapp.verification.functions import NAN, Ball, Undecided
from qftapp.verification.lorentz import Tensor, Unfit, Unwieldy
from qftapp.verification.scope import Compile, Run, Scope
from qftapp.verification.tree import Node

Decide: TypeAlias = Callable[[Scope], bool | None]


def decision(node: Node, compiled: Compile) -> Decide:
    """Return the function that says whether a condition holds, None where that cannot be decided."""
    match node:
        case tree.Truth(value):
            return lambda scope: value
        case tree.Logic("not", (operand,)):
            return _denial(decision(operand, compiled))
        case tree.Logic(operator, operands):
            return _junction([decision(operand, compiled) for operand in operands], settling=operator == "or")
        case tree.Comparison(operators, operands):
            return _comparison(operators, [compiled(operand) for operand in operands])
    return lambda scope: None


def _denial(decide: Decide) -> Decide:
    def denied(scope: Scope) -> bool | None:
        inner = decide(scope)
        return None if inner is None else not inner

    return denied


def _junction(decisions: list[Decide], *, settling: bool) -> Decide:
    """Return "or", which one true part settles, or "and", which one false part settles."""

    def joined(scope: Scope) -> bool | None:
        decided = [decide(scope) for decide in decisions]
        if settling in decided:
            return settling
        return None if None in decided else not settling

    return joined


def _comparison(operators: tuple[str, ...], runs: list[Run]) -> Decide:
    def holds(scope: Scope) -> bool | None:
        try:
            terms = [run(scope) for run in runs]
        except (Undecided, Unfit, Unwieldy):
            return None
        balls = [NAN if isinstance(term, Tensor) else term for term in terms]
        parts = [_compared(*item) for item in zip(balls, operators, balls[1:], strict=False)]
        return False if False in parts else None if None in parts else True

    return holds


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
