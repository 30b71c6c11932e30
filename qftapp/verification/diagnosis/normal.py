"""A tree in the form in which its terms and factors can be seen: sums and products flat, numbers gathered in front."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.records import record
from qftapp.verification.tree import MINUS_ONE, ONE, Node, Number, Power, Product, Sum

MOST_TERMS = 40
_HALF = Number(Fraction(1, 2))
_MATRICES = frozenset({"gamma", "sigma", "gamma_5", "generator", "doubled"})


def normal(node: Node) -> Node:
    """Return a tree of the same value: no sum in a sum, no product in a product, √x and 1/x as powers."""
    parts = tuple(map(normal, tree.children(node)))
    match node:
        case Sum():
            return total(parts)
        case Product():
            return product(parts)
        case Power():
            return _power(*parts)
        case tree.Call("sqrt", _):
            return _power(parts[0], _HALF)
        case tree.Call("quotient", _):
            return product((parts[0], _power(parts[1], MINUS_ONE)))
    return tree.rebuilt(node, parts)


def total(terms: Iterable[Node]) -> Node:
    """Return the sum of normal terms, flat."""
    flat = [part for term in terms for part in summands(term)]
    return flat[0] if len(flat) == 1 else Sum(tuple(flat)) if flat else tree.ZERO


def summands(term: Node) -> tuple[Node, ...]:
    """Return the terms of a sum, or of a number times a sum; any other node is one term."""
    match term:
        case Sum(terms):
            return terms
        case Product((Number() as number, Sum(terms))):
            return tuple(product((number, inner)) for inner in terms)
    return (term,)


def factors(node: Node) -> tuple[Node, ...]:
    """Return the factors of a product; any other node is one factor."""
    return node.factors if isinstance(node, Product) else (node,)


def product(parts: Iterable[Node]) -> Node:
    """Return the product of normal factors, flat, its number first."""
    given = list(parts)
    flat = [inner for part in given for inner in factors(part)]
    if _clash(flat):
        return Product(tuple(given)) if len(given) > 1 else given[0]
    number = math.prod((part.value for part in flat if isinstance(part, Number)), start=Fraction(1))
    rest: list[Node] = [part for part in flat if not isinstance(part, Number)]
    if number == 0:
        return tree.ZERO
    if number != 1 or not rest:
        rest.insert(0, Number(number))
    return rest[0] if len(rest) == 1 else Product(tuple(rest))


def times(number: Node, node: Node) -> Node:
    """Return a node times a number (Number or Constant)."""
    return product((number, node))


def coefficient(node: Node) -> Fraction:
    """Return the number in front of a normal term."""
    first = factors(node)[0]
    return first.value if isinstance(first, Number) else Fraction(1)


def _power(base: Node, exponent: Node) -> Node:
    if exponent == ONE:
        return base
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        return _whole_power(base, int(exponent.value))
    if base == tree.Constant("e"):
        return tree.Call("exp", (exponent,))
    return Power(base, exponent)


def _whole_power(base: Node, exponent: int) -> Node:
    match base:
        case Number(value) if abs(exponent) <= 64 and value != 0:
            return Number(value**exponent)
        case Power(inner, raised):
            # True on every branch, because the outer exponent is whole.
            return _power(inner, times(Number(Fraction(exponent)), raised))
        case Product(parts) if not is_tensorial(base):
            return product([_whole_power(part, exponent) for part in parts])
    return base if exponent == 1 else Power(base, Number(Fraction(exponent)))


def is_tensorial(node: Node) -> bool:
    """Whether the order of factors or the names of indices matter in a tree."""
    return any(
        isinstance(part, tree.Indexed | tree.Matrix)
        or (isinstance(part, tree.Derivative) and part.index is not None)
        or (isinstance(part, tree.Constant) and part.name in _MATRICES)
        or (isinstance(part, tree.Call) and part.function in ("slash", "trace"))
        for part in tree.walk(node)
    )


def _clash(parts: Sequence[Node]) -> bool:
    """Whether a name of an index would stand for two sums in one product."""
    if len(parts) < 2:
        return False
    names = [index.name for part in parts for inner in tree.walk(part) for index in tree.indices(inner)]
    return any(count > 2 for count in Counter(names).values())


@record
class Term:
    """A term of the expanded expression, out of how many brackets, and what to call it: if out of one, its summand."""

    node: Node
    name: Node
    brackets: int


def expanded(node: Node) -> list[Term]:
    """Return the terms of a normal tree, products of sums and small powers of sums multiplied out; [] if too many."""
    found: list[Term] = []
    for part in summands(node):
        found.extend(_expanded_product(part))
        if len(found) > MOST_TERMS:
            return []
    return found


def _expanded_product(node: Node) -> list[Term]:
    choices = [_bracket(factor) for factor in factors(node)]
    # A power is as many brackets as it has factors.
    brackets = sum(
        2 if isinstance(factor, Power) else 1
        for factor, choice in zip(factors(node), choices, strict=True)
        if len(choice) > 1
    )
    if brackets == 0 or math.prod(map(len, choices)) > MOST_TERMS:
        return [Term(node, node, 0)]
    terms = []
    for chosen in itertools.product(*choices):
        whole = product(chosen)
        names = [part for part, choice in zip(chosen, choices, strict=True) if len(choice) > 1]
        terms.append(Term(whole, names[0] if brackets == 1 else whole, brackets))
    return terms


def _bracket(factor: Node) -> tuple[Node, ...]:
    """Return the terms a factor is the sum of."""
    match factor:
        case Sum(terms):
            return terms
        case Power(Sum(terms), Number(exponent)) if exponent in (2, 3) and not is_tensorial(factor):
            return tuple(
                product([Number(Fraction(_multiplicity(chosen))), *(terms[index] for index in chosen)])
                for chosen in itertools.combinations_with_replacement(range(len(terms)), int(exponent))
            )
    return (factor,)


def _multiplicity(chosen: tuple[int, ...]) -> int:
    repeated = math.prod(map(math.factorial, Counter(chosen).values()))
    return math.factorial(len(chosen)) // repeated
