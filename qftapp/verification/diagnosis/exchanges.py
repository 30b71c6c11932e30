"""Ways of going wrong with symbols: two exchanged, one in place of another, one off by a factor or a power."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from qftapp.verification import tree
from qftapp.verification.diagnosis.facts import Facts, Row
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.drawn import Drawn
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.tree import Node
from qftapp.verification.values import Coordinate, Point

MOST_PAIRS = 45

_Side = tuple[Node, Sequence[Row]]


def _sides(facts: Facts) -> Iterator[tuple[bool, _Side]]:
    """Yield whose tree is altered (True: gold's) and what it must then become: the answer's values, or gold's."""
    if facts.gold_tree is not None:
        yield True, (facts.gold_tree, facts.answer)
    elif facts.answer_tree is not None:
        yield False, (facts.answer_tree, facts.gold)


def _pairs(facts: Facts, node: Node) -> list[tuple[str, str]]:
    """Return the pairs of symbols of one sort of which a tree has at least one."""
    present = tree.variables(node)
    symbols = facts.case.contract.symbols
    return [
        (first.name, second.name)
        for first, second in itertools.combinations(symbols, 2)
        if (first.name in present or second.name in present) and _sort(first) == _sort(second)
    ][:MOST_PAIRS]


def swapped(facts: Facts) -> Diagnosis | None:
    """Two symbols are exchanged: t and u, m and M."""
    for _, side in _sides(facts):
        present = tree.variables(side[0])
        for first, second in _pairs(facts, side[0]):
            if not {first, second} <= present:
                continue
            names = {first: second, second: first}
            if facts.becomes(*side, partial(_renamed, names)):
                left, right = facts.latex.name(first), facts.latex.name(second)
                words = f"{facts.text.name(first)} and {facts.text.name(second)} are exchanged"
                return Diagnosis("swapped_symbols", words, rf"{left} \leftrightarrow {right}")
    return None


def turned_round(facts: Facts) -> Diagnosis | None:
    """Three symbols have changed places in a ring, as by crossing: s → t → u → s."""
    for is_gold, side in _sides(facts):
        present = sorted(tree.variables(side[0]))
        rings = [names for names in itertools.permutations(present, 3) if names[0] == min(names)]
        for ring in rings[:20]:
            names = dict(zip(ring, ring[1:] + ring[:1], strict=True))
            if not _same_sort(facts, ring) or not facts.becomes(*side, partial(_renamed, names)):
                continue
            shown = ring if is_gold else ring[::-1]
            words = f"symbols are crossed: {' → '.join(map(facts.text.name, (*shown, shown[0])))}"
            return Diagnosis("swapped_symbols", words, r" \to ".join(map(facts.latex.name, (*shown, shown[0]))))
    return None


def _sort(symbol: Symbol) -> object:
    """Return what two symbols must have in common for one to stand where the other does."""
    if symbol.domain.is_number:
        return "number"
    return "matrix" if symbol.domain.is_matrix else (symbol.domain.is_vector, symbol.arguments)


def _same_sort(facts: Facts, names: Sequence[str]) -> bool:
    sorts = {symbol.name: _sort(symbol) for symbol in facts.case.contract.symbols}
    return len({sorts.get(name) for name in names}) == 1 and set(names) <= set(sorts)


def replaced(facts: Facts) -> Diagnosis | None:
    """One symbol stands wherever another belongs."""
    for is_gold, side in _sides(facts):
        if not is_gold:
            continue
        present = tree.variables(side[0])
        for pair in _pairs(facts, side[0]):
            for wanted, given in (pair, pair[::-1]):
                if wanted not in present:
                    continue
                if facts.becomes(*side, partial(_renamed, {wanted: given})):
                    left, right = facts.latex.name(wanted), facts.latex.name(given)
                    words = f"{facts.text.name(given)} stands in place of {facts.text.name(wanted)}"
                    return Diagnosis("replaced_symbol", words, rf"{left} \to {right}")
    return None


def _renamed(names: dict[str, str], point: Point) -> Point:
    """Return the point at which each symbol of `names` has the value of the one it is renamed to."""
    return {name: point[names.get(name, name)] for name in point}


_Number = int | float | complex | Fraction
_SCALINGS: tuple[tuple[str, str, Callable[[_Number], _Number], Callable[[_Number], _Number]], ...] = (
    ("−{}", "-{}", lambda x: -x, lambda x: -x),
    ("2{}", "2{}", lambda x: 2 * x, lambda x: x / 2),
    ("{}/2", r"\frac{{{}}}{{2}}", lambda x: x / 2, lambda x: 2 * x),
    ("4{}", "4{}", lambda x: 4 * x, lambda x: x / 4),
    ("{}/4", r"\frac{{{}}}{{4}}", lambda x: x / 4, lambda x: 4 * x),
    ("{}²", "{}^2", lambda x: x * x, lambda x: x**0.5),
    ("√{}", r"\sqrt{{{}}}", lambda x: x**0.5, lambda x: x * x),
    ("1/{}", r"\frac{{1}}{{{}}}", lambda x: 1 / x, lambda x: 1 / x),
    ("{} + 1", "{}+1", lambda x: x + 1, lambda x: x - 1),
    ("{} − 1", "{}-1", lambda x: x - 1, lambda x: x + 1),
)


def rescaled(facts: Facts) -> Diagnosis | None:
    """A symbol is everywhere off by a factor, a power or 1: 2x for x, x² for x, n + 1 for n."""
    for is_gold, side in _sides(facts):
        scaled = {s.name for s in facts.case.contract.symbols if s.domain.is_number or s.domain is Domain.FOUR_VECTOR}
        for name in sorted(tree.variables(side[0]) & scaled):
            for text, latex, change, undo in _SCALINGS:
                altering = change if is_gold else undo
                if facts.becomes(*side, partial(_altered, name, altering)):
                    plain, symbol = facts.text.name(name), facts.latex.name(name)
                    words = f"{text.format(plain)} stands in place of {plain}"
                    return Diagnosis("rescaled_symbol", words, rf"{symbol} \to {latex.format(symbol)}")
    return None


def _altered(name: str, change: Callable[[_Number], _Number], point: Point) -> Point:
    value: Coordinate = point[name]
    assert not isinstance(value, Drawn)
    if isinstance(value, tuple):
        vector = tuple(change(part) for part in value)
        return {**point, name: tuple(float(part.real) for part in vector)}
    exact = Fraction(value) if isinstance(value, int) else value
    return {**point, name: _coordinate(change(exact))}


def _coordinate(value: _Number) -> Coordinate:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value


def other_metric(facts: Facts) -> Diagnosis | None:
    """Every product of four-vectors has the sign of the other metric."""
    vectors = [s.name for s in facts.case.contract.symbols if s.domain is Domain.FOUR_VECTOR]
    node = facts.gold_tree
    if node is None or not any(isinstance(part, tree.Call) and part.function == "dot" for part in tree.walk(node)):
        return None
    if not facts.becomes(_with_dots_negated(node), facts.answer):
        return None
    return Diagnosis("metric_sign", f"the products of {', '.join(vectors)} have the sign of the other metric")


def _with_dots_negated(node: Node) -> Node:
    parts = tuple(map(_with_dots_negated, tree.children(node)))
    changed = tree.rebuilt(node, parts)
    if isinstance(node, tree.Call) and node.function == "dot":
        return tree.Product((tree.MINUS_ONE, changed))
    return changed
