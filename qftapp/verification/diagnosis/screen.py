"""Looking at an altered expression at one point first, where all but the altered part is computed once for all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import acb

from qftapp.verification import tree
from qftapp.verification.diagnosis.edits import MULTIPLIERS, Edit
from qftapp.verification.diagnosis.factors import Factor
from qftapp.verification.diagnosis.facts import Facts, Row, are_close, is_close, number_of, numbers
from qftapp.verification.terms import Equality
from qftapp.verification.tree import Call, Node, Number, Power, Product, Sum, Variable
from qftapp.verification.values import Coordinate

NEAR = 1e-7
"""How near a guess must come at the one point, computed in double precision, to be looked at."""
MOST_ROOTS = 4
_NO_NUMBERS = tree.Group | tree.Comparison | tree.Logic | tree.Integral | tree.Series | tree.Text | tree.Truth
_NUMBERS = tuple(complex(factor.value) for _, factor in MULTIPLIERS)


@dataclass(frozen=True)
class Screen:
    """A tree at one point: what its parts are there, and what each would have to be for the tree to be as wanted.

    `known` holds a variable for every part that is a number, so that altered trees are computed from few nodes;
    `needed` the values a part would need, where the way from it to the whole can be gone backwards.
    """

    facts: Facts
    wanted: Row
    point: dict[str, Coordinate]
    values: dict[int, acb] = field(default_factory=dict)
    known: dict[int, Variable] = field(default_factory=dict)
    needed: dict[int, list[acb]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, root: Node, target: Sequence[Row]) -> "Screen":
        """Compute the parts of a tree where answer and gold differ most."""
        index = facts.order[0]
        screen = cls(facts, target[index], dict(facts.points[index]))
        nodes = list(tree.walk(root))
        # A part that depends on what is integrated or derived by is no number by itself.
        bound = {node.variable for node in nodes if isinstance(node, tree.Integral | tree.Series)}
        bound |= {node.by for node in nodes if isinstance(node, tree.Derivative)}
        for node in reversed(nodes):
            if not (bound and tree.variables(node) & bound):
                screen._compute(node)
        equality = facts.case.contract.equality
        if len(screen.wanted) == 1 and id(root) in screen.values:
            if equality is Equality.VALUE or equality is Equality.AS_SET:
                screen._need(root, [screen.wanted[0]])
            elif equality is Equality.UP_TO_SIGN:
                screen._need(root, [screen.wanted[0], -screen.wanted[0]])
        return screen

    def _compute(self, node: Node) -> None:
        if isinstance(node, _NO_NUMBERS):
            return
        row = numbers(value := self.facts.value(self._frozen(node), self.point))
        if row is None or len(row) != 1:
            return
        self.values[id(node)] = row[0]
        number = number_of(value)
        if tree.children(node) and number is not None:
            name = f"·{len(self.known)}"
            self.known[id(node)] = Variable(name)
            self.point[name] = number

    def _need(self, node: Node, wanted: list[acb]) -> None:
        """Note what a part must be, and what its own parts must be for that."""
        self.needed[id(node)] = wanted
        value = self.values.get(id(node))
        if value is None:
            return
        match node:
            case Sum(terms):
                for term in terms:
                    if (own := self.values.get(id(term))) is not None:
                        self._need(term, [want - (value - own) for want in wanted])
            case Product(factors) if value != 0:
                for factor in factors:
                    if (own := self.values.get(id(factor))) is not None:
                        self._need(factor, [want * own / value for want in wanted])
            case Power(base, Number(exponent)):
                self._need(base, [root for want in wanted for root in _roots(want, exponent)])
            case Call("log", (argument,)):
                self._need(argument, [want.exp() for want in wanted])

    def likely(self, part: Node) -> Sequence[tuple[Node, Factor]]:
        """Return those of the multipliers that a part may be off by."""
        needed, value = self.needed.get(id(part)), self.values.get(id(part))
        if needed is None or value is None:
            return MULTIPLIERS
        if value == 0:
            return ()
        ratios = [complex(want / value) for want in needed]
        return [
            multiplier
            for multiplier, number in zip(MULTIPLIERS, _NUMBERS, strict=True)
            if any(abs(ratio - number) <= NEAR * abs(number) for ratio in ratios)
        ]

    def lets_pass(self, edit: Edit) -> bool:
        """Whether an altered tree has the wanted value at the point, as far as double precision tells."""
        if self.facts.case.contract.equality is Equality.UP_TO_CONSTANT:
            return True
        needed = self.needed.get(id(edit.part))
        if needed is not None:
            row = self.facts.row(self._frozen(edit.changed), self.point)
            return row is not None and len(row) == 1 and any(is_close(row[0], want, NEAR) for want in needed)
        row = self.facts.row(self._frozen(edit.altered), self.point)
        if row is None or len(row) != len(self.wanted):
            return False
        turns = self.facts.turns(row, self.wanted)
        share = max(NEAR, self.facts.share)
        return any(are_close(tuple(turn * x for x in row), self.wanted, share) for turn in turns)

    def _frozen(self, node: Node) -> Node:
        known = self.known.get(id(node))
        if known is not None:
            return known
        parts = tree.children(node)
        return tree.rebuilt(node, tuple(map(self._frozen, parts))) if parts else node


def _roots(value: acb, exponent: Fraction) -> list[acb]:
    """Return the numbers of which a value may be the power, [] if too many."""
    count = abs(exponent.numerator)
    if value == 0 or not 1 <= count <= MOST_ROOTS:
        return []
    first = (value if exponent > 0 else 1 / value).pow(acb(1) / count)
    turn = (2 * acb.pi() * acb(0, 1) / count).exp()
    return [(first * turn**index) ** exponent.denominator for index in range(count)]
