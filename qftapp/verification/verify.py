"""Deciding whether a response answers an item rightly.

| response | outcome |
|---|---|
| agrees with gold at every point where gold is defined | correct |
| differs, is undefined, or raises at one of them; leaves its confinement | wrong |
| nothing that looks like an answer | no_answer |
| an answer that cannot be read, two different boxes, a function of another name, an unlisted label | unreadable |
| hangs on the sign of a zero on a branch cut, or cannot be computed accurately enough | unreadable |
| still running at the deadline, or out of memory | timeout |
| anything, while gold raises, is undefined or undecided, has another kind, or no point exists | broken_item |
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from qftapp.verification import cuts, equations, tree
from qftapp.verification.answers import Reading, Solution, UnitMissing, Unreadable, read_answer
from qftapp.verification.closeness import Match
from qftapp.verification.compare import Comparison, compare
from qftapp.verification.contract import Contract
from qftapp.verification.diagnosis import SECONDS, Case, Diagnosis, diagnose
from qftapp.verification.evaluation import BITS, Evaluator, evaluator
from qftapp.verification.extract import Answer, Missing, extract
from qftapp.verification.gold import Gold, gold_at_points
from qftapp.verification.indices import IndicesDiffer, fitted
from qftapp.verification.kinds import folded, kind_fault, leaves
from qftapp.verification.lorentz import IndexFault, Spacetime
from qftapp.verification.points import NoPoints
from qftapp.verification.solutions import Values, compute
from qftapp.verification.terms import Kind
from qftapp.verification.tree import Node
from qftapp.verification.values import (
    Collection,
    Point,
    Value,
    is_vague,
    shown,
    shown_coordinate,
    shown_point,
    undefined,
)
from qftapp.verification.verdict import Outcome, Verdict

VERIFIER_VERSION = "3"
FEWEST_POINTS = 3
"""Of the points of an answer that is not constant, gold must be defined at this many (or at all there are)."""
QUOTED = 400


@dataclass(frozen=True, slots=True)
class _Clock:
    """The time an answer may take, gold included, and whether any of it goes to a diagnosis."""

    started: float
    deadline: float
    has_time_to_diagnose: bool

    @property
    def left(self) -> float:
        return self.deadline - (time.monotonic() - self.started)


def verify(
    contract: Contract,
    response: str,
    *,
    seed: int | None = None,
    deadline_seconds: float = 10.0,
    in_prose: bool = False,
    with_diagnosis: bool = True,
) -> Verdict:
    """Return the verdict on a response; without a diagnosis it takes a fraction of the time where an answer is wrong.

    The points are secret, drawn once for a contract in each process, unless `seed` fixes them; gold is computed at them
    once (see `gold`). `in_prose` is for contracts that were guessed: it also takes a final answer that sentences state,
    which no prompt of ours asks for. Raises SandboxUnavailable if Python would have to be run and this machine cannot
    confine it; never anything else.
    """
    clock = _Clock(time.monotonic(), deadline_seconds, with_diagnosis)
    evidence: dict[str, Any] = {}
    found = extract(response, contract.entry_point, in_prose=in_prose)
    judgement = _judge(contract, found, seed, clock, evidence)
    evidence["seconds"] = round(time.monotonic() - clock.started, 6)
    return Verdict(*judgement, evidence=evidence)


class Judgement(NamedTuple):
    """What a verdict says before its evidence is bound to it."""

    outcome: Outcome
    reason: str
    diagnosis: Diagnosis | None = None


def _judge(
    contract: Contract, found: Answer | Missing, seed: int | None, clock: _Clock, evidence: dict[str, Any]
) -> Judgement:
    if isinstance(found, Missing):
        return Judgement(Outcome.UNREADABLE if found.is_unreadable else Outcome.NO_ANSWER, found.reason)
    evidence["answer"] = _quoted(found)
    try:
        gold, evidence["seed"] = gold_at_points(contract, seed)
    except NoPoints as error:
        return Judgement(Outcome.BROKEN_ITEM, str(error))
    known: Judgement | None = gold.judged.recall(found, evidence)
    if known is None:
        known = _judge_answer(contract, found, gold, clock, evidence)
        is_whole = clock.has_time_to_diagnose or known.outcome is not Outcome.WRONG
        if is_whole and known.outcome in (Outcome.CORRECT, Outcome.WRONG, Outcome.UNREADABLE):
            gold.judged.keep(found, known, evidence)
    return known


def _judge_answer(contract: Contract, found: Answer, gold: Gold, clock: _Clock, evidence: dict[str, Any]) -> Judgement:
    try:
        readings = read_answer(found, contract)
    except Unreadable as error:
        return Judgement(Outcome.UNREADABLE, str(error))
    except UnitMissing as error:
        return Judgement(Outcome.WRONG, str(error), Diagnosis("unit_missing", "the unit is missing"))
    values = gold.values(time.monotonic() + clock.left / 2)
    if fault := _gold_fault(contract, values, gold.points):
        return Judgement(Outcome.BROKEN_ITEM, fault)
    judgements = [_all_right(contract, reading, gold, values, clock, evidence) for reading in readings]
    if len({judgement.outcome for judgement in judgements}) > 1:
        return Judgement(Outcome.UNREADABLE, "the answer can be read in two ways, with two verdicts: write brackets")
    return judgements[0]


def _all_right(
    contract: Contract, reading: Reading, gold: Gold, values: Values, clock: _Clock, evidence: dict[str, Any]
) -> Judgement:
    """Judge the parts of a = b = c, of which each must be right."""
    for place, solution in enumerate(reading, 1):
        try:
            comparable = fitted(solution, gold.solution, contract)
        except IndexFault as error:
            return Judgement(Outcome.UNREADABLE, str(error))
        except IndicesDiffer as error:
            return Judgement(Outcome.WRONG, str(error), Diagnosis("indices", str(error)))
        wider = gold.beside(comparable)
        known = values if wider is gold else wider.values(time.monotonic() + clock.left / 2)
        if known.status != "ok":
            wider, known = gold, values
        judgement = _Case(contract, comparable, wider, known).judged(clock, evidence)
        if judgement.outcome is not Outcome.CORRECT and len(reading) > 1:
            return judgement._replace(reason=f"part {place} of the equation: {judgement.reason}")
    return judgement


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
        why = gold.errors[index] or f"it {undefined(gold.values[index])}"
        return f"gold has a value at only {len(kept)} of {len(points)} points; at {shown_point(points[index])}: {why}"
    return next(filter(None, (kind_fault(contract, gold.values[index]) for index in kept)), "")


class _Case:
    """An answer beside gold, at the points at which gold is defined."""

    def __init__(self, contract: Contract, solution: Solution, gold: Gold, values: Values) -> None:
        self.contract = contract
        self.solution = solution
        self.gold = gold
        self.kept = values.defined()
        self.points = [gold.points[index] for index in self.kept]
        self.expected = self._at_points(values)
        self.spacetime = Spacetime.of(contract.conventions)
        self.gold_tree = values.tree

    def _at_points(self, gold: Values) -> list[Value]:
        return [gold.values[index] for index in self.kept]

    def judged(self, clock: _Clock, evidence: dict[str, Any]) -> Judgement:
        """Compare, with more precision on doubt as long as an expression can give more."""
        if isinstance(self.gold.solution.body, tree.Comparison) and self.contract.kind is Kind.EQUATION:
            return self._judged_by_solutions(clock)
        expected = self.expected
        answer = compute(self.contract, self.solution, self.points, clock.left, BITS[0], gives_up=True)
        precisions = BITS[:1] if self.solution.is_python and self.gold.solution.is_python else BITS
        for bits in precisions:
            if bits > BITS[0]:
                finer = self.gold.values(time.monotonic() + clock.left, bits)
                if finer.status != "ok":
                    return Judgement(Outcome.TIMEOUT, f"gold to more figures: {finer.message}")
                expected = self._at_points(finer)
                if not self.solution.is_python:
                    answer = compute(self.contract, self.solution, self.points, clock.left, bits, gives_up=True)
            if answer.status != "ok":
                return _failure(answer)
            comparison = compare(self.contract, expected, answer.values, bits=bits, final=bits == precisions[-1])
            if comparison.match is not Match.DOUBT:
                break
        evidence["points"] = self._rows(answer)
        evidence["differs_at"] = comparison.index
        return self._verdict(comparison, expected, answer, bits, clock)

    def _rows(self, answer: Values) -> list[dict[str, Any]]:
        return [
            {
                "arguments": {name: shown_coordinate(value) for name, value in point.items()},
                "gold": shown(expected, QUOTED),
                "answer": error[:QUOTED] or shown(value, QUOTED),
            }
            for point, expected, value, error in zip(
                self.points, self.expected, answer.values, answer.errors, strict=True
            )
        ]

    def _verdict(
        self, comparison: Comparison, expected: Sequence[Value], answer: Values, bits: int, clock: _Clock
    ) -> Judgement:
        index = comparison.index or 0
        where = f"at {shown_point(self.points[index])}: " if self.points[index] else ""
        if comparison.match is Match.DOUBT:
            if is_vague(expected[index], bits):
                return Judgement(
                    Outcome.BROKEN_ITEM, f"{where}gold cannot be computed accurately; is it on a branch cut?"
                )
            return Judgement(
                Outcome.UNREADABLE, f"{where}the answer cannot be computed accurately; is it on a branch cut?"
            )
        if label := self._alien_label(answer):
            return Judgement(
                Outcome.UNREADABLE, f"“{label[:40]}” is not one of the labels {', '.join(self.contract.labels)}"
            )
        is_right = comparison.match is Match.EQUAL
        if (not is_right or cuts.has_infinitesimal(self.solution)) and (
            self._is_right_again(answer, clock) is (not is_right)
        ):
            reason = "the answer is on a branch cut, and right or wrong by the sign of a zero alone; write ± i*pi out"
            return Judgement(Outcome.UNREADABLE, reason)
        if is_right:
            return Judgement(Outcome.CORRECT, self._agreement())
        if self.contract.kind is Kind.EQUATION:
            return self._judged_by_solutions(clock)
        reason = where + self._difference(comparison, index, answer)
        return Judgement(Outcome.WRONG, reason, self._diagnosis(expected, answer, clock))

    def _judged_by_solutions(self, clock: _Clock) -> Judgement:
        gold, answer = self.gold.solution.body, self.solution.body
        has_components = any(isinstance(value, Collection) for value in self.expected)
        if isinstance(gold, str) or isinstance(answer, str) or has_components:
            return Judgement(Outcome.WRONG, "the sides do not differ by what those of gold differ, up to a factor")
        stop_at = time.monotonic() + clock.left / 2
        search = equations.Search(self.contract.symbols, self.points, self.spacetime, stop_at)
        are_inequalities = isinstance(gold, tree.Comparison) or isinstance(answer, tree.Comparison)
        finding = (equations.same_relation if are_inequalities else equations.same_solutions)(search, gold, answer)
        if finding.are_same is None:
            return Judgement(Outcome.UNREADABLE, finding.reason)
        if finding.are_same:
            return Judgement(Outcome.CORRECT, "has the same solutions as gold")
        return Judgement(Outcome.WRONG, finding.reason)

    def _diagnosis(self, expected: Sequence[Value], answer: Values, clock: _Clock) -> Diagnosis | None:
        """Say how the answer is wrong, from these values and a few more of the trees."""
        if not clock.has_time_to_diagnose:
            return None
        case = Case(self.contract, self.points, expected, answer.values, self._prepared, self.gold_tree, answer.tree)
        return diagnose(case, seconds=min(SECONDS, clock.left))

    def _prepared(self, node: Node) -> Evaluator:
        return evaluator(node, spacetime=self.spacetime, is_estimate=True)

    def _is_right_again(self, answer: Values, clock: _Clock) -> bool | None:
        """Whether the second reading of the answer is right, None if there is none that can be compared."""
        if self.solution.is_python and answer.tree:
            return None  # it met no zero whose sign decides, or it would have been run
        again = cuts.read_again(self.contract, self.solution, self.points, clock.left)
        if again is None:
            return None
        gold = self.gold.values(time.monotonic() + clock.left, cuts.FINE_BITS)
        if gold.status != "ok":
            return None
        return compare(self.contract, self._at_points(gold), again.values, bits=cuts.FINE_BITS).match is Match.EQUAL

    def _alien_label(self, answer: Values) -> str:
        """Return the first label of the answer that the contract does not list, "" if there is none."""
        listed = {folded(label) for label in self.contract.labels}
        labels = [leaf for value in answer.values for leaf in leaves(value) if isinstance(leaf, str)]
        return next((label for label in labels if listed and folded(label) not in listed), "")

    def _agreement(self) -> str:
        count = len(self.points)
        if self.contract.is_constant or count == 1:
            return "agrees with gold"
        return f"agrees with gold at {'both' if count == 2 else f'all {count}'} points"

    def _difference(self, comparison: Comparison, index: int, answer: Values) -> str:
        if error := answer.errors[index]:
            return f"the answer has no value: {error}"
        if comparison.reason:
            return comparison.reason
        value, expected = shown(answer.values[index], QUOTED), shown(self.expected[index], QUOTED)
        return f"the answer is {value}, gold is {expected}"


def _failure(answer: Values) -> Judgement:
    """Judge an answer whose run was cut short; what needs too much time or memory may be right all the same."""
    return Judgement(Outcome.TIMEOUT if answer.status in ("timeout", "memory") else Outcome.WRONG, answer.message)
