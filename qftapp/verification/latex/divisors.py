r"""Divisors and remainders of numbers that are written out, found exactly: \gcd(12, 18), 7 \bmod 3, \gcd(3/2, 1)."""

import math
from collections.abc import Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.tree import Node


def folded(function: str, arguments: Sequence[Node]) -> Node | None:
    """Return the value of a function of plain numbers, nothing where it is another function or they are not plain."""
    if function not in ("gcd", "lcm", "modulo"):
        return None
    numbers = [argument.value for argument in arguments if isinstance(argument, tree.Number)]
    if len(numbers) < len(arguments) or not numbers:
        return None
    if function == "modulo":
        value, divisor = numbers
        return tree.Number(value % divisor) if divisor else None
    return tree.Number(_greatest(numbers) if function == "gcd" else _least(numbers))


def _greatest(numbers: Sequence[Fraction]) -> Fraction:
    """Return the greatest number of which all are whole multiples."""
    tops = math.gcd(*(number.numerator for number in numbers))
    return Fraction(tops, math.lcm(*(number.denominator for number in numbers)))


def _least(numbers: Sequence[Fraction]) -> Fraction:
    """Return the least number that is a whole multiple of each."""
    tops = math.lcm(*(number.numerator for number in numbers))
    return Fraction(tops, math.gcd(*(number.denominator for number in numbers)))
