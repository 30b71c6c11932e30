"""Finding the single slip that turns gold into the answer, or the answer into gold."""

from collections.abc import Sequence

from qftapp.verification import tree
from qftapp.verification.diagnosis.edits import edits
from qftapp.verification.diagnosis.facts import Facts, Row
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.normal import factors, product
from qftapp.verification.diagnosis.screen import Screen
from qftapp.verification.tree import Node

MOST = 600
"""Slips tried in one tree."""


def one_slip(facts: Facts) -> Diagnosis | None:
    """Gold with one thing changed is the answer, or the answer with one thing changed is gold."""
    for is_gold, root, target in (
        (True, facts.gold_tree, facts.answer),
        (False, facts.answer_tree, facts.gold),
    ):
        if root is not None and (found := _slip_in(facts, root, target, is_gold)):
            return found
    return None


def one_factor(facts: Facts) -> Diagnosis | None:
    """A factor of gold is missing, or the answer has one more; powers of symbols are looked at elsewhere."""
    for is_gold, root, target in ((True, facts.gold_tree, facts.answer), (False, facts.answer_tree, facts.gold)):
        parts = factors(root) if root is not None else ()
        for index, part in enumerate(parts):
            if not isinstance(part, tree.Call | tree.Sum) and not _is_power_of_sum(part):
                continue
            rest = product([*parts[:index], *parts[index + 1 :]] or [tree.ONE])
            if facts.becomes(rest, target):
                name = f"the factor {facts.text.write(part)}"
                code, state = ("dropped_factor", "missing") if is_gold else ("extra_factor", "one too many")
                return Diagnosis(code, f"{name} is {state}", facts.latex.write(part))
    return None


def _is_power_of_sum(node: Node) -> bool:
    return isinstance(node, tree.Power) and bool(tree.children(node.base))


def _slip_in(facts: Facts, root: Node, target: Sequence[Row], is_gold: bool) -> Diagnosis | None:
    screen = Screen.of(facts, root, target)
    for count, edit in enumerate(edits(facts, root, screen.likely)):
        if count >= MOST:
            break
        if screen.lets_pass(edit) and facts.becomes(edit.altered, target):
            return edit.describe(is_gold)
    return None
