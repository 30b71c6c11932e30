"""Expressions in annihilation and creation operators, brought into normal order: there is only one for each operator.

| operator | normally ordered |
|---|---|
| a a† | a†a + 1 |
| [a, a†] | 1 |
| (a†a)² | a†²a² + a†a |

What is left is compared as if a were a complex number and a† its conjugate: two operators are the same exactly if these
functions are. Different modes commute.
"""

import math
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.tree import Call, Matrix, Node, Power, Product, Sum, Variable
from qftapp.verification.written import written

MOST_MONOMIALS = 400
MOST_FACTORS = 24

_Monomial = tuple[tuple[str, int, int], ...]
"""For each mode its name, the power of its creation operator and that of its annihilation operator."""
_Polynomial = dict[_Monomial, tuple[Node, ...]]
"""The terms of the coefficient of each monomial."""


def normal_ordered(node: Node) -> Node:
    """Return a tree of numbers, a† being the conjugate of a. Raises ExpressionError."""
    if isinstance(node, tree.Group):
        return tree.Group(node.form, tuple(normal_ordered(item) for item in node.items))
    if not _holds(node):
        return node
    terms = [_term(monomial, coefficient) for monomial, coefficient in _polynomial(node).items()]
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0] if terms else tree.ZERO


def _holds(node: Node) -> bool:
    return any(isinstance(part, Matrix) for part in tree.walk(node))


def _polynomial(node: Node) -> _Polynomial:
    if not _holds(node):
        return {(): (node,)}
    match node:
        case Matrix(name):
            return {((name, 0, 1),): (tree.ONE,)}
        case Call("adjoint", (inner,)):
            return _adjoint(_polynomial(inner))
        case Sum(terms):
            return _gathered([_polynomial(term) for term in terms])
        case Product(factors):
            total: _Polynomial = {(): (tree.ONE,)}
            for factor in factors:
                total = _multiplied(total, _polynomial(factor))
            return total
        case Power(base, tree.Number(value)) if value.denominator == 1 and 0 <= value <= MOST_FACTORS:
            return _polynomial(Product((base,) * int(value))) if value > 1 else _polynomial(base if value else tree.ONE)
    raise ExpressionError(
        f"“{written(node)[:60]}” is no polynomial in annihilation and creation operators: it cannot be ordered"
    )


def _gathered(polynomials: list[_Polynomial]) -> _Polynomial:
    found: _Polynomial = {}
    for polynomial in polynomials:
        for monomial, terms in polynomial.items():
            found[monomial] = (*found.get(monomial, ()), *terms)
    if len(found) > MOST_MONOMIALS or sum(map(len, found.values())) > 10 * MOST_MONOMIALS:
        raise ExpressionError("the operators have too many terms to be ordered")
    return found


def _adjoint(polynomial: _Polynomial) -> _Polynomial:
    return {
        tuple((name, lowering, raising) for name, raising, lowering in monomial): tuple(
            Call("conjugate", (term,)) if not isinstance(term, tree.Number) else term for term in terms
        )
        for monomial, terms in polynomial.items()
    }


def _multiplied(left: _Polynomial, right: _Polynomial) -> _Polynomial:
    parts: list[_Polynomial] = []
    for first, coefficient in left.items():
        for second, other in right.items():
            terms = tuple(_product(one, two) for one in coefficient for two in other)
            for monomial, count in _ordered(first, second):
                parts.append({monomial: tuple(_product(tree.number(count), term) for term in terms)})
        if len(parts) > 10 * MOST_MONOMIALS:
            raise ExpressionError("the operators have too many terms to be ordered")
    return _gathered(parts)


def _ordered(left: _Monomial, right: _Monomial) -> list[tuple[_Monomial, int]]:
    """Return a product of two ordered monomials as a sum of such, with whole coefficients.

    aᵐ a†ⁿ = Σ k! C(m, k) C(n, k) a†ⁿ⁻ᵏ aᵐ⁻ᵏ for each mode.
    """
    powers = {name: (raising, lowering) for name, raising, lowering in left}
    found: list[tuple[dict[str, tuple[int, int]], int]] = [(powers, 1)]
    for name, raising, lowering in right:
        grown = []
        for before, count in found:
            up, down = before.get(name, (0, 0))
            for k in range(min(down, raising) + 1):
                ways = math.factorial(k) * math.comb(down, k) * math.comb(raising, k)
                grown.append(({**before, name: (up + raising - k, down - k + lowering)}, count * ways))
        found = grown
    return [(_monomial(powers), count) for powers, count in found]


def _monomial(powers: dict[str, tuple[int, int]]) -> _Monomial:
    monomial = tuple(sorted((name, up, down) for name, (up, down) in powers.items() if up or down))
    if sum(up + down for _, up, down in monomial) > MOST_FACTORS:
        raise ExpressionError(f"a product of more than {MOST_FACTORS} such operators is not ordered here")
    return monomial


def _product(left: Node, right: Node) -> Node:
    if isinstance(left, tree.Number) and isinstance(right, tree.Number):
        return tree.Number(left.value * right.value)
    factors = tuple(
        factor
        for part in (left, right)
        for factor in (part.factors if isinstance(part, Product) else (part,))
        if factor != tree.ONE
    )
    return Product(factors) if len(factors) > 1 else factors[0] if factors else tree.ONE


def _term(monomial: _Monomial, terms: tuple[Node, ...]) -> Node:
    whole = sum((term.value for term in terms if isinstance(term, tree.Number)), start=Fraction(0))
    rest = [term for term in terms if not isinstance(term, tree.Number)]
    kept = [*([tree.number(whole)] if whole or not rest else []), *rest]
    coefficient = Sum(tuple(kept)) if len(kept) > 1 else kept[0]
    raised = [_power(Call("adjoint", (Variable(name),)), up) for name, up, _ in monomial if up]
    lowered = [_power(Variable(name), down) for name, _, down in monomial if down]
    if coefficient == tree.ZERO:
        return tree.ZERO
    factors = [factor for factor in (coefficient, *raised, *lowered) if factor != tree.ONE]
    return Product(tuple(factors)) if len(factors) > 1 else factors[0] if factors else tree.ONE


def _power(base: Node, exponent: int) -> Node:
    return base if exponent == 1 else Power(base, tree.number(exponent))
