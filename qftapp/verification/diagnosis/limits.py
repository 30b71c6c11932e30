"""The answer is right in a limit only: at leading order for small or for large values of a symbol."""

import math
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.diagnosis.facts import Facts
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.wording import raised
from qftapp.verification.drawn import Drawn
from qftapp.verification.tree import Node
from qftapp.verification.values import Point

STEPS = ((2.0**-20, 2.0**-24), (2.0**-12, 2.0**-15), (2.0**-6, 2.0**-8))
"""What the symbol is scaled by; the answer must come nearer to gold as a power of it. The first pair shows whether it
comes near at all; the others are for answers that come too near to be told from gold there."""
NEAR = 0.05
LEAST = 1e-30
PROBES = 3


def leading_order(facts: Facts) -> Diagnosis | None:
    """Answer / gold → 1 as one symbol goes to 0 or to infinity."""
    gold, answer = facts.gold_tree, facts.answer_tree
    if gold is None or answer is None or len(facts.gold[0]) != 1:
        return None
    for symbol in facts.case.contract.symbols:
        name = symbol.name
        if not symbol.domain.is_number or name not in tree.variables(gold):
            continue
        for is_small in (False,) if symbol.domain.is_whole else (True, False):
            order = _order(facts, (gold, answer), facts.points[0], name, is_small)
            others = facts.points[1:PROBES]
            if order is None or any(_order(facts, (gold, answer), p, name, is_small) != order for p in others):
                continue
            plain = facts.text.name(name)
            words = f"right only for {'small' if is_small else 'large'} {plain}"
            off = f"off at relative order {raised(plain, order)}"
            limit = "0" if is_small else r"\infty"
            return Diagnosis("leading_order", f"{words}: {off}", rf"{facts.latex.name(name)} \to {limit}")
    return None


def _order(facts: Facts, trees: tuple[Node, Node], point: Point, name: str, is_small: bool) -> Fraction | None:
    """Return the power of the symbol with which answer / gold approaches 1, None if it does not."""
    for steps in STEPS:
        used = steps if is_small else (1 / steps[0], 1 / steps[1])
        first = _off(facts, trees, point, name, used[0])
        if first is None or first > NEAR:
            return None
        second = _off(facts, trees, point, name, used[1])
        if second is None or second > NEAR:
            return None
        if min(first, second) < LEAST:
            continue
        order = math.log(first / second) / math.log(used[0] / used[1])
        half = Fraction(round(2 * order), 2)
        if abs(order - half) < 0.02:
            return half if half != 0 and (half > 0) is is_small else None
    return None


def _off(facts: Facts, trees: tuple[Node, Node], point: Point, name: str, step: float) -> float | None:
    """Return |answer / gold − 1| with the symbol scaled by a step."""
    value = point[name]
    if isinstance(value, tuple | Drawn):
        return None
    gold, answer = (facts.row(node, {**point, name: value * step}) for node in trees)
    if gold is None or answer is None or gold[0] == 0:
        return None
    return float(abs(answer[0] / gold[0] - 1).mid())
