r"""Whether two answers to one item are the same, right or wrong: one stands in gold's place, the other is judged.

| in gold's place | the other | contract | the same |
|---|---|---|---|
| `\frac{g^2}{8\pi}` | `0.125*g**2/pi` | | yes |
| `g/m` | `-g/m` | up to one overall sign | yes |
| 0.1 | 0.1001 | three significant figures | yes |
| `g + m` | a program that computes m + g | | yes |
| what cannot be read as gold | anything | | not known |
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from qftapp.verification.answers import UnitMissing, Unreadable, read_answer, read_gold
from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare
from qftapp.verification.contract import Contract, Gold
from qftapp.verification.evaluation import BITS
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.extract import Answer
from qftapp.verification.gold import gold_at_points
from qftapp.verification.points import NoPoints
from qftapp.verification.solutions import Values, compute
from qftapp.verification.terms import Kind
from qftapp.verification.values import Point
from qftapp.verification.verdict import Outcome
from qftapp.verification.verify import verify

MOST_GROUPS = 30
"""Answers of one item that others are compared with; past that, an answer is the same as its equal in text alone."""
_FENCE = "~" * 8


def response_of(answer: Answer) -> str:
    """Return a response that hands in just this answer."""
    if answer.form == "code":
        return f"{_FENCE}python\n{answer.source}\n{_FENCE}"
    return rf"\boxed{{{answer.source}}}"


def in_place_of_gold(contract: Contract, answer: Answer) -> Contract | None:
    """Return the contract with an answer for its gold, None where it cannot be read as gold."""
    if answer.form == "code":
        return replace(contract, gold=Gold("python", answer.source))
    for language in ("expression", "latex"):
        stand_in = replace(contract, gold=Gold(language, answer.source))
        try:
            read_gold(stand_in)
        except ExpressionError:
            continue
        return stand_in
    return None


def are_same(contract: Contract, one: Answer, other: Answer, *, seconds: float) -> bool | None:
    """Whether two answers are the same under the contract, None where the verifier cannot tell.

    Raises SandboxUnavailable.
    """
    stand_in = in_place_of_gold(contract, one)
    if stand_in is None:
        return None
    outcome = verify(stand_in, response_of(other), deadline_seconds=seconds, with_diagnosis=False).outcome
    return {Outcome.CORRECT: True, Outcome.WRONG: False}.get(outcome)


def groups(contract: Contract, answers: Sequence[Answer], *, seconds: float) -> list[int]:
    """Return for each answer the place of the first that is the same.

    Each is compared with the first of every group so far, at most MOST_GROUPS of them, until `seconds` have passed in
    all; those that are not reached, or cannot be compared, are the same as nothing else. Raises SandboxUnavailable.
    """
    stop_at = time.monotonic() + seconds
    points = _points(contract)
    firsts: list[tuple[int, Values | None]] = []
    found: list[int] = []
    for place, answer in enumerate(answers):
        values = _values(contract, answer, points, stop_at)
        alike = (first for first, known in firsts if not _differ(contract, known, values))
        same = next((first for first in alike if _are_same(contract, answers[first], answer, stop_at)), place)
        found.append(same)
        if same == place and len(firsts) < MOST_GROUPS:
            firsts.append((place, values))
    return found


def _are_same(contract: Contract, one: Answer, other: Answer, stop_at: float) -> bool:
    left = stop_at - time.monotonic()
    return left > 0 and bool(are_same(contract, one, other, seconds=left))


def _points(contract: Contract) -> Sequence[Point]:
    try:
        return gold_at_points(contract, None)[0].points
    except NoPoints:
        return ()


def _values(contract: Contract, answer: Answer, points: Sequence[Point], stop_at: float) -> Values | None:
    """Return the values of an answer that can be read in one way, None where there are none to be had."""
    if contract.kind in (Kind.EQUATION, Kind.TENSOR) or time.monotonic() > stop_at:
        return None  # the same equation has other values, the same tensor may have its indices in another order
    try:
        readings = read_answer(answer, contract)
    except (Unreadable, UnitMissing):
        return None
    if len(readings) != 1 or len(readings[0]) != 1:
        return None
    values = compute(contract, readings[0][0], points, stop_at - time.monotonic(), BITS[0])
    return values if values.status == "ok" else None


def _differ(contract: Contract, one: Values | None, other: Values | None) -> bool:
    """Whether values say already that two answers differ, which spares most pairs the whole comparison."""
    if one is None or other is None:
        return False
    both = sorted(set(one.defined()) & set(other.defined()))
    values = ([each.values[index] for index in both] for each in (one, other))
    return bool(both) and compare(contract, *values, final=False).match is Match.DIFFERENT
