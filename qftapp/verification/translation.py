"""Reading a Python function of the straight-line kind as a program that need not be run.

| source | read as |
|---|---|
| imports of math, cmath, numpy, scipy.special, sympy, mpmath, fractions | the names that `programs.libraries` knows |
| constants, helper functions, functions within functions | put in where they are used |
| `a, b = x, y`, `x += 1`, annotations, docstrings | assignments |
| `if`/`elif`/`else`, `x if c else y` | a choice |
| `p[0]`, `E, px, py, pz = p` of a four-vector | its components |
| loops, comprehensions, `try`, `assert`, `//`, `%`, default arguments, f-strings, any other name | nothing: it is run |

Arithmetic is exact instead of floating. Where that could make another difference than that of rounding, the program
has no values and must be run (see `programs.operations`).
"""

import ast
import itertools
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from qftapp.verification import tree
from qftapp.verification.programs import libraries, operations
from qftapp.verification.programs.modules import Imported, attribute, imported
from qftapp.verification.programs.sorts import COMPLEX, INT, REAL, Sort
from qftapp.verification.programs.steps import Program, Step
from qftapp.verification.sources import SourceError, parse_module, vectors_of
from qftapp.verification.terms import Precision
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qftapp.verification.contract import Contract

STEPS_LIMIT = 2_000
DEPTH_LIMIT = 100
TREE_LIMIT = 3_000
"""Parts of the tree, shared ones counted again and again, up to which there is one."""
TEXT_LIMIT = 200

_LARGEST = Fraction(10) ** 300
_ADMITTED = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Lambda, ast.Return, ast.Assign, ast.AugAssign),
    *(ast.AnnAssign, ast.If, ast.Expr, ast.Pass, ast.Import, ast.ImportFrom, ast.alias, ast.BoolOp, ast.BinOp),
    *(ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.keyword, ast.Constant, ast.Attribute, ast.Subscript),
    *(ast.Name, ast.List, ast.Tuple, ast.Load, ast.Store, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd),
    *(ast.USub, ast.Not, ast.And, ast.Or, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_TYPES = frozenset(("float", "int", "complex", "bool", "str", "list", "tuple"))


class _Unlike(Exception):
    """Something that is not of the straight-line kind."""


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of the source, and the label of the scope it was defined in."""

    parameters: tuple[str, ...]
    body: "tuple[ast.stmt, ...]"
    own: frozenset[str]
    home: int


_Meaning: TypeAlias = Step | Imported | _Function


@dataclass(slots=True)
class _Scope:
    """What names mean at a place; `own` are those that a function gives a meaning anywhere, and so never inherits."""

    label: int
    names: dict[str, _Meaning]
    own: frozenset[str] = frozenset()
    enclosing: "_Scope | None" = None
    caller: "_Scope | None" = None
    done: list[Step] = field(default_factory=list)

    def copy(self) -> "_Scope":
        """Return a scope for one of two branches."""
        return replace(self, names=dict(self.names), done=list(self.done))

    def meaning(self, name: str) -> _Meaning | None:
        """Return what a name means here, None if it is none of the source's."""
        scope: _Scope | None = self
        while scope:
            if name in scope.names:
                return scope.names[name]
            if name in scope.own:
                raise _Unlike  # an error: it has no value yet
            scope = scope.enclosing
        return None

    def of(self, label: int) -> "_Scope":
        """Return the scope of that label among this one and its callers."""
        scope: _Scope | None = self
        while scope:
            if scope.label == label:
                return scope
            scope = scope.caller
        raise _Unlike


def translate(source: str, contract: "Contract") -> Program | None:
    """Return the program of Python code that defines the entry point, None if it must be run."""
    try:
        module = parse_module(source)
        module.body = [statement for statement in module.body if not _is_main(statement)]
        if not all(isinstance(node, _ADMITTED) for node in ast.walk(module)):
            return None
        return _Translator(contract).program(module)
    except (_Unlike, SourceError, RecursionError):
        return None


def _is_main(statement: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__"` before what is only printed."""
    match statement:
        case ast.If(
            test=ast.Compare(left=ast.Name("__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]),
            body=body,
            orelse=[],
        ):
            return all(isinstance(inner, ast.Expr | ast.Assign) for inner in body)
    return False


class _Translator:
    """Goes through the source as Python would, with steps in place of values."""

    def __init__(self, contract: "Contract") -> None:
        self.contract = contract
        self.labels = itertools.count()
        self.depths: dict[Step, int] = {}
        self.calls: list[_Function] = []

    def program(self, module: ast.Module) -> Program:
        """Return the program of a module. Raises _Unlike."""
        top = _Scope(next(self.labels), {})
        for statement in module.body:
            if isinstance(statement, ast.If | ast.Return):
                raise _Unlike
            self.simple(statement, top)
        entry = top.names.get(self.contract.entry_point)
        if not isinstance(entry, _Function):
            raise _Unlike
        result = self.sequence([*top.done, self.called(entry, self.arguments(entry), top)])
        is_small = _has_at_most(TREE_LIMIT, result.node)
        is_exact = self.contract.tolerance.kind is Precision.EXACT
        return Program(result, result.node if is_small else None, is_exact)

    def arguments(self, entry: _Function) -> "list[Step]":
        """Return the symbols in the order of the parameters: by name if the function knows all names."""
        names, vectors = self.contract.names, vectors_of(self.contract)
        if len(names) != len(entry.parameters):
            raise _Unlike
        order = entry.parameters if set(names) == set(entry.parameters) else names
        return [self.step("vector" if name in vectors else "number", tree.Variable(name)) for name in order]

    def step(
        self, kind: str, node: Node, operands: "Sequence[Step]" = (), operation: operations.Operation | None = None
    ) -> Step:
        """Return a new step. Raises _Unlike if there are too many."""
        return self._new(Step(kind, node, tuple(operands), operation))

    def _new(self, step: Step) -> Step:
        depth = 1 + max((self.depths[operand] for operand in step.operands), default=0)
        if depth > DEPTH_LIMIT or len(self.depths) >= STEPS_LIMIT:
            raise _Unlike
        self.depths[step] = depth
        return step

    def sequence(self, steps: "list[Step]") -> Step:
        """Return the last step as one that is done after the others."""
        *before, last = steps
        before = [step for step in before if step.operands]
        if not before:
            return last
        return self._new(Step(last.kind, last.node, (*before, last), is_sequence=True))

    # Statements

    def block(self, statements: "tuple[ast.stmt, ...]", scope: _Scope) -> Step:
        """Return what a function body returns."""
        for place, statement in enumerate(statements):
            match statement:
                case ast.Return(value=ast.expr() as value):
                    return self.sequence([*scope.done, self.value(value, scope)])
                case ast.If(test=test, body=body, orelse=orelse):
                    condition, rest = self.truth(test, scope), statements[place + 1 :]
                    yes = self.block((*body, *rest), scope.copy())
                    no = self.block((*orelse, *rest), scope.copy())
                    return self.choice(condition, yes, no)
            self.simple(statement, scope)
        raise _Unlike

    def choice(self, condition: Step, yes: Step, no: Step) -> Step:
        """Return one step or the other."""
        kind = yes.kind if yes.kind == no.kind else "mixed"
        return self.step(kind, tree.Choice(condition.node, yes.node, no.node), (condition, yes, no))

    def simple(self, statement: ast.stmt, scope: _Scope) -> None:
        """Do a statement that neither returns nor branches."""
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.Import() | ast.ImportFrom():
                found = imported(statement)
                if found is None:
                    raise _Unlike
                scope.names |= found
            case ast.FunctionDef(name=name):
                scope.names[name] = self.function(statement, scope)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                scope.names[name] = self.function(function, scope)
            case ast.Assign(targets=targets, value=value):
                step = self.value(value, scope)
                scope.done.append(step)
                for target in targets:
                    self.assign(target, step, scope)
            case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
                left = ast.Name(name, ast.Load())
                scope.names[name] = step = self.operation(ast.BinOp(left, operator, value), scope)
                scope.done.append(step)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                _check_annotation(annotation)
                scope.names[name] = step = self.value(value, scope)
                scope.done.append(step)
            case _:
                raise _Unlike

    def assign(self, target: ast.expr, step: Step, scope: _Scope) -> None:
        """Give the names of a target their meaning."""
        match target:
            case ast.Name(id=name) if not name.startswith("__"):
                scope.names[name] = step
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = self.items(step)
                if len(items) != len(targets):
                    raise _Unlike
                for inner, item in zip(targets, items, strict=True):
                    self.assign(inner, item, scope)
            case _:
                raise _Unlike

    def function(self, definition: ast.FunctionDef | ast.Lambda, scope: _Scope) -> _Function:
        """Return a function of the source."""
        arguments = definition.args
        every = [*arguments.posonlyargs, *arguments.args]
        names = tuple(argument.arg for argument in every)
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
            raise _Unlike
        if len(set(names)) != len(names) or arguments.posonlyargs:
            raise _Unlike
        body: tuple[ast.stmt, ...]
        if isinstance(definition, ast.Lambda):
            body = (ast.Return(definition.body),)
        else:
            if definition.decorator_list or definition.name.startswith("__"):
                raise _Unlike
            for annotation in (definition.returns, *(argument.annotation for argument in every)):
                _check_annotation(annotation)
            body = tuple(definition.body)
        return _Function(names, body, frozenset((*names, *_assigned(body))), scope.label)

    def called(self, function: _Function, arguments: "list[Step]", caller: _Scope) -> Step:
        """Return what a function of the source gives."""
        if function in self.calls or len(arguments) != len(function.parameters):
            raise _Unlike
        self.calls.append(function)
        names: dict[str, _Meaning] = dict(zip(function.parameters, arguments, strict=True))
        enclosing = caller.of(function.home)
        result = self.block(function.body, _Scope(next(self.labels), names, function.own, enclosing, caller))
        self.calls.pop()
        return result

    # Expressions

    def value(self, node: ast.expr, scope: _Scope) -> Step:
        """Return the step of an expression of any kind."""
        match node:
            case ast.Constant():
                return self.literal(node.value)
            case ast.Name(id=name):
                return self.thing(scope.meaning(name))
            case ast.Attribute():
                return self.dotted(node, scope)
            case ast.BinOp():
                return self.operation(node, scope)
            case ast.UnaryOp(op=ast.Not()) | ast.BoolOp() | ast.Compare():
                return self.truth(node, scope)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.number(operand, scope)
                return self.step("number", _negated(inner.node), (inner,), operations.negative)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand, scope)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return self.choice(self.truth(test, scope), self.value(yes, scope), self.value(no, scope))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self.group(type(node).__name__.lower(), [self.value(item, scope) for item in items])
            case ast.Subscript(value=value, slice=index):
                return self.component(self.value(value, scope), index)
            case ast.Call():
                return self.call(node, scope)
        raise _Unlike

    def number(self, node: ast.expr, scope: _Scope) -> Step:
        """Return the step of something to calculate with."""
        step = self.value(node, scope)
        if not step.is_number:
            raise _Unlike
        return step

    def thing(self, meaning: _Meaning | None) -> Step:
        """Return a name as a value."""
        if isinstance(meaning, Step):
            return meaning
        found = libraries.constant(meaning.library, meaning.name) if isinstance(meaning, Imported) else None
        if found is None:
            raise _Unlike
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
        raise _Unlike

    def _constant(self, number: tree.Number, sort: Sort) -> Step:
        value = number.value
        if value and not 1 / _LARGEST < abs(value) < _LARGEST:
            raise _Unlike
        if sort is not COMPLEX:
            return self.step("number", number, (), operations.exactly(value, sort))
        return self.step("number", libraries.product(number, _I), (), operations.imaginary(value))

    def operation(self, node: ast.BinOp, scope: _Scope) -> Step:
        """Return the step of arithmetic."""
        left, right = self.number(node.left, scope), self.number(node.right, scope)
        match node.op:
            case ast.Add():
                found, operation = _sum(left.node, right.node), operations.add
            case ast.Sub():
                found, operation = _sum(left.node, _negated(right.node)), operations.subtract
            case ast.Mult():
                found, operation = libraries.product(left.node, right.node), operations.multiply
            case ast.Div():
                found, operation = libraries.divided(left.node, right.node), operations.divide
            case _:
                found, operation = tree.Power(left.node, right.node), operations.power
        return self.step("number", found, (left, right), operation)

    def truth(self, node: ast.expr, scope: _Scope) -> Step:
        """Return the step of a condition."""
        match node:
            case ast.BoolOp(op=operator, values=values):
                steps = [self.truth(value, scope) for value in values]
                word = "and" if isinstance(operator, ast.And) else "or"
                return self.step("truth", tree.Logic(word, tuple(step.node for step in steps)), steps)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.truth(operand, scope)
                return self.step("truth", tree.Logic("not", (inner.node,)), (inner,))
            case ast.Compare(left=left, ops=operators, comparators=others):
                steps = [self.number(operand, scope) for operand in (left, *others)]
                words = tuple(_COMPARISONS[type(operator)] for operator in operators)
                return self.step("truth", tree.Comparison(words, tuple(step.node for step in steps)), steps)
        step = self.value(node, scope)
        if step.kind != "truth":
            raise _Unlike
        return step

    def group(self, form: str, steps: "list[Step]", *, is_array: bool = False) -> Step:
        """Return the step of a tuple, a list, or an array of such."""
        node = tree.Group(form, tuple(step.node for step in steps))
        return self._new(Step("array" if is_array else "group", node, tuple(steps), is_array=is_array))

    def items(self, step: Step) -> "list[Step]":
        """Return what is in a tuple, a list or a four-vector, one by one."""
        if step.kind == "vector":
            return [self.component(step, ast.Constant(index)) for index in range(4)]
        if step.kind != "group":
            raise _Unlike
        operands = list(step.operands)
        if step.is_sequence:
            return [self.sequence([*operands[:-1], item]) for item in self.items(operands[-1])]
        if isinstance(step.node, tree.Choice):
            yes, no = self.items(operands[1]), self.items(operands[2])
            if len(yes) != len(no):
                raise _Unlike
            return [self.choice(operands[0], *pair) for pair in zip(yes, no, strict=True)]
        return operands

    def component(self, step: Step, index: ast.expr) -> Step:
        """Return the step of p[1]."""
        match index:
            case ast.Constant(value=int(place)) if not isinstance(place, bool):
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(back))) if not isinstance(back, bool):
                place = -back
            case _:
                raise _Unlike
        if step.kind == "vector" and isinstance(step.node, tree.Variable):
            if place not in range(-4, 4):
                raise _Unlike
            return self.step("number", tree.Variable(step.node.name, place % 4))
        items = self.items(step)
        if place not in range(-len(items), len(items)):
            raise _Unlike
        return items[place]

    def dotted(self, node: ast.Attribute, scope: _Scope) -> Step:
        """Return the step of np.pi or z.real."""
        owner = self.owner(node.value, scope)
        if isinstance(owner, Imported):
            return self.thing(attribute(owner, node.attr))
        if not owner.is_number or node.attr not in libraries.PARTS:
            raise _Unlike
        operation, wrapped = libraries.PARTS[node.attr]
        return self.step("number", wrapped(owner.node), (owner,), operation)

    def owner(self, node: ast.expr, scope: _Scope) -> "Step | Imported":
        """Return what stands before a dot: a module, or a value."""
        match node:
            case ast.Name(id=name) if isinstance(found := scope.meaning(name), Imported) and not found.name:
                return found
            case ast.Attribute(value=value, attr=name):
                outer = self.owner(value, scope)
                inner = attribute(outer, name) if isinstance(outer, Imported) else None
                if inner and not inner.name:
                    return inner
        return self.value(node, scope)

    def call(self, node: ast.Call, scope: _Scope) -> Step:
        """Return the step of a call."""
        match node.func:
            case ast.Name(id=name):
                meaning = scope.meaning(name) or Imported("", name)
            case ast.Attribute(value=value, attr=name):
                owner = self.owner(value, scope)
                if isinstance(owner, Step):
                    return self.method(owner, node)
                meaning = attribute(owner, name) or _nothing()
            case _:
                raise _Unlike
        arguments = [self.value(argument, scope) for argument in node.args]
        if isinstance(meaning, _Function):
            return self.called(meaning, self.bound(meaning, arguments, node.keywords, scope), scope)
        if node.keywords or not isinstance(meaning, Imported):
            raise _Unlike
        return self.library_call(meaning, arguments)

    def method(self, owner: Step, node: ast.Call) -> Step:
        """Return the step of z.conjugate()."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if not owner.is_number or name not in libraries.METHODS or node.args or node.keywords:
            raise _Unlike
        operation, wrapped = libraries.METHODS[name]
        return self.step("number", wrapped(owner.node), (owner,), operation)

    def bound(
        self, function: _Function, arguments: "list[Step]", keywords: "list[ast.keyword]", scope: _Scope
    ) -> "list[Step]":
        """Return all arguments in the order of the parameters."""
        rest = function.parameters[len(arguments) :]
        given = {keyword.arg: self.value(keyword.value, scope) for keyword in keywords}
        if len(given) != len(keywords) or set(given) != set(rest):
            raise _Unlike
        return [*arguments, *(given[name] for name in rest)]

    def library_call(self, meaning: Imported, arguments: "list[Step]") -> Step:
        """Return the step of a call of a function that the source does not define."""
        if (meaning.library, meaning.name) in libraries.GROUPS:
            return self.wrapped(meaning, arguments)
        function = libraries.function(meaning.library, meaning.name)
        if function is None or not function.fewest <= len(arguments) <= function.most:
            raise _Unlike
        if not all(argument.is_number for argument in arguments):
            raise _Unlike
        nodes = [argument.node for argument in arguments]
        return self.step("number", function.node(*nodes), arguments, function.operation)

    def wrapped(self, meaning: Imported, arguments: "list[Step]") -> Step:
        """Return the step of list((a, b)) or np.array([[a, b], [c, d]])."""
        form = libraries.GROUPS[meaning.library, meaning.name]
        if len(arguments) != 1 or arguments[0].kind != "group":
            raise _Unlike
        if form != "array":
            return self.group(form, self.items(arguments[0]))
        array, _ = self._array(arguments[0])
        return array

    def _array(self, step: Step) -> "tuple[Step, tuple[int, ...]]":
        """Return nested lists of numbers as an array, and its shape."""
        items = self.items(step)
        parts = [(item, ()) if item.is_number else self._array(item) for item in items]
        shapes = {shape for _, shape in parts}
        if len(shapes) != 1:
            raise _Unlike
        return self.group("list", [part for part, _ in parts], is_array=True), (len(items), *shapes.pop())


_I = tree.Constant("i")


def _nothing() -> _Meaning:
    raise _Unlike


def _check_annotation(annotation: ast.expr | None) -> None:
    """Raise _Unlike for an annotation that could be an error."""
    for part in ast.walk(annotation) if annotation else ():
        match part:
            case ast.Name(id=name) if name not in _TYPES:
                raise _Unlike
            case ast.Name() | ast.Constant(value=str() | None) | ast.Subscript() | ast.Tuple() | ast.Load():
                continue
            case _:
                raise _Unlike


def _assigned(statements: "Sequence[ast.stmt]") -> "set[str]":
    """Return the names that statements give a meaning, functions within them left alone."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name):
                found.add(name)
                continue
            case ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
        waiting.extend(ast.iter_child_nodes(node))
    return found


def _sum(left: Node, right: Node) -> Node:
    return tree.Sum((*_terms(left), *_terms(right)))


def _terms(node: Node) -> tuple[Node, ...]:
    return node.terms if isinstance(node, tree.Sum) else (node,)


def _negated(node: Node) -> Node:
    if isinstance(node, tree.Number) and node.value:
        return tree.Number(-node.value)
    return libraries.product(tree.MINUS_ONE, node)


def _has_at_most(limit: int, node: Node) -> bool:
    """Whether a tree has so few parts."""
    return sum(1 for _ in itertools.islice(tree.walk(node), limit + 1)) <= limit
