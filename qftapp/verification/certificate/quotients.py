r"""Two trees as fractions of polynomials: exact, and done in microseconds.

| in a tree | in a polynomial |
|---|---|
| a symbol, π | a generator |
| i, √s, s^{2/3} | a generator and what one of its powers is: g² = −1, g² = s, g³ = s |
| ln(s/m²), x^y, Γ(d/2) | a generator, the same wherever function and arguments are |
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import comb
from typing import Any, TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from qftapp.verification import tree
from qftapp.verification.tree import Node

GENERATORS = 24
TERMS = 2_000
"""Terms that a polynomial may have."""
DEGREE = 200
BITS = 10_000
"""Length of a coefficient. Within these limits nothing takes more than milliseconds."""

Polynomial: TypeAlias = Any
_CONTEXT = fmpq_mpoly_ctx.get(tuple(f"g{place}" for place in range(GENERATORS)), Ordering.lex)
_ONE: Polynomial = _CONTEXT.constant(1)


class Unwieldy(Exception):
    """Polynomials that are too large to be compared at once."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A fraction of polynomials, not reduced."""

    above: Polynomial
    below: Polynomial

    def is_same(self, other: "Quotient") -> bool:
        """Whether two fractions are the same, all generators taken for independent."""
        return bool(_product(self.above, other.below) == _product(other.above, self.below))


@dataclass(frozen=True, slots=True)
class _Generator:
    """What a generator stands for: a function (or the name of a symbol) of arguments; its `order`-th power is known."""

    name: str
    arguments: tuple[Quotient, ...] = ()
    order: int = 0

    def is_same(self, other: "_Generator") -> bool:
        if (self.name, self.order, len(self.arguments)) != (other.name, other.order, len(other.arguments)):
            return False
        return all(one.is_same(two) for one, two in zip(self.arguments, other.arguments, strict=True))


def are_same(first: Node, second: Node) -> bool:
    """Whether two trees (of `Scalars`) are certainly equal wherever both have a value. Raises Unwieldy."""
    field = _Field()
    left, right = field.quotient(first), field.quotient(second)
    difference = _product(left.above, right.below) - _product(right.above, left.below)
    return bool(field.reduced(difference).is_zero())


@dataclass(slots=True)
class _Field:
    """The fractions in all generators that have been met."""

    generators: list[_Generator] = field(default_factory=list)

    def quotient(self, node: Node) -> Quotient:
        """Return a tree as a fraction."""
        match node:
            case tree.Number(value):
                return _whole(_CONTEXT.constant(fmpq(value.numerator, value.denominator)))
            case tree.Constant("i"):
                return self._generator("root", (_whole(-_ONE),), order=2)
            case tree.Constant(name):
                return self._generator(name)
            case tree.Variable():
                return self._generator(f"{node.name}, {node.index}")
            case tree.Sum(terms):
                return self._sum([self.quotient(term) for term in terms])
            case tree.Product(factors):
                parts = [self.quotient(factor) for factor in factors]
                return Quotient(_products([part.above for part in parts]), _products([part.below for part in parts]))
            case tree.Power(base, tree.Number(exponent)) | tree.Call("power", (base, tree.Number(exponent))):
                return self._power(self.quotient(base), exponent)
            case tree.Call("sqrt", (base,)):
                return self._power(self.quotient(base), Fraction(1, 2))
            case tree.Call("quotient", (above, below)):
                return self.quotient(tree.Product((above, tree.Power(below, tree.MINUS_ONE))))
            case tree.Power():
                return self._generator("power", tuple(map(self.quotient, tree.children(node))))
            case tree.Call(function, arguments):
                return self._generator(function, tuple(map(self.quotient, arguments)))
        raise Unwieldy

    def _sum(self, parts: list[Quotient]) -> Quotient:
        total = parts[0]
        for part in parts[1:]:
            if part.below == total.below:
                total = Quotient(total.above + part.above, total.below)
            else:
                above = _product(total.above, part.below) + _product(part.above, total.below)
                total = Quotient(above, _product(total.below, part.below))
        return total

    def _power(self, base: Quotient, exponent: Fraction) -> Quotient:
        if exponent.denominator > 1:  # on the principal branch s^(p/q) is the p-th power of s^(1/q)
            base = self._generator("root", (base,), order=exponent.denominator)
        above, below = (_power(part, abs(exponent.numerator)) for part in (base.above, base.below))
        return Quotient(above, below) if exponent >= 0 else Quotient(below, above)

    def _generator(self, name: str, arguments: tuple[Quotient, ...] = (), *, order: int = 0) -> Quotient:
        wanted = _Generator(name, arguments, order)
        for place, known in enumerate(self.generators):
            if known.is_same(wanted):
                return _whole(_CONTEXT.gen(place))
        if len(self.generators) == GENERATORS:
            raise Unwieldy
        self.generators.append(wanted)
        return _whole(_CONTEXT.gen(len(self.generators) - 1))

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """Return a polynomial, times some denominators, without the powers of roots that are known.

        The generators within a root are older than it, so that those of later ones go first.
        """
        for place in reversed(range(len(self.generators))):
            if order := self.generators[place].order:
                polynomial = _without_powers(polynomial, place, order, self.generators[place].arguments[0])
        return polynomial


def _whole(polynomial: Polynomial) -> Quotient:
    return Quotient(polynomial, _ONE)


def _without_powers(polynomial: Polynomial, place: int, order: int, known: Quotient) -> Polynomial:
    """Return a polynomial, times a power of known.below, with generator^order replaced by what is known of it."""
    wholes: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        whole, rest = divmod(exponents[place], order)
        left = (*exponents[:place], rest, *exponents[place + 1 :])
        wholes.setdefault(whole, {})[left] = coefficient
    most = max(wholes, default=0)
    total = 0 * _ONE
    for whole, terms in wholes.items():
        powers = _product(_power(known.above, whole), _power(known.below, most - whole))
        total += _product(_CONTEXT.from_dict(terms), powers)
    return total


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > TERMS * 10 or _degree(left) + _degree(right) > DEGREE:
        raise Unwieldy
    return _checked(left * right)


def _products(parts: list[Polynomial]) -> Polynomial:
    total = parts[0]
    for part in parts[1:]:
        total = _product(total, part)
    return total


def _power(base: Polynomial, exponent: int) -> Polynomial:
    if exponent == 0:
        return _ONE
    if exponent * max(_degree(base), 1) > DEGREE or exponent * _bits(base) > BITS:
        raise Unwieldy
    if len(base) > 1 and comb(exponent + len(base) - 1, exponent) > TERMS:
        raise Unwieldy
    return base**exponent


def _checked(polynomial: Polynomial) -> Polynomial:
    if len(polynomial) > TERMS or _bits(polynomial) > BITS:
        raise Unwieldy
    return polynomial


def _degree(polynomial: Polynomial) -> int:
    return int(polynomial.total_degree())


def _bits(polynomial: Polynomial) -> int:
    """Return the length of the longest coefficient."""
    return max((int(part.p).bit_length() + int(part.q).bit_length() for part in polynomial.coeffs()), default=0)
