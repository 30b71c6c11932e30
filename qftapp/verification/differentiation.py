"""Exact derivatives of expression trees.

| tree | derivative by x |
|---|---|
| f(x, y) of an unknown f | its partial derivative by the first argument |
| V(φ(x)) | V′(φ) φ′(x) |
| (φ(x))*, x being real | (φ′(x))* |
| A·B of matrices | A′B + AB′, in this order |
| p·q of four-vectors | p′·q + p·q′ |
| ∫₀ˣ g(t) dt | g(x) |
"""

from collections.abc import Sequence
from functools import lru_cache

from qftapp.verification import tree
from qftapp.verification.slopes import Underivable, slope
from qftapp.verification.tree import MINUS_ONE, ONE, ZERO, Call, Index, Node, Power, Product, Sum, Variable, number
from qftapp.verification.written import written

_LINEAR = frozenset(("re", "im", "conjugate", "adjoint", "transpose", "trace", "scalar_part", "slash"))
_METRIC = tree.Constant("metric")
_SUMMED = "·"


@lru_cache(maxsize=4096)
def derivative(node: Node, by: Variable) -> Node:
    """Return the derivative by a symbol, by one component of a four-vector, or by a function. Raises Underivable."""
    if isinstance(node, Variable) and node == by:
        return ONE
    if by.name not in tree.variables(node):
        return ZERO
    match node:
        case Sum(terms):
            return _sum([derivative(term, by) for term in terms])
        case Product(factors):
            return _of_product(factors, by)
        case Power(base, exponent):
            return _of_power(base, exponent, by)
        case Call(function, arguments):
            return _of_call(function, arguments, by)
        case tree.Applied():
            return _of_applied(node, by)
        case tree.Derivative(body, name, index):
            inner = derivative(body, by if index is not None else Variable(name))
            if index is None:
                return derivative(inner, by)
            return inner if inner == ZERO else tree.Derivative(inner, name, index)
        case tree.Indexed(vector, indices):
            return _component(vector, indices[0], by)
        case tree.Integral():
            return _of_integral(node, by)
        case tree.Series(variable, low, high, term, False) if by.name not in tree.variables(Sum((low, high))):
            return tree.Series(variable, low, high, derivative(term, by))
        case tree.Choice(condition, yes, no):
            return tree.Choice(condition, derivative(yes, by), derivative(no, by))
        case tree.Group(form, items) if form != "set":
            return tree.Group(form, tuple(derivative(item, by) for item in items))
    raise Underivable(f"the derivative of “{written(node)[:60]}” is not read here")


def _sum(terms: Sequence[Node]) -> Node:
    kept = tuple(term for term in terms if term != ZERO)
    return Sum(kept) if len(kept) > 1 else kept[0] if kept else ZERO


def _product(factors: Sequence[Node]) -> Node:
    if ZERO in factors:
        return ZERO
    kept = tuple(factor for factor in factors if factor != ONE)
    return Product(kept) if len(kept) > 1 else kept[0] if kept else ONE


def _of_product(factors: Sequence[Node], by: Variable) -> Node:
    return _sum(
        [
            _product([*factors[:place], derivative(factor, by), *factors[place + 1 :]])
            for place, factor in enumerate(factors)
        ]
    )


def _of_power(base: Node, exponent: Node, by: Variable) -> Node:
    inner = derivative(base, by)
    if by.name in tree.variables(exponent):
        change = derivative(exponent, by)
        log = Call("log", (base,))
        slope = _sum([_product([change, log]), _product([exponent, inner, Power(base, MINUS_ONE)])])
        return _product([Power(base, exponent), slope])
    if any(isinstance(part, tree.Matrix) for part in tree.walk(base)):
        return _of_matrix_power(base, exponent, by)
    lowered = number(exponent.value - 1) if isinstance(exponent, tree.Number) else Sum((exponent, MINUS_ONE))
    power = ONE if lowered == ZERO else base if lowered == ONE else Power(base, lowered)
    return _product([exponent, power, inner])


def _of_matrix_power(base: Node, exponent: Node, by: Variable) -> Node:
    if isinstance(exponent, tree.Number) and exponent.value == -1:
        return _product([MINUS_ONE, Power(base, MINUS_ONE), derivative(base, by), Power(base, MINUS_ONE)])
    if isinstance(exponent, tree.Number) and exponent.value in range(1, 10):
        return _of_product([base] * int(exponent.value), by)
    raise Underivable("the derivative of such a power of a matrix is not read here")


def _of_call(function: str, arguments: tuple[Node, ...], by: Variable) -> Node:
    if function in _LINEAR:
        inner = derivative(arguments[0], by)
        return ZERO if inner == ZERO else Call(function, (inner,))
    if function == "dot":
        return _of_dot(arguments[0], arguments[1], by)
    if function == "exp" and len({part for part in tree.walk(arguments[0]) if isinstance(part, tree.Matrix)}) > 1:
        raise Underivable("the derivative of the exponential of matrices that do not commute is not read here")
    terms = []
    for place, argument in enumerate(arguments):
        if (change := derivative(argument, by)) != ZERO:
            terms.append(_product([slope(function, place, arguments), change]))
    return _sum(terms)


def _of_dot(left: Node, right: Node, by: Variable) -> Node:
    # Index names are the tree's own: a sum inside a sum must have another one.
    name = _SUMMED + str(sum(1 for part in tree.walk(Sum((left, right)))))
    upper, lower = Index(name, is_upper=True), Index(name, is_upper=False)
    return _sum(
        [
            _product([_component(left, upper, by), tree.Indexed(right, (lower,))]),
            _product([tree.Indexed(left, (upper,)), _component(right, lower, by)]),
        ]
    )


def _component(vector: Node, index: Index, by: Variable) -> Node:
    """Return the derivative of a component of a four-vector."""
    match vector:
        case Variable(name, None) if name == by.name and by.index is not None:
            return tree.Indexed(_METRIC, (index, Index(str(by.index), is_upper=False)))
        case Sum(terms):
            return _sum([_component(term, index, by) for term in terms])
        case Product(factors) if places := [n for n, factor in enumerate(factors) if _is_whole(factor, by.name)]:
            indexed = list(factors)
            indexed[places[0]] = tree.Indexed(factors[places[0]], (index,))
            return _of_product(indexed, by)
        case tree.Applied():
            return _indexed(_of_applied(vector, by), index)
    if by.name in tree.variables(vector):
        raise Underivable(f"the derivative of “{written(vector)[:60]}” is not read here")
    return ZERO


def _is_whole(node: Node, name: str) -> bool:
    """Whether a tree is a four-vector by itself."""
    return node == Variable(name)


def _indexed(node: Node, index: Index) -> Node:
    """Return a component of a sum of products, each of which ends with a derivative of a vector function."""
    match node:
        case Sum(terms):
            return Sum(tuple(_indexed(term, index) for term in terms))
        case Product((first, *rest)):
            return Product((_indexed(first, index), *rest))
    return node if node == ZERO else tree.Indexed(node, (index,))


def _of_applied(node: tree.Applied, by: Variable) -> Node:
    if node.name == by.name:
        return ZERO if node.by else ONE
    terms = []
    for place, argument in enumerate(node.arguments):
        for part, change in _changes(argument, by):
            slot = tuple(sorted((*node.by, (place, part))))
            terms.append(_product([tree.Applied(node.name, node.arguments, slot), change]))
    return _sum(terms)


def _changes(argument: Node, by: Variable) -> list[tuple[int, Node]]:
    """Return the derivatives of an argument that are not 0: of a number, or of each component of a four-vector."""
    if argument == Variable(by.name) and by.index is not None:
        return [(by.index, ONE)]
    if by.name not in tree.variables(argument):
        return []
    if by.index is not None and _holds_whole(argument, by.name):
        parts = [(n, _component(argument, Index(str(n), is_upper=True), by)) for n in range(4)]
    else:
        parts = [(-1, derivative(argument, by))]
    return [(n, change) for n, change in parts if change != ZERO]


def _holds_whole(node: Node, name: str) -> bool:
    """Whether an argument is a four-vector made from one: x − y, 2x."""
    match node:
        case Variable(found, None):
            return found == name
        case Sum(parts) | Product(parts):
            return any(_holds_whole(part, name) for part in parts)
    return False


def _of_integral(node: tree.Integral, by: Variable) -> Node:
    if node.variable == by.name:
        raise Underivable("an integral is derived by its own variable")
    inner = derivative(node.integrand, by)
    ends = [
        _product([sign, _at(node.integrand, node.variable, end), derivative(end, by)])
        for sign, end in ((ONE, node.high), (MINUS_ONE, node.low))
        if derivative(end, by) != ZERO
    ]
    if inner != ZERO:
        ends.append(tree.Integral(node.variable, node.low, node.high, inner))
    return _sum(ends)


def _at(node: Node, name: str, value: Node) -> Node:
    if node == Variable(name):
        return value
    return tree.rebuilt(node, tuple(_at(child, name, value) for child in tree.children(node)))
