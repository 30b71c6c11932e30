"""Deciding whether a response answers an item rightly.

| response | outcome |
|---|---|
| agrees with gold at every point where gold is defined | correct |
| differs, is undefined, or raises at one of them; leaves memory or confinement | wrong |
| nothing that looks like an answer | no_answer |
| an answer that cannot be read, two different boxes, a function of another name | unreadable |
| still running at the deadline | timeout |
| anything, while gold raises, is undefined, has another kind, or no point exists | broken_item |
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qftapp.verification.closeness import Match
from qftapp.verification.compare import Comparison, compare
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS
from qftapp.verification.extract import Answer, Missing, extract
from qftapp.verification.kinds import kind_fault
from qftapp.verification.points import NoPoints, sample
from qftapp.verification.solutions import Solution, Unreadable, Values, compute, gold_of, read_solution
from qftapp.verification.values import Point, Value, shown, shown_coordinate, shown_point
from qftapp.verification.verdict import Outcome, Verdict

VERIFIER_VERSION = "1"
POINTS = 10
FEWEST_POINTS = 3
"""Of the points of an answer that is not constant, gold must be defined at this many (or at all there are)."""
QUOTED = 400


@dataclass(frozen=True, slots=True)
class _Clock:
    """The time an answer may take, gold included."""

    started: float
    deadline: float

    @property
    def left(self) -> float:
        return self.deadline - (time.monotonic() - self.started)


def verify(contract: Contract, response: str, *, seed: int | None = None, deadline_seconds: float = 10.0) -> Verdict:
    """Return the verdict on a response; the points are secret unless `seed` fixes them.

    Raises SandboxUnavailable if Python would have to be run and this machine cannot confine it; never anything else.
    """
    clock = _Clock(time.monotonic(), deadline_seconds)
    evidence: dict[str, Any] = {}
    verdict = _judge(contract, response, secrets.randbits(62) if seed is None else seed, clock, evidence)
    evidence["seconds"] = round(time.monotonic() - clock.started, 6)
    return verdict


def _judge(contract: Contract, response: str, seed: int, clock: _Clock, evidence: dict[str, Any]) -> Verdict:
    found = extract(response, contract.entry_point)
    if isinstance(found, Missing):
        outcome = Outcome.UNREADABLE if found.is_unreadable else Outcome.NO_ANSWER
        return Verdict(outcome, found.reason, evidence=evidence)
    evidence["answer"] = _quoted(found)
    try:
        solution = read_solution(found, contract)
    except Unreadable as error:
        return Verdict(Outcome.UNREADABLE, str(error), evidence=evidence)
    evidence["seed"] = seed
    try:
        points = sample(contract, POINTS, seed)
    except NoPoints as error:
        return Verdict(Outcome.BROKEN_ITEM, str(error), evidence=evidence)
    gold = compute(contract, gold_of(contract), points, clock.left / 2, BITS[0])
    if fault := _gold_fault(contract, gold, points):
        return Verdict(Outcome.BROKEN_ITEM, fault, evidence=evidence)
    kept = gold.defined()
    case = _Case(contract, solution, [points[i] for i in kept], [gold.values[i] for i in kept])
    return case.judged(clock, evidence)


def _quoted(answer: Answer) -> dict[str, str]:
    return {"form": answer.form, "text": answer.source[:10_000]}


def _gold_fault(contract: Contract, gold: Values, points: Sequence[Point]) -> str:
    """Say why nothing can be compared with these values of gold, "" if it can."""
    if gold.status != "ok":
        return f"the gold answer fails: {gold.message}"
    kept = gold.defined()
    needed = 1 if contract.is_constant else min(FEWEST_POINTS, len(points))
    if len(kept) < needed:
        index = next(i for i in range(len(points)) if i not in kept)
        why = gold.errors[index] or "it is undefined"
        return f"gold has a value at only {len(kept)} of {len(points)} points; at {shown_point(points[index])}: {why}"
    return next(filter(None, (kind_fault(contract, gold.values[index]) for index in kept)), "")


@dataclass(frozen=True, slots=True)
class _Case:
    """An answer and the points at which gold is defined, with gold's values there."""

    contract: Contract
    solution: Solution
    points: Sequence[Point]
    gold: Sequence[Value]

    def judged(self, clock: _Clock, evidence: dict[str, Any]) -> Verdict:
        """Compare, with more precision on doubt as long as an expression can give more."""
        gold_solution = gold_of(self.contract)
        gold: Sequence[Value] = self.gold
        answer = compute(self.contract, self.solution, self.points, clock.left, BITS[0])
        precisions = BITS[:1] if self.solution.is_python and gold_solution.is_python else BITS
        for bits in precisions:
            if bits > BITS[0]:
                if not gold_solution.is_python:
                    finer = compute(self.contract, gold_solution, self.points, clock.left, bits)
                    if finer.status != "ok":
                        return Verdict(Outcome.TIMEOUT, f"gold to more figures: {finer.message}", evidence=evidence)
                    gold = finer.values
                if not self.solution.is_python:
                    answer = compute(self.contract, self.solution, self.points, clock.left, bits)
            if answer.status != "ok":
                break
            final = bits == precisions[-1]
            comparison = compare(self.contract, gold, answer.values, bits=bits, final=final)
            if comparison.match is not Match.DOUBT:
                return self._verdict(comparison, answer, evidence)
        outcome = Outcome.TIMEOUT if answer.status == "timeout" else Outcome.WRONG
        return Verdict(outcome, answer.message, evidence=evidence)

    def _verdict(self, comparison: Comparison, answer: Values, evidence: dict[str, Any]) -> Verdict:
        evidence["points"] = [
            {
                "arguments": {name: shown_coordinate(value) for name, value in point.items()},
                "gold": shown(expected)[:QUOTED],
                "answer": (error or shown(value))[:QUOTED],
            }
            for point, expected, value, error in zip(self.points, self.gold, answer.values, answer.errors, strict=True)
        ]
        if comparison.match is Match.EQUAL:
            return Verdict(Outcome.CORRECT, self._agreement(), evidence=evidence)
        return Verdict(Outcome.WRONG, self._difference(comparison, answer), evidence=evidence)

    def _agreement(self) -> str:
        count = len(self.points)
        return "agrees with gold" if self.contract.is_constant else f"agrees with gold at all {count} points"

    def _difference(self, comparison: Comparison, answer: Values) -> str:
        index = comparison.index or 0
        where = f"at {shown_point(self.points[index])}: " if self.points[index] else ""
        if error := answer.errors[index]:
            return f"{where}the answer has no value: {error}"
        if comparison.reason:
            return where + comparison.reason
        value, expected = shown(answer.values[index])[:QUOTED], shown(self.gold[index])[:QUOTED]
        return f"{where}the answer is {value}, gold is {expected}"
