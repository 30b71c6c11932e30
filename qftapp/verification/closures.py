"""Expression trees as functions within functions: made once, then called in the scope of every point.

When the function is made, the tree is walked and its numbers and constants are computed: to the precision of that
moment.
"""

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from flint import acb

from qftapp.verification import continuation, functions, sums, tree, units, unknowns
from qftapp.verification.conditions import decision
from qftapp.verification.drawn import Drawn
from qftapp.verification.functions import NAN, Ball, Undecided
from qftapp.verification.integration import compiled_integral
from qftapp.verification.lorentz import Tensor, Term, Unfit
from qftapp.verification.scope import Run, Scope
from qftapp.verification.tree import Node
from qftapp.verification.values import ball_of

_LORENTZ = frozenset({"dot", "slash", "trace", "adjoint", "transpose", "determinant"})
_LARGEST_POWER = 2**30


def compiled(node: Node) -> Run:
    """Return the function that gives a tree's value. What it gives for a collection or a condition is undefined.

    The function raises TooSlow, Undecided where it found no value, Unfit and Unwieldy where tensors do not fit.
    """
    return _WAYS[type(node)](node)


def _compiled_ball(node: Node) -> Callable[[Scope], Ball]:
    """Return the function that gives the value of what must be a number."""
    run = compiled(node)
    return lambda scope: _as_ball(run(scope))


def _as_ball(term: Term) -> Ball:
    return NAN if isinstance(term, Tensor) else term


def _always(term: Term) -> Run:
    return lambda scope: term


def _variable(node: tree.Variable) -> Run:
    name, index = node.name, node.index

    def variable(scope: Scope) -> Term:
        value = scope.point[name]
        if isinstance(value, acb):
            return value
        return acb(value) if isinstance(value, float) else _coordinate(value, index, scope)

    return variable


def _coordinate(value: int | complex | tuple[float, ...] | Drawn | Tensor, index: int | None, scope: Scope) -> Term:
    if isinstance(value, Drawn):
        return NAN
    if isinstance(value, tuple):
        return scope.spacetime.vector(value) if index is None else ball_of(value[index])
    return value if isinstance(value, Tensor) else ball_of(value)


def _number(node: tree.Number) -> Run:
    return _always(ball_of(node.value))


def _constant(node: tree.Constant) -> Run:
    name = node.name
    if name in ("gamma_5", "unit_matrix"):
        return lambda scope: scope.spacetime.named[name]
    return _always(functions.constant(name) if name in functions.CONSTANTS else NAN)


def _unit(node: tree.Unit) -> Run:
    return _always(units.value(node.name))


def _sum(node: tree.Sum) -> Run:
    runs = [compiled(term) for term in node.terms]
    if len(runs) == 2:
        left, right = runs
        return lambda scope: left(scope) + right(scope)
    return lambda scope: reduce(operator.add, [run(scope) for run in runs])


def _product(node: tree.Product) -> Run:
    runs = [compiled(factor) for factor in node.factors]
    if len(runs) == 2:
        return _product_of_two(*runs)

    def product(scope: Scope) -> Term:
        factors = [run(scope) for run in runs]
        if Tensor in map(type, factors):
            scope.check()
            return scope.spacetime.product(factors)
        return reduce(operator.mul, factors)

    return product


def _product_of_two(first: Run, second: Run) -> Run:
    def product(scope: Scope) -> Term:
        left, right = first(scope), second(scope)
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            scope.check()
            return scope.spacetime.product((left, right))
        return left * right

    return product


def _power(node: tree.Power) -> Run:
    """Return a power; roots and whole powers are kept apart so that real numbers stay real."""
    match node.exponent:
        case tree.Number(value) if abs(value.numerator) < _LARGEST_POWER:
            if value.denominator == 1:
                return _whole_power(compiled(node.base), value.numerator)
            if value.denominator == 2:
                return _root(node.base, value.numerator)
    return _general_power(node)


def _whole_power(base: Run, exponent: int) -> Run:
    def power(scope: Scope) -> Term:
        value = base(scope)
        if isinstance(value, Tensor):
            return scope.spacetime.power(value, exponent)
        return 1 / value if exponent == -1 else value**exponent

    return power


def _root(base_node: Node, exponent: int) -> Run:
    base = compiled(base_node)

    def power(scope: Scope) -> Term:
        value, on_path = base(scope), scope.on_path
        if isinstance(value, Tensor):
            raise Unfit("a root of a vector or tensor")
        if on_path is None:
            root = value.sqrt()
        else:
            root = continuation.root(value, lambda: _as_ball(base(on_path())))
        return root if exponent == 1 else root**exponent

    return power


def _general_power(node: tree.Power) -> Run:
    base, exponent = compiled(node.base), _compiled_ball(node.exponent)

    def power(scope: Scope) -> Term:
        value, on_path = base(scope), scope.on_path
        if isinstance(value, Tensor):
            raise Unfit("a power of a vector or tensor")
        if on_path is None:
            return value.pow(exponent(scope))
        return continuation.power(value, exponent(scope), lambda: _as_ball(base(on_path())))

    return power


def _call(node: tree.Call) -> Run:
    name = node.function
    if name == functions.WITH_LISTS:
        return _call_with_lists(node)
    runs = [compiled(argument) for argument in node.arguments]

    def call(scope: Scope) -> Term:
        scope.check()
        arguments: list[Any] = [run(scope) for run in runs]
        if name in _LORENTZ or Tensor in map(type, arguments):
            return scope.spacetime.call(name, arguments)
        on_path = scope.on_path
        if on_path is None:
            return functions.call(name, arguments)
        return continuation.call(name, arguments, lambda: [_as_ball(run(on_path())) for run in runs])

    return call


def _call_with_lists(node: tree.Call) -> Run:
    """Return the one function of which arguments are lists of numbers: all but the last."""
    *lists, last = node.arguments
    items = [part.items if isinstance(part, tree.Group) else (part,) for part in lists]
    rows, run = [[_compiled_ball(item) for item in row] for row in items], _compiled_ball(last)

    def call(scope: Scope) -> Term:
        scope.check()
        if scope.on_path is not None:
            return NAN
        return functions.call(node.function, [*([ball(scope) for ball in row] for row in rows), run(scope)])

    return call


def _choice(node: tree.Choice) -> Run:
    condition, yes, no = decision(node.condition, compiled), compiled(node.yes), compiled(node.no)

    def choice(scope: Scope) -> Term:
        decided = condition(scope)
        if decided is None:
            raise Undecided
        return yes(scope) if decided else no(scope)

    return choice


def _indexed(node: tree.Indexed) -> Run:
    indices = node.indices
    run = _named(node.tensor) if isinstance(node.tensor, tree.Constant) else compiled(node.tensor)

    def indexed(scope: Scope) -> Term:
        vector = run(scope)
        return scope.spacetime.indexed(vector, indices) if isinstance(vector, Tensor) else NAN

    return indexed


def _named(node: tree.Constant) -> Run:
    return lambda scope: scope.spacetime.named.get(node.name, NAN)


def _integral(node: tree.Integral) -> Run:
    return compiled_integral(node, compiled)


def _undefined(node: Node) -> Run:
    return _always(NAN)


_WAYS: dict[type[Node], Callable[[Any], Run]] = {
    tree.Variable: _variable,
    tree.Number: _number,
    tree.Constant: _constant,
    tree.Unit: _unit,
    tree.Sum: _sum,
    tree.Product: _product,
    tree.Power: _power,
    tree.Call: _call,
    tree.Choice: _choice,
    tree.Indexed: _indexed,
    tree.Integral: _integral,
    tree.Applied: lambda node: unknowns.applied(node, compiled),
    tree.Derivative: lambda node: unknowns.derived(node, compiled),
    tree.Matrix: unknowns.matrix,
    tree.Series: lambda node: sums.series(node, compiled),
    **dict.fromkeys((tree.Group, tree.Text, tree.Truth, tree.Comparison, tree.Logic), _undefined),
}
