"""The answer is right at some of the points: on one side of a threshold, or up to the branch of a function."""

from collections.abc import Iterator, Sequence

from flint import acb

from qftapp.verification import tree
from qftapp.verification.diagnosis.facts import Facts, Row, are_close, is_close, number_of
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.normal import coefficient, expanded, factors, product, times
from qftapp.verification.tree import MINUS_ONE, Node, Number, Power, Sum, Variable
from qftapp.verification.values import Point

SAME = 1e-9
"""Within this share an answer is right at a point because it is right there, not because the tolerance is wide."""
FEWEST = 2


def agreeing(facts: Facts) -> tuple[list[int], list[int]]:
    """Return the points at which the answer is right and those at which it is wrong."""
    right: list[int] = []
    wrong: list[int] = []
    for index, rows in enumerate(zip(facts.gold, facts.answer, strict=True)):
        (right if are_close(*rows, SAME) else wrong).append(index)
    return right, wrong


def part_of_domain(facts: Facts) -> Diagnosis | None:
    """The answer is right exactly where a symbol is positive, or on one side of a threshold."""
    right, wrong = agreeing(facts)
    if min(len(right), len(wrong)) < FEWEST:
        return None
    for node, words, latex in _conditions(facts):
        sides = [_side(facts, node, indices) for indices in (right, wrong)]
        if sides in ([1, -1], [-1, 1]):
            relation = ">" if sides[0] > 0 else "<"
            if _holds_elsewhere(facts, node, sides[0]):
                return Diagnosis("part_of_domain", f"right only for {words.format(relation)}", latex.format(relation))
    return None


def _holds_elsewhere(facts: Facts, node: Node, sign: int) -> bool:
    """Whether the answer is right on this side only at points with coordinates of several points, if trees tell."""
    gold, answer = facts.gold_tree, facts.answer_tree
    if gold is None or answer is None:
        return True
    for point in _mixed_points(facts.points):
        rows = facts.row(gold, point), facts.row(answer, point)
        side = number_of(facts.value(node, point))
        if rows[0] is None or rows[1] is None or side is None or isinstance(side, complex):
            continue
        if are_close(rows[0], rows[1], SAME) is not (side * sign > 0):
            return False
    return True


def _mixed_points(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points of which each coordinate comes from another point."""
    count = len(points)
    for shift in (1, 3):
        for index in range(count):
            yield {name: points[(index + shift * place) % count][name] for place, name in enumerate(points[index])}


def some_points(facts: Facts) -> Diagnosis | None:
    """The answer is right at some points, no matter which."""
    right, wrong = agreeing(facts)
    if min(len(right), len(wrong)) < FEWEST:
        return None
    return Diagnosis("part_of_domain", f"right at only {len(right)} of {len(right) + len(wrong)} points")


def _side(facts: Facts, node: Node, indices: Sequence[int]) -> int:
    """Return the common sign of a real expression at some points, 0 if there is none."""
    signs = set()
    for index in indices:
        number = number_of(facts.value(node, facts.points[index]))
        if number is None or isinstance(number, complex) or number == 0:
            return 0
        signs.add(1 if number > 0 else -1)
    return signs.pop() if len(signs) == 1 else 0


def _conditions(facts: Facts) -> Iterator[tuple[Node, str, str]]:
    """Yield expressions whose sign may decide, with the condition in words and LaTeX ({} for > or <)."""
    symbols = [s for s in facts.case.contract.symbols if s.domain.is_number]
    for symbol in symbols:
        yield (
            Variable(symbol.name),
            f"{facts.text.name(symbol.name)} {{}} 0",
            _braced(facts.latex.name(symbol.name)) + " {} 0",
        )
    seen: set[Node] = set()
    for root in (facts.gold_tree, facts.answer_tree):
        for node in tree.walk(root) if root is not None else ():
            if isinstance(node, Sum) and node not in seen and len(seen) < 20:
                seen.add(node)
                yield node, *_compared(facts, node)
    for index, first in enumerate(symbols):
        for second in symbols[index + 1 :]:
            yield _compared_node(facts, Sum((Variable(first.name), times(MINUS_ONE, Variable(second.name)))))


def _compared_node(facts: Facts, node: Sum) -> tuple[Node, str, str]:
    return node, *_compared(facts, node)


def _compared(facts: Facts, node: Sum) -> tuple[str, str]:
    """Return s − 4m² as "s > 4m²"."""
    above = [term for term in node.terms if coefficient(term) > 0]
    below = [times(MINUS_ONE, term) for term in node.terms if coefficient(term) <= 0]
    written = []
    for notation in (facts.text, facts.latex):
        left, right = (" + ".join(map(notation.write, terms)) or "0" for terms in (above, below))
        written.append(f"{_braced(left)} {{}} {_braced(right)}")
    return written[0], written[1]


def _braced(text: str) -> str:
    """Return a text as `str.format` must be given it."""
    return text.replace("{", "{{").replace("}", "}}")


def branch(facts: Facts) -> Diagnosis | None:
    """The answer differs from gold by multiples of 2πi, or of 2πi times what stands before a logarithm."""
    if facts.evidence < 3 or any(len(row) != 1 for row in facts.gold):
        return None
    changes = [answer[0] - gold[0] for gold, answer in zip(facts.gold, facts.answer, strict=True)]
    for cofactor, values in _cofactors(facts):
        turns = [_half_turns(change, value, facts.share) for change, value in zip(changes, values, strict=True)]
        if None in turns or not any(turns):
            continue
        by = "2πi" if all(turn is not None and turn % 2 == 0 for turn in turns) else "πi"
        of = "" if cofactor is None else f" times {facts.text.write(cofactor)}"
        return Diagnosis("branch", f"on another branch: off by a multiple of {by}{of}")
    return None


def _half_turns(change: acb, unit: acb, share: float) -> int | None:
    """Return the whole number n of change = n·πi·unit, None if there is none."""
    if unit == 0:
        return 0 if change == 0 else None
    turns = change / (unit * acb.pi() * acb(0, 1))
    whole = round(float(turns.real.mid())) if abs(float(turns.real.mid())) < 20 else 99
    return whole if whole < 99 and is_close(turns, acb(whole), share, share) else None


def _cofactors(facts: Facts) -> Iterator[tuple[Node | None, list[acb]]]:
    """Yield 1, then what stands beside a logarithm or another function with branches in a term of gold."""
    yield None, [acb(1)] * len(facts.gold)
    for term in expanded(facts.gold_tree) if facts.gold_tree is not None else []:
        parts = factors(term.node)
        for index, part in enumerate(parts):
            if isinstance(part, tree.Call) and part.function in ("log", "atanh", "acosh", "asinh", "acoth"):
                beside = product([*parts[:index], *parts[index + 1 :]] or [tree.ONE])
                rows: tuple[Row, ...] | None = facts.rows(beside)
                if rows is not None:
                    yield beside, [row[0] for row in rows]


def other_root(facts: Facts) -> Diagnosis | None:
    """The answer is gold or −gold, by the point, in complex numbers or where roots stand."""
    right, wrong = agreeing(facts)
    if not right or not wrong or facts.evidence < 4:
        return None
    if not all(are_close(tuple(-x for x in facts.gold[index]), facts.answer[index], SAME) for index in wrong):
        return None
    trees = [root for root in (facts.gold_tree, facts.answer_tree) if root is not None]
    if not any(_is_root(part) for root in trees for part in tree.walk(root)):
        return None
    return Diagnosis("branch", "on the other branch of a square root at some points")


def _is_root(node: Node) -> bool:
    return isinstance(node, Power) and isinstance(node.exponent, Number) and node.exponent.value.denominator == 2
