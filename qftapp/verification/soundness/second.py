"""The second solution beside gold."""

from collections.abc import Sequence
from dataclasses import replace

from qftapp.verification.answers import Solution, gold_of
from qftapp.verification.certificate import prove
from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare
from qftapp.verification.contract import Contract
from qftapp.verification.soundness.checks import Check
from qftapp.verification.soundness.experiment import Experiment
from qftapp.verification.soundness.ratios import described
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, shown, shown_point, undefined

TITLE = "The second solution agrees with gold"
CODE = "second_solution"


def agrees(contract: Contract, experiment: Experiment, source: str, fault: str) -> Check:
    """Return whether an independent second solution, of this source, gives gold's values."""
    if fault:
        return Check(CODE, TITLE, "fail", f"The second solution cannot be used: {fault}.")
    second, gold = experiment.second, experiment.gold
    if second is None:
        return Check(CODE, TITLE, "note", "There is none. An independent computation catches a wrong gold: add one.")
    if second.status != "ok" and not second.defined():
        return Check(CODE, TITLE, "fail", f"The second solution does not run: {second.message}.")
    kept = gold.defined()
    if missing := [index for index in kept if index not in second.defined()]:
        why = second.errors[missing[0]] or f"it {undefined(second.values[missing[0]])}"
        where = shown_point(experiment.points[missing[0]])
        return Check(CODE, TITLE, "fail", f"The second solution has no value at {where}: {why}.")
    ours, theirs = [gold.values[index] for index in kept], [second.values[index] for index in kept]
    found = compare(contract, ours, theirs)
    index = found.index or 0
    where = shown_point(experiment.points[kept[index]])
    if found.match is Match.DOUBT:
        message = f"At {where} the two cannot be computed accurately enough to be compared: write them more simply."
        return Check(CODE, TITLE, "fail", message)
    if found.match is Match.DIFFERENT:
        relation = described(ours, theirs)
        message = (
            f"At {where} gold is {shown(ours[index])}, the second solution {shown(theirs[index])}. "
            f"{relation}{' ' if relation else ''}One of them is wrong."
        )
        return Check(CODE, TITLE, "fail", message)
    if "".join(source.split()) == "".join(contract.gold.source.split()):
        return Check(CODE, TITLE, "note", "It is a copy of gold, which proves nothing: compute the answer another way.")
    return Check(CODE, TITLE, "pass", f"Both agree at {len(kept)} point{'s' if len(kept) > 1 else ''}.")


def certified(check: Check, contract: Contract, second: Solution, points: Sequence[Point], seconds: float) -> Check:
    """Return a check that passed with the proof that both are one function, as it is where none is found in time."""
    trees = _tree(gold_of(contract), points), _tree(second, points)
    if trees[0] is None or trees[1] is None:
        return check
    how = prove(contract, trees[0], trees[1], seconds)
    return replace(check, message=f"{check.message[:-1]}, and provably: {how}.") if how else check


def _tree(solution: Solution, points: Sequence[Point]) -> Node | None:
    """Return what a solution computes, None for Python that does more than the program read from it."""
    if not isinstance(solution.body, str):
        return solution.body
    program = solution.program
    return program.tree if program and program.values(points) is not None else None
