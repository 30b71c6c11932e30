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

from qftapp.verification.answers import read_gold
from qftapp.verification.contract import Contract, Gold
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.extract import Answer
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
    firsts: list[int] = []
    found: list[int] = []
    for place, answer in enumerate(answers):
        same = _same(contract, answer, [(first, answers[first]) for first in firsts], stop_at)
        found.append(place if same is None else same)
        if same is None and len(firsts) < MOST_GROUPS:
            firsts.append(place)
    return found


def _same(contract: Contract, answer: Answer, firsts: Sequence[tuple[int, Answer]], stop_at: float) -> int | None:
    for place, first in firsts:
        left = stop_at - time.monotonic()
        if left <= 0:
            return None
        if are_same(contract, first, answer, seconds=left):
            return place
    return None
