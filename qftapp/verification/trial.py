"""An answer on trial: its values beside those of gold, and what follows from them."""

import time
from collections.abc import Iterator, Sequence
from itertools import chain

from qftapp.verification import branches, cuts, equations, second_look, shares, tree
from qftapp.verification.answers import Solution
from qftapp.verification.closeness import Match
from qftapp.verification.comparands import QUOTED, Comparands
from qftapp.verification.compare import Comparison, compare
from qftapp.verification.contract import Contract
from qftapp.verification.diagnosis import SECONDS, Case, Diagnosis, diagnose
from qftapp.verification.evaluation import BITS, Evaluator, evaluator
from qftapp.verification.gold import Footing, Gold
from qftapp.verification.judgement import Clock, Judgement
from qftapp.verification.kinds import folded, leaves
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.solutions import Values, compute
from qftapp.verification.terms import Equality, Kind
from qftapp.verification.tree import Node
from qftapp.verification.values import Collection, Point, Value, is_vague, shown, shown_point
from qftapp.verification.verdict import Outcome

_NUMERIC = frozenset((Kind.NUMBER, Kind.COMPLEX, Kind.EXPRESSION))


class Trial:
    """An answer beside gold, at the points at which gold is defined."""

    def __init__(self, contract: Contract, solution: Solution, gold: Gold, footing: Footing) -> None:
        self.contract = contract
        self.solution = solution
        self.gold = gold
        self.footing = footing
        self.points = footing.points
        self.expected = footing.expected
        self.spacetime = Spacetime.of(contract.conventions)
        self.gold_tree = footing.values.tree

    def judged(self, clock: Clock) -> Judgement:
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
                expected = self.footing.as_kept(finer)
                if not self.solution.is_python:
                    answer = compute(self.contract, self.solution, self.points, clock.left, bits, gives_up=True)
            if answer.status != "ok":
                return _failure(answer)
            comparison = compare(self.contract, expected, answer.values, bits=bits, final=bits == precisions[-1])
            if comparison.match is not Match.DOUBT:
                break
        judgement = self._verdict(comparison, expected, answer, bits, clock)
        if judgement.outcome is Outcome.CORRECT and (again := self._looked_at_again(expected, answer, clock)):
            return again
        return judgement._replace(compared=Comparands(self.points, self.expected, answer, comparison.index))

    def _looked_at_again(self, expected: Sequence[Value], answer: Values, clock: Clock) -> Judgement | None:
        """Return why an answer that agrees with gold is wrong elsewhere, nothing where it is right there too."""
        if self.gold_tree is None or self.contract.kind not in _NUMERIC or self.contract.equality is not Equality.VALUE:
            return None
        points: tuple[Point, ...] = ()
        if shares.is_only_near(expected, answer.values):
            points = shares.telling_points(self.contract, self.gold_tree, self.points, clock.left / 2)
        points += branches.further_points(self.contract, self._parts(answer), self.points, expected)
        look = second_look.differing(self.contract, self.gold.solution, self.solution, points, clock.left)
        if look is None:
            return None
        there = Trial(self.contract, self.solution, self.gold, Footing.of(self.contract, look.gold, points))
        judgement = there._verdict(look.comparison, there.expected, look.answer, BITS[0], clock)
        compared = Comparands(there.points, there.expected, look.answer, look.comparison.index)
        return judgement._replace(compared=compared)

    def _parts(self, answer: Values) -> Iterator[Node]:
        """Yield the parts of the trees of gold and answer."""
        return chain.from_iterable(tree.walk(known) for known in (self.gold_tree, answer.tree) if known)

    def _verdict(
        self, comparison: Comparison, expected: Sequence[Value], answer: Values, bits: int, clock: Clock
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

    def _judged_by_solutions(self, clock: Clock) -> Judgement:
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

    def _diagnosis(self, expected: Sequence[Value], answer: Values, clock: Clock) -> Diagnosis | None:
        """Say how the answer is wrong, from these values and a few more of the trees."""
        if not clock.has_time_to_diagnose:
            return None
        case = Case(self.contract, self.points, expected, answer.values, self._prepared, self.gold_tree, answer.tree)
        return diagnose(case, seconds=min(SECONDS, clock.left))

    def _prepared(self, node: Node) -> Evaluator:
        return evaluator(node, spacetime=self.spacetime, is_estimate=True)

    def _is_right_again(self, answer: Values, clock: Clock) -> bool | None:
        """Whether the second reading of the answer is right, None if there is none that can be compared."""
        if self.solution.is_python and answer.tree:
            return None  # it met no zero whose sign decides, or it would have been run
        again = cuts.read_again(self.contract, self.solution, self.points, clock.left)
        if again is None:
            return None
        gold = self.gold.values(time.monotonic() + clock.left, cuts.FINE_BITS)
        if gold.status != "ok":
            return None
        return (
            compare(self.contract, self.footing.as_kept(gold), again.values, bits=cuts.FINE_BITS).match is Match.EQUAL
        )

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
