"""Sums and products of terms of which a symbol says how many there are."""

import operator
from dataclasses import replace
from functools import reduce

from flint import acb

from qftapp.verification import tree
from qftapp.verification.functions import NAN, Undecided
from qftapp.verification.lorentz import Tensor, Term
from qftapp.verification.scope import Compile, Run, Scope

MOST_TERMS = 500


def series(node: tree.Series, compile: Compile) -> Run:
    """Return what gives the value: 0 or 1 where there is no term, undefined where a bound is no whole number."""
    low, high, term = compile(node.low), compile(node.high), compile(node.term)

    def run(scope: Scope) -> Term:
        start, end = _whole(low(scope)), _whole(high(scope))
        if start is None or end is None:
            return NAN
        if end - start >= MOST_TERMS:
            raise Undecided
        terms = [term(replace(scope, point={**scope.point, node.variable: value})) for value in range(start, end + 1)]
        join, nothing = (operator.mul, acb(1)) if node.is_product else (operator.add, acb(0))
        if any(isinstance(value, Tensor) for value in terms):
            return NAN
        return reduce(join, terms, nothing)

    return run


def _whole(value: Term) -> int | None:
    if isinstance(value, Tensor) or not value.is_exact():
        return None
    whole = value.unique_fmpz()
    return None if whole is None else int(whole)
