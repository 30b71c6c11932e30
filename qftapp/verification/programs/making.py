"""Making steps: literals, lists and their entries, calls of libraries."""

from collections.abc import Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.programs import libraries, operations
from qftapp.verification.programs.modules import Imported
from qftapp.verification.programs.scopes import Meaning, Unlike
from qftapp.verification.programs.sorts import COMPLEX, INT, REAL, Sort
from qftapp.verification.programs.steps import Step
from qftapp.verification.tree import Node

STEPS_LIMIT = 2_000
DEPTH_LIMIT = 100
TEXT_LIMIT = 200

_LARGEST = Fraction(10) ** 300
_I = tree.Constant("i")


class Maker:
    """Makes the steps of one program, not too many and not too deep."""

    def __init__(self) -> None:
        self.depths: dict[Step, int] = {}

    def step(
        self, kind: str, node: Node, operands: Sequence[Step] = (), operation: operations.Operation | None = None
    ) -> Step:
        """Return a new step. Raises Unlike if there are too many."""
        return self._new(Step(kind, node, tuple(operands), operation))

    def _new(self, step: Step) -> Step:
        depth = 1 + max((self.depths[operand] for operand in step.operands), default=0)
        if depth > DEPTH_LIMIT or len(self.depths) >= STEPS_LIMIT:
            raise Unlike
        self.depths[step] = depth
        return step

    def sequence(self, steps: list[Step]) -> Step:
        """Return the last step as one that is done after the others."""
        *before, last = steps
        before = [step for step in before if step.operands]
        if not before:
            return last
        return self._new(Step(last.kind, last.node, (*before, last), is_sequence=True))

    def choice(self, condition: Step, yes: Step, no: Step) -> Step:
        """Return one step or the other."""
        kind = yes.kind if yes.kind == no.kind else "mixed"
        return self.step(kind, tree.Choice(condition.node, yes.node, no.node), (condition, yes, no))

    def thing(self, meaning: Meaning | None) -> Step:
        """Return a name as a value."""
        if isinstance(meaning, Step):
            return meaning
        found = libraries.constant(meaning.library, meaning.name) if isinstance(meaning, Imported) else None
        if found is None:
            raise Unlike
        node, operation = found
        return self.step("number", node, (), operation)

    def literal(self, value: object) -> Step:
        """Return the step of a literal; 0.1 is one tenth."""
        match value:
            case bool():
                return self.step("truth", tree.Truth(value))
            case str() if len(value) <= TEXT_LIMIT:
                return self.step("text", tree.Text(value))
            case int():
                return self._constant(tree.Number(Fraction(value)), INT)
            case float() if value - value == 0:
                return self._constant(tree.Number(Fraction(repr(value))), REAL)
            case complex(real=0, imag=part) if part and part - part == 0:
                return self._constant(tree.Number(Fraction(repr(part))), COMPLEX)
        raise Unlike

    def _constant(self, number: tree.Number, sort: Sort) -> Step:
        value = number.value
        if value and not 1 / _LARGEST < abs(value) < _LARGEST:
            raise Unlike
        if sort is not COMPLEX:
            return self.step("number", number, (), operations.exactly(value, sort))
        return self.step("number", libraries.product(number, _I), (), operations.imaginary(value))

    def group(self, form: str, steps: list[Step], *, is_array: bool = False) -> Step:
        """Return the step of a tuple, a list, or an array of such."""
        node = tree.Group(form, tuple(step.node for step in steps))
        return self._new(Step("array" if is_array else "group", node, tuple(steps), is_array=is_array))

    def items(self, step: Step) -> list[Step]:
        """Return what is in a tuple, a list or a four-vector, one by one."""
        if step.kind == "vector":
            return [self.component(step, index) for index in range(4)]
        if step.kind != "group":
            raise Unlike
        operands = list(step.operands)
        if step.is_sequence:
            return [self.sequence([*operands[:-1], item]) for item in self.items(operands[-1])]
        if isinstance(step.node, tree.Choice):
            yes, no = self.items(operands[1]), self.items(operands[2])
            if len(yes) != len(no):
                raise Unlike
            return [self.choice(operands[0], *pair) for pair in zip(yes, no, strict=True)]
        return operands

    def component(self, step: Step, place: int) -> Step:
        """Return the step of p[1]."""
        if step.kind == "vector" and isinstance(step.node, tree.Variable):
            if place not in range(-4, 4):
                raise Unlike
            return self.step("number", tree.Variable(step.node.name, place % 4))
        items = self.items(step)
        if place not in range(-len(items), len(items)):
            raise Unlike
        return items[place]

    def library_call(self, meaning: Imported, arguments: list[Step]) -> Step:
        """Return the step of a call of a function that the source does not define."""
        if (meaning.library, meaning.name) in libraries.GROUPS:
            return self.wrapped(meaning, arguments)
        function = libraries.function(meaning.library, meaning.name)
        if function is None or not function.fewest <= len(arguments) <= function.most:
            raise Unlike
        if not all(argument.is_number for argument in arguments):
            raise Unlike
        nodes = [argument.node for argument in arguments]
        return self.step("number", function.node(*nodes), arguments, function.operation)

    def wrapped(self, meaning: Imported, arguments: list[Step]) -> Step:
        """Return the step of list((a, b)) or np.array([[a, b], [c, d]])."""
        form = libraries.GROUPS[meaning.library, meaning.name]
        if len(arguments) != 1 or arguments[0].kind != "group":
            raise Unlike
        if form != "array":
            return self.group(form, self.items(arguments[0]))
        array, _ = self._array(arguments[0])
        return array

    def _array(self, step: Step) -> tuple[Step, tuple[int, ...]]:
        """Return nested lists of numbers as an array, and its shape."""
        items = self.items(step)
        parts = [(item, ()) if item.is_number else self._array(item) for item in items]
        shapes = {shape for _, shape in parts}
        if len(shapes) != 1:
            raise Unlike
        return self.group("list", [part for part, _ in parts], is_array=True), (len(items), *shapes.pop())


def sum_of(left: Node, right: Node) -> Node:
    return tree.Sum((*_terms(left), *_terms(right)))


def _terms(node: Node) -> tuple[Node, ...]:
    return node.terms if isinstance(node, tree.Sum) and len(node.terms) <= libraries.SIDE_BY_SIDE else (node,)


def negated(node: Node) -> Node:
    if isinstance(node, tree.Number) and node.value:
        return tree.Number(-node.value)
    return libraries.product(tree.MINUS_ONE, node)
