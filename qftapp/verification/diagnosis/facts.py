"""Gold and a wrong answer side by side as plain numbers, and whether a guess explains the answer."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flint import acb, arb

from qftapp.verification import columns
from qftapp.verification.contract import Contract
from qftapp.verification.diagnosis.case import Case
from qftapp.verification.diagnosis.normal import normal
from qftapp.verification.diagnosis.notation import Notation
from qftapp.verification.evaluation import TooSlow
from qftapp.verification.kinds import leaves
from qftapp.verification.lazily import lazily
from qftapp.verification.terms import Equality, Precision
from qftapp.verification.tree import Node
from qftapp.verification.values import UNDEFINED, Point, Scalar, Value

Found = TypeVar("Found")

Row = tuple[acb, ...]
"""The numbers of a value, in order, without error bounds."""

FINEST, COARSEST = 1e-9, 1e-4
"""How near a guess must come to the answer: the contract's tolerance between these shares."""
STRICT = 1e-6
"""The share for guesses about a single number, which many guesses come near to."""
_FAULTS = (ValueError, ArithmeticError, LookupError, TypeError)
NOISE = 1e-13
"""What counts as 0 beside other numbers of the same value."""


def numbers(value: Value) -> Row | None:
    """Return the numbers of a value, None if it holds anything else or anything undefined."""
    row = []
    for leaf in leaves(value):
        if not isinstance(leaf, Scalar) or not (ball := leaf.ball).is_finite():
            return None
        row.append(ball if ball.is_exact() else ball.mid())
    return tuple(row)


def is_close(left: acb, right: acb, share: float, floor: arb | float = 0) -> bool:
    """Whether two numbers agree relative to the larger, or differ by less than `floor`."""
    error = abs(left - right)
    if error <= floor:
        return True
    return bool(error <= abs(left) * share) or bool(error <= abs(right) * share)


def are_close(left: Row, right: Row, share: float) -> bool:
    """Whether two rows agree number by number."""
    if len(left) != len(right):
        return False
    floor = largest(right) * NOISE if len(right) > 1 else 0
    return all(is_close(*pair, share, floor) for pair in zip(left, right, strict=True))


def largest(row: Iterable[acb]) -> arb:
    """Return the greatest modulus, 0 of nothing."""
    found = arb(0)
    for number in row:
        size = abs(number)
        if not size <= found:
            found = found.max(size)
    return found


def tolerance_share(contract: Contract) -> float:
    """Return the relative error within which two numbers are called the same here."""
    kind, value = contract.tolerance.kind, contract.tolerance.value
    if kind is Precision.RELATIVE:
        share = float(value or 0)
    else:
        share = 0.0 if value is None else 0.5 * 10.0 ** (1 - value)
    return min(max(share, FINEST), COARSEST)


@dataclass(frozen=True)
class Facts:
    """The rows of gold and answer, one for each point; `share` is how near two numbers must be to be the same."""

    case: Case
    gold: tuple[Row, ...]
    answer: tuple[Row, ...]
    share: float
    stop_at: float
    memory: dict[Callable[["Facts"], Any], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, stop_at: float) -> "Facts | None":
        """Return the facts of a case whose values are numbers throughout, of one shape and not all 0; else None."""
        gold, answer = ([numbers(value) for value in values] for values in (case.gold, case.answers))
        pairs = list(zip(gold, answer, strict=True))
        if any(left is None or right is None or len(left) != len(right) for left, right in pairs):
            return None
        share = tolerance_share(case.contract)
        if case.contract.is_constant and pairs and len(pairs[0][0] or ()) == 1:
            share = min(share, STRICT)
        rows = [tuple(row for row in values if row is not None) for values in (gold, answer)]
        return cls(case, rows[0], rows[1], share, stop_at)

    def once(self, find: Callable[["Facts"], Found]) -> Found:
        """Return what a function finds in these facts, looking once."""
        if find not in self.memory:
            self.memory[find] = find(self)
        found: Found = self.memory[find]
        return found

    @property
    def points(self) -> Sequence[Point]:
        """The points, one for each row."""
        return self.case.points

    @lazily
    def gold_tree(self) -> Node | None:
        """Gold in normal form, if it is an expression."""
        return None if self.case.gold_tree is None else normal(self.case.gold_tree)

    @lazily
    def answer_tree(self) -> Node | None:
        """The answer in normal form, if it is an expression."""
        return None if self.case.answer_tree is None else normal(self.case.answer_tree)

    @lazily
    def text(self) -> Notation:
        """How parts of trees are written in words."""
        return Notation(is_latex=False)

    @lazily
    def latex(self) -> Notation:
        """How parts of trees are written in LaTeX."""
        return Notation(True, {symbol.name: symbol.latex for symbol in self.case.contract.symbols})

    @lazily
    def evidence(self) -> int:
        """How many independent numbers there are."""
        rows = self.gold[:1] if self.case.contract.is_constant else self.gold
        return sum(len(row) for row in rows)

    @lazily
    def pairs(self) -> list[tuple[acb, acb]]:
        """Gold and answer number by number."""
        return [pair for rows in zip(self.gold, self.answer, strict=True) for pair in zip(*rows, strict=True)]

    @lazily
    def order(self) -> list[int]:
        """The points, where answer and gold differ most first: there a wrong guess shows at once."""
        differences = [
            largest(a - g for g, a in zip(*rows, strict=True)) / (largest(rows[0]) + largest(rows[1]) + NOISE)
            for rows in zip(self.gold, self.answer, strict=True)
        ]
        return sorted(range(len(differences)), key=lambda index: -float(differences[index].mid()))

    def values(self, tree: Node) -> Callable[[Point], Value]:
        """Return what gives the value of a tree at a point. It raises TooSlow."""
        value_at = self.case.prepare(tree)

        def value(point: Point) -> Value:
            if time.monotonic() > self.stop_at:
                raise TooSlow
            try:
                return value_at(point, self.stop_at)
            except _FAULTS:
                # What is left when something is taken out of a tensor need not be one.
                return UNDEFINED

        return value

    def value(self, tree: Node, point: Point) -> Value:
        """Return the value of a tree at a point. Raises TooSlow."""
        if time.monotonic() > self.stop_at:
            raise TooSlow
        try:
            plain = columns.value(tree, point, self.stop_at)
        except _FAULTS:
            plain = None
        return self.values(tree)(point) if plain is None else plain

    def row(self, tree: Node, point: Point) -> Row | None:
        """Return the numbers of a tree at a point, None if it has none. Raises TooSlow."""
        return numbers(self.value(tree, point))

    def rows(self, tree: Node) -> tuple[Row, ...] | None:
        """Return the numbers of a tree at every point, None if it lacks some."""
        found: list[Row] = []
        for value in self._at_points(tree):
            row = numbers(value)
            if row is None:
                return None
            found.append(row)
        return tuple(found)

    def _at_points(self, tree: Node) -> Iterable[Value]:
        try:
            plain = columns.values(tree, self.points, self.stop_at)
        except _FAULTS:
            plain = None
        return map(self.values(tree), self.points) if plain is None else plain

    def explained(self, target: Sequence[Row], guess: Callable[[int], Row | None]) -> bool:
        """Whether a guess, asked point by point, has the target's rows: as equal as the contract demands."""
        turns: list[acb] | None = None
        start: tuple[Row, Row] | None = None
        for index in self.order:
            row, wanted = guess(index), target[index]
            if row is None or len(row) != len(wanted):
                return False
            if self.case.contract.equality is Equality.UP_TO_CONSTANT:
                if start is None:
                    start = (row, wanted)
                    continue
                row = tuple(new - old for new, old in zip(row, start[0], strict=True))
                wanted = tuple(new - old for new, old in zip(wanted, start[1], strict=True))
            if turns is None:
                turns = self.turns(row, wanted)
            turns = [turn for turn in turns if are_close(tuple(turn * x for x in row), wanted, self.share)]
            if not turns:
                return False
        return True

    def turns(self, row: Row, wanted: Row) -> list[acb]:
        """Return the overall factors that make no difference here."""
        match self.case.contract.equality:
            case Equality.UP_TO_SIGN:
                return [acb(1), acb(-1)]
            case Equality.UP_TO_PHASE:
                left, right = max(zip(row, wanted, strict=True), key=lambda pair: float(abs(pair[0]).mid()))
                ratio = right / left if left != 0 else acb(0)
                return [ratio / abs(ratio)] if ratio != 0 and ratio.is_finite() else [acb(1)]
        return [acb(1)]

    def becomes(self, node: Node, target: Sequence[Row], altered: Callable[[Point], Point] | None = None) -> bool:
        """Whether a tree, at the points or at altered ones, has the target's rows. Raises TooSlow."""

        value_at = self.values(node)

        def guess(index: int) -> Row | None:
            point = self.points[index]
            return numbers(value_at(point if altered is None else altered(point)))

        return self.explained(target, guess)

    def is_answer(self, rows: Sequence[Row]) -> bool:
        """Whether these rows are the answer's."""
        return self.explained(self.answer, lambda index: rows[index])


def number_of(value: Value) -> complex | float | None:
    """Return a value as a number of double precision, None if it is not one number or too large or small for it."""
    if not isinstance(value, Scalar) or not value.is_finite:
        return None
    number = complex(value.ball)
    if abs(number) != 0 and not 1e-200 < abs(number) < 1e200:
        return None
    return number.real if number.imag == 0 else number
