"""Evaluating an expression tree at a point, in ball arithmetic."""

import math
import os
import threading
from collections.abc import Callable
from typing import TypeAlias

from flint import ctx

from qftapp.verification import columns, tree
from qftapp.verification.closures import compiled
from qftapp.verification.conditions import Decide, decision
from qftapp.verification.conventions import Conventions
from qftapp.verification.functions import Undecided
from qftapp.verification.lorentz import Spacetime, Tensor, Unfit, Unwieldy
from qftapp.verification.scope import Run, Scope, TooSlow, Work
from qftapp.verification.tree import Node
from qftapp.verification.values import UNDECIDED, UNDEFINED, Collection, Point, Scalar, Value

__all__ = ["BITS", "USUAL", "Evaluator", "TooSlow", "evaluate", "evaluator", "holds", "working_precision"]

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

    __slots__ = ("before", "bits")

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.before = 0

    def __enter__(self) -> None:
        _precision.acquire()
        self.before = ctx.prec
        if self.before != self.bits:
            ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        if ctx.prec != self.before:
            ctx.prec = self.before
        _precision.release()


USUAL = Spacetime.of(Conventions())
"""The spacetime of a contract that states no conventions."""


Evaluator: TypeAlias = Callable[[Point, float], Value]
"""Gives the value at a point; it raises TooSlow past a time (of time.monotonic)."""


def evaluator(node: Node, bits: int = BITS[0], spacetime: Spacetime = USUAL, *, is_estimate: bool = False) -> Evaluator:
    """Return what evaluates a tree, as `evaluate` does, at many points; integrals `is_estimate` to fewer bits."""
    run: Callable[[Scope], Value] | None = None
    goal = bits // 4 + 12 if is_estimate else bits // 2 + 16

    def at(point: Point, stop_at: float) -> Value:
        nonlocal run
        with working_precision(bits):
            if run is None:
                if (found := columns.value(node, point, stop_at)) is not None:
                    return found
                run = _compiled_value(node)
            return run(Scope(point, stop_at, spacetime, Work(goal, is_estimate=is_estimate)))

    return at


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
    return evaluator(node, bits, spacetime)(point, stop_at)


def holds(node: Node, point: Point, spacetime: Spacetime = USUAL) -> bool:
    """Whether a condition is certainly true at a point."""
    for bits in BITS[:2]:
        value = evaluate(node, point, bits, spacetime=spacetime)
        if isinstance(value, bool):
            return value
    return False


def _compiled_value(node: Node) -> Callable[[Scope], Value]:
    match node:
        case tree.Group(form, items):
            runs = [_compiled_value(item) for item in items]
            return lambda scope: Collection(form, tuple(run(scope) for run in runs))
        case tree.Text(value) | tree.Truth(value):
            return lambda scope: value
        case tree.Comparison() | tree.Logic():
            decide = decision(node, compiled)
            return lambda scope: UNDECIDED if (decided := decide(scope)) is None else decided
        case tree.Choice(condition, yes, no):
            return _chosen(decision(condition, compiled), _compiled_value(yes), _compiled_value(no))
    return _of_term(compiled(node))


def _chosen(decide: Decide, yes: Callable[[Scope], Value], no: Callable[[Scope], Value]) -> Callable[[Scope], Value]:
    def value(scope: Scope) -> Value:
        decided = decide(scope)
        return UNDECIDED if decided is None else yes(scope) if decided else no(scope)

    return value


def _of_term(run: Run) -> Callable[[Scope], Value]:
    def value(scope: Scope) -> Value:
        try:
            term = run(scope)
        except Unfit:
            return UNDEFINED
        except (Undecided, Unwieldy):
            return UNDECIDED
        return term.value() if isinstance(term, Tensor) else Scalar(term)

    return value
