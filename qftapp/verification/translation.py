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
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import COMPARISONS
from qftapp.verification.programs import libraries, operations
from qftapp.verification.programs.admission import admitted
from qftapp.verification.programs.making import Maker, negated, sum_of
from qftapp.verification.programs.modules import Imported, attribute, imported
from qftapp.verification.programs.scopes import Function, Meaning, Scope, Unlike, assigned, check_annotation
from qftapp.verification.programs.steps import Program, Step
from qftapp.verification.sources import SourceError, parse_module, vectors_of
from qftapp.verification.terms import Precision
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract

TREE_LIMIT = 3_000
"""Parts of the tree, shared ones counted again and again, up to which there is one."""


def translate(source: str, contract: "Contract") -> Program | None:
    """Return the program of Python code that defines the entry point, None if it must be run."""
    try:
        return _Translator(contract).program(admitted(parse_module(source)))
    except (Unlike, SourceError, RecursionError):
        return None


class _Translator(Maker):
    """Goes through the source as Python would, with steps in place of values."""

    def __init__(self, contract: "Contract") -> None:
        super().__init__()
        self.contract = contract
        self.labels = itertools.count()
        self.calls: list[Function] = []

    def program(self, module: ast.Module) -> Program:
        """Return the program of a module. Raises Unlike."""
        top = Scope(next(self.labels), {})
        for statement in module.body:
            if isinstance(statement, ast.If | ast.Return):
                raise Unlike
            self.simple(statement, top)
        entry = top.names.get(self.contract.entry_point)
        if not isinstance(entry, Function):
            raise Unlike
        result = self.sequence([*top.done, self.called(entry, self.arguments(entry), top)])
        is_small = _has_at_most(TREE_LIMIT, result.node)
        is_exact = self.contract.tolerance.kind is Precision.EXACT
        return Program(result, result.node if is_small else None, is_exact)

    def arguments(self, entry: Function) -> list[Step]:
        """Return the symbols in the order of the parameters: by name if the function knows all names."""
        names, vectors = self.contract.names, vectors_of(self.contract)
        if len(names) != len(entry.parameters):
            raise Unlike
        order = entry.parameters if set(names) == set(entry.parameters) else names
        return [self.step("vector" if name in vectors else "number", tree.Variable(name)) for name in order]

    # Statements

    def block(self, statements: tuple[ast.stmt, ...], scope: Scope) -> Step:
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
        raise Unlike

    def simple(self, statement: ast.stmt, scope: Scope) -> None:
        """Do a statement that neither returns nor branches."""
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.Import() | ast.ImportFrom():
                found = imported(statement)
                if found is None:
                    raise Unlike
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
                check_annotation(annotation)
                scope.names[name] = step = self.value(value, scope)
                scope.done.append(step)
            case _:
                raise Unlike

    def assign(self, target: ast.expr, step: Step, scope: Scope) -> None:
        """Give the names of a target their meaning."""
        match target:
            case ast.Name(id=name) if not name.startswith("__"):
                scope.names[name] = step
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = self.items(step)
                if len(items) != len(targets):
                    raise Unlike
                for inner, item in zip(targets, items, strict=True):
                    self.assign(inner, item, scope)
            case _:
                raise Unlike

    def function(self, definition: ast.FunctionDef | ast.Lambda, scope: Scope) -> Function:
        """Return a function of the source."""
        arguments = definition.args
        every = [*arguments.posonlyargs, *arguments.args]
        names = tuple(argument.arg for argument in every)
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
            raise Unlike
        if len(set(names)) != len(names) or arguments.posonlyargs:
            raise Unlike
        body: tuple[ast.stmt, ...]
        if isinstance(definition, ast.Lambda):
            body = (ast.Return(definition.body),)
        else:
            if definition.decorator_list or definition.name.startswith("__"):
                raise Unlike
            for annotation in (definition.returns, *(argument.annotation for argument in every)):
                check_annotation(annotation)
            body = tuple(definition.body)
        return Function(names, body, frozenset((*names, *assigned(body))), scope.label)

    def called(self, function: Function, arguments: list[Step], caller: Scope) -> Step:
        """Return what a function of the source gives."""
        if function in self.calls or len(arguments) != len(function.parameters):
            raise Unlike
        self.calls.append(function)
        names: dict[str, Meaning] = dict(zip(function.parameters, arguments, strict=True))
        enclosing = caller.of(function.home)
        result = self.block(function.body, Scope(next(self.labels), names, function.own, enclosing, caller))
        self.calls.pop()
        return result

    # Expressions

    def value(self, node: ast.expr, scope: Scope) -> Step:
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
                return self.step("number", negated(inner.node), (inner,), operations.negative)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand, scope)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return self.choice(self.truth(test, scope), self.value(yes, scope), self.value(no, scope))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self.group(type(node).__name__.lower(), [self.value(item, scope) for item in items])
            case ast.Subscript(value=value, slice=index):
                return self.component(self.value(value, scope), _place(index))
            case ast.Call():
                return self.call(node, scope)
        raise Unlike

    def number(self, node: ast.expr, scope: Scope) -> Step:
        """Return the step of something to calculate with."""
        step = self.value(node, scope)
        if not step.is_number:
            raise Unlike
        return step

    def operation(self, node: ast.BinOp, scope: Scope) -> Step:
        """Return the step of arithmetic."""
        left, right = self.number(node.left, scope), self.number(node.right, scope)
        match node.op:
            case ast.Add():
                found, operation = sum_of(left.node, right.node), operations.add
            case ast.Sub():
                found, operation = sum_of(left.node, negated(right.node)), operations.subtract
            case ast.Mult():
                found, operation = libraries.product(left.node, right.node), operations.multiply
            case ast.Div():
                found, operation = libraries.divided(left.node, right.node), operations.divide
            case _:
                found, operation = tree.Power(left.node, right.node), operations.power
        return self.step("number", found, (left, right), operation)

    def truth(self, node: ast.expr, scope: Scope) -> Step:
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
                words = tuple(COMPARISONS[type(operator)] for operator in operators)
                return self.step("truth", tree.Comparison(words, tuple(step.node for step in steps)), steps)
        step = self.value(node, scope)
        if step.kind != "truth":
            raise Unlike
        return step

    def dotted(self, node: ast.Attribute, scope: Scope) -> Step:
        """Return the step of np.pi or z.real."""
        owner = self.owner(node.value, scope)
        if isinstance(owner, Imported):
            return self.thing(attribute(owner, node.attr))
        if not owner.is_number or node.attr not in libraries.PARTS:
            raise Unlike
        operation, wrapped = libraries.PARTS[node.attr]
        return self.step("number", wrapped(owner.node), (owner,), operation)

    def owner(self, node: ast.expr, scope: Scope) -> Step | Imported:
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

    def call(self, node: ast.Call, scope: Scope) -> Step:
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
                raise Unlike
        arguments = [self.value(argument, scope) for argument in node.args]
        if isinstance(meaning, Function):
            return self.called(meaning, self.bound(meaning, arguments, node.keywords, scope), scope)
        if node.keywords or not isinstance(meaning, Imported):
            raise Unlike
        return self.library_call(meaning, arguments)

    def method(self, owner: Step, node: ast.Call) -> Step:
        """Return the step of z.conjugate()."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if not owner.is_number or name not in libraries.METHODS or node.args or node.keywords:
            raise Unlike
        operation, wrapped = libraries.METHODS[name]
        return self.step("number", wrapped(owner.node), (owner,), operation)

    def bound(self, function: Function, arguments: list[Step], keywords: list[ast.keyword], scope: Scope) -> list[Step]:
        """Return all arguments in the order of the parameters."""
        rest = function.parameters[len(arguments) :]
        given = {keyword.arg: self.value(keyword.value, scope) for keyword in keywords}
        if len(given) != len(keywords) or set(given) != set(rest):
            raise Unlike
        return [*arguments, *(given[name] for name in rest)]


def _nothing() -> Meaning:
    raise Unlike


def _place(index: ast.expr) -> int:
    """Return the literal in [1] or [-1]."""
    match index:
        case ast.Constant(value=int(place)) if not isinstance(place, bool):
            return place
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(back))) if not isinstance(back, bool):
            return -back
    raise Unlike


def _has_at_most(limit: int, node: Node) -> bool:
    """Whether a tree has so few parts."""
    return sum(1 for _ in itertools.islice(tree.walk(node), limit + 1)) <= limit
