"""Answers whose entries come in any order: solutions that are missing, too many, or wrong."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from qftapp.verification import tree
from qftapp.verification.diagnosis.case import Case
from qftapp.verification.diagnosis.facts import are_close, numbers, tolerance_share
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.notation import Notation
from qftapp.verification.terms import Equality, Kind
from qftapp.verification.tree import Node
from qftapp.verification.values import Collection, Value

MOST_WRONG = 4


def of_set(case: Case, stop_at: float, of_numbers: Callable[[Case, float], Diagnosis | None]) -> Diagnosis | None:
    """Return what is wrong with a set of solutions."""
    gold, answers = ([_items(value) for value in values] for values in (case.gold, case.answers))
    share = tolerance_share(case.contract)
    lacking = _unmatched(gold, answers, share)
    surplus = _unmatched(answers, gold, share)
    if lacking is None or surplus is None:
        return None
    if lacking and not surplus:
        return _missing(case, lacking, len(gold[0]))
    if surplus and not lacking:
        return Diagnosis("too_many", f"{len(surplus)} of the {len(answers[0])} solutions given {_are(surplus)} none")
    if len(lacking) != len(surplus) or len(lacking) > MOST_WRONG:
        return None
    return _wrong(case, lacking, surplus, stop_at, of_numbers)


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Collection) else (value,)


def _unmatched(left: Sequence[Sequence[Value]], right: Sequence[Sequence[Value]], share: float) -> list[int] | None:
    """Return the elements of `left` that are in `right` at no point, None if that depends on the point."""
    if len({len(items) for items in left}) != 1:
        return None
    found: list[int] = []
    for index in range(len(left[0])):
        present = {
            any(_is_same(items[index], other, share) for other in others)
            for items, others in zip(left, right, strict=True)
        }
        if present == {True, False}:
            return None
        if present == {False}:
            found.append(index)
    return found


def _is_same(left: Value, right: Value, share: float) -> bool:
    first, second = numbers(left), numbers(right)
    if first is None or second is None:
        return left == right
    return are_close(first, second, share)


def _missing(case: Case, lacking: Sequence[int], count: int) -> Diagnosis:
    notation = Notation(False)
    nodes = [_member(case.gold_tree, index) for index in lacking]
    names = [notation.write(node) for node in nodes if node is not None]
    latex = Notation(True, {symbol.name: symbol.latex for symbol in case.contract.symbols})
    shown = r",\ ".join(latex.write(node) for node in nodes if node is not None)
    if len(names) == len(lacking) and all(names):
        plural = "the solution {} is missing" if len(names) == 1 else "the solutions {} are missing"
        return Diagnosis("one_of_several", plural.format(", ".join(names)), shown)
    return Diagnosis("one_of_several", f"{len(lacking)} of {count} solutions {_are(lacking)} missing")


def _are(items: Sequence[object]) -> str:
    return "is" if len(items) == 1 else "are"


def _member(node: Node | None, index: int) -> Node | None:
    return node.items[index] if isinstance(node, tree.Group) and index < len(node.items) else None


def _wrong(
    case: Case,
    lacking: Sequence[int],
    surplus: Sequence[int],
    stop_at: float,
    of_numbers: Callable[[Case, float], Diagnosis | None],
) -> Diagnosis | None:
    """Pair each missing solution with one that is none, so that all are wrong in the same way."""
    for order in itertools.permutations(surplus):
        found: list[Diagnosis] = []
        for wanted, given in zip(lacking, order, strict=True):
            one = of_numbers(_pair(case, wanted, given), stop_at)
            if one is None or (found and one.code != found[0].code):
                break
            found.append(one)
        if len(found) == len(lacking):
            label = "a solution is wrong" if len(found) == 1 else f"{len(found)} solutions are wrong"
            return Diagnosis(found[0].code, f"{label}: {found[0].words}", found[0].latex)
    return None


def _pair(case: Case, wanted: int, given: int) -> Case:
    """Return a missing solution beside one that is none."""
    return replace(
        case,
        contract=replace(case.contract, kind=Kind.EXPRESSION, equality=Equality.VALUE),
        gold=[_items(value)[wanted] for value in case.gold],
        answers=[_items(value)[given] for value in case.answers],
        gold_tree=_member(case.gold_tree, wanted),
        answer_tree=_member(case.answer_tree, given),
    )
