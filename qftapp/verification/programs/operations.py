"""What a program does with numbers, as floating arithmetic would do it but for its rounding.

| place | rule |
|---|---|
| not finite, beyond 1e300, below 1e-300 | left to the program |
| a real function whose value is not real (math.sqrt of a negative number) | left to the program: it raises or is nan |
| float ** float of a negative base | complex, as in Python |
| a square root, logarithm, power or angle of a complex number on the negative axis | left: the sign of a zero decides |
| the same of a real number | the zero is +0, in every library |
| asin, atan, … on their cuts; special functions where anything is not real | left: libraries differ |
| a comparison that rounding may turn; == and != of floats | left to the program |
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from flint import acb, arb

from qftapp.verification import functions
from qftapp.verification.functions import Ball, Undecided
from qftapp.verification.programs.sorts import (
    COMPLEX,
    FRACTION,
    INT,
    REAL,
    Beyond,
    Sort,
    as_complex,
    as_real,
    joined,
    sort_of,
)
from qftapp.verification.values import ball_of

Quantity: TypeAlias = tuple[Ball, Sort]
"""A number of a program: where it lies, and its sort."""
Operation: TypeAlias = Callable[..., Quantity]

_LARGEST = arb("1e300")
_SMALLEST = arb("1e-300")
_HIGHEST_POWER = 2**30

_ENTIRE = frozenset("exp expm1 sin cos tan cot sec csc sinh cosh tanh coth sech csch".split())
_CUT_NEGATIVE = frozenset("sqrt log log2 log10 arg".split())
_CUT_ELSEWHERE = frozenset("asin acos atan asinh acosh atanh log1p".split())
_OF_WHOLE_ORDER = frozenset(
    "spherical_bessel_j spherical_bessel_y legendre hermite laguerre chebyshev_t chebyshev_u".split()
)
_COUNTING = frozenset(("factorial", "binomial"))


def settled(ball: Ball, sort: Sort) -> Quantity:
    """Return a result. Raises Beyond where floating arithmetic would raise, overflow, underflow or give nan."""
    if not ball.is_finite():
        raise Beyond
    size = ball.abs_upper()
    if size > _LARGEST or (size < _SMALLEST and ball != 0):
        raise Beyond
    if not (sort.is_complex or ball.imag == 0):
        raise Beyond
    return ball, sort


def add(left: Quantity, right: Quantity) -> Quantity:
    """Return left + right."""
    return settled(left[0] + right[0], joined(left[1], right[1]))


def subtract(left: Quantity, right: Quantity) -> Quantity:
    """Return left − right."""
    return settled(left[0] - right[0], joined(left[1], right[1]))


def multiply(left: Quantity, right: Quantity) -> Quantity:
    """Return left · right."""
    return settled(left[0] * right[0], joined(left[1], right[1]))


def divide(left: Quantity, right: Quantity) -> Quantity:
    """Return left / right, a float for two integers."""
    sort = joined(left[1], right[1])
    return settled(left[0] / right[0], REAL if sort is INT else sort)


def negative(operand: Quantity) -> Quantity:
    """Return −operand."""
    return -operand[0], operand[1]


def power(left: Quantity, right: Quantity) -> Quantity:
    """Return left ** right."""
    (base, sort), (exponent, kind) = left, right
    if kind is FRACTION:
        raise Beyond
    sort = _power_sort(sort, exponent, kind)
    twice = _integer(2 * exponent)
    if twice is not None and twice % 2 == 0:
        return settled(base ** (twice // 2), sort)
    _check_cut(left)
    value = base.pow(exponent) if twice is None else base.sqrt() ** twice
    if value.imag != 0 and not sort.is_complex and sort.library != "numpy":
        sort = as_complex(sort)
    return settled(value, sort)


def _power_sort(base: Sort, exponent: Ball, kind: Sort) -> Sort:
    sort = joined(base, kind)
    if sort is INT:
        if exponent.real >= 0:
            return INT
        return REAL
    return REAL if sort is FRACTION and kind is not INT else sort


def _integer(ball: Ball) -> int | None:
    whole = ball.unique_fmpz() if ball.is_exact() else None
    return int(whole) if whole is not None and abs(whole) < _HIGHEST_POWER else None


def _check_cut(operand: Quantity) -> None:
    """Raise Beyond on the negative axis, where the sign of a zero decides, and where rounding may move 0."""
    ball, sort = operand
    if ball.contains(acb(0)) and ball != 0:
        raise Beyond
    if sort.is_complex and ball.imag.contains(0) and not ball.real > 0:
        raise Beyond


def call(function: str, library: str, arguments: tuple[Quantity, ...]) -> Quantity:
    """Return a function of `functions`, as a library computes it."""
    sort = result_sort(library, [kind for _, kind in arguments])
    balls = [ball for ball, _ in arguments]
    if function in _ENTIRE:
        return settled(_called(function, balls), sort)
    if function in _CUT_NEGATIVE:
        for argument in arguments:
            _check_cut(argument)
        if (library == "math" and function != "sqrt") or function == "arg":
            _check_positive(function, balls)
        value = _called(function, balls)
        if function == "arg":
            return settled(value, as_real(REAL if library == "cmath" else sort))
        return settled(value, _widened(sort, value, library))
    if function in _CUT_ELSEWHERE:
        return settled(_off_the_cuts(function, balls), sort)
    if any(kind.is_complex for _, kind in arguments):
        raise Beyond
    if function in ("hankel_1", "hankel_2"):
        if not balls[1].real > 0:
            raise Beyond
        return settled(_called(function, balls), as_complex(sort))
    if not _has_usual_orders(function, library, arguments):
        raise Beyond
    if function == "atan2" and balls[0].contains(0) and not balls[1].real > 0:
        raise Beyond
    if function in _COUNTING:
        if not all(kind is INT and ball.real >= 0 for ball, kind in arguments):
            raise Beyond
        sort = INT if library == "math" else sort
    value = _called(function, balls)
    if value.imag != 0:
        raise Beyond
    return settled(value, as_complex(sort) if function == "lambert_w" and library == "scipy" else sort)


def _has_usual_orders(function: str, library: str, arguments: tuple[Quantity, ...]) -> bool:
    """Whether a special function is asked for where all libraries have it, and have the same."""
    order, kind = arguments[0]
    if function in _OF_WHOLE_ORDER or (function == "psi" and len(arguments) == 2):
        return kind is INT and bool(order.real >= 0)
    if library == "scipy" and function == "expint":
        return kind is INT and bool(order.real >= 0) and bool(arguments[1][0].real > 0)
    if library == "scipy" and function in ("elliptic_f", "elliptic_e"):
        return bool(arguments[-1][0].real < 1)
    if function.startswith("hypergeometric"):
        return not any(_integer(ball) is not None and not ball.real > 0 for ball, _ in arguments[:-1])
    return not (function == "zeta" and library == "scipy") or bool(order.real > 1)


def result_sort(library: str, kinds: list[Sort]) -> Sort:
    """Return the sort of what a library's function gives. Raises Beyond where it does not take such arguments."""
    libraries = {kind.library for kind in kinds}
    is_complex = any(kind.is_complex for kind in kinds)
    if library == "math":
        if is_complex:
            raise Beyond
        return REAL
    if library == "cmath":
        return COMPLEX
    home = "numpy" if library == "scipy" else library
    if not libraries <= {"python", home} or (home != "sympy" and FRACTION in kinds):
        raise Beyond
    return sort_of(home, max((kind.rank for kind in kinds), default=0), is_complex)


def _widened(sort: Sort, value: Ball, library: str) -> Sort:
    """Return the sort of a root or logarithm, which only some libraries let leave the real numbers."""
    is_imaginary = value.imag != 0 and not sort.is_complex
    return as_complex(sort) if is_imaginary and library in ("sympy", "mpmath") else sort


def _off_the_cuts(function: str, balls: list[Ball]) -> Ball:
    value = _called(function, balls)
    if all(functions.is_real(ball) for ball in balls):
        if not functions.is_real(value):
            raise Beyond
    elif any(ball.real.contains(0) or ball.imag.contains(0) for ball in balls):
        raise Beyond
    return value


def _check_positive(function: str, balls: list[Ball]) -> None:
    """Raise Beyond for the angle of 0, and for real logarithms of what is not positive, even if their ratio is real."""
    if any(ball == 0 if function == "arg" else not ball.real > 0 for ball in balls):
        raise Beyond


def _called(function: str, balls: list[Ball]) -> Ball:
    try:
        return functions.call(function, balls)
    except Undecided:
        raise Beyond from None


def absolute(operand: Quantity) -> Quantity:
    """Return |operand|."""
    ball, sort = operand
    return settled(acb(abs(ball)), as_real(sort))


def real_part(operand: Quantity) -> Quantity:
    """Return the real part."""
    return settled(acb(operand[0].real), as_real(operand[1]))


def imaginary_part(operand: Quantity) -> Quantity:
    """Return the imaginary part."""
    return settled(acb(operand[0].imag), as_real(operand[1]))


def conjugate(operand: Quantity) -> Quantity:
    """Return the complex conjugate."""
    return operand[0].conjugate(), operand[1]


def hypotenuse(first: Quantity, second: Quantity) -> Quantity:
    """Return √(first² + second²)."""
    sort = joined(first[1], second[1])
    if sort.is_complex or sort.library not in ("python", "numpy"):
        raise Beyond
    return settled((first[0] ** 2 + second[0] ** 2).sqrt(), sort_of(sort.library, 2, False))


def extreme(is_better: Callable[[Quantity, Quantity], bool], *operands: Quantity) -> Quantity:
    """Return what min or max picks."""
    chosen = operands[0]
    for other in operands[1:]:
        joined(chosen[1], other[1])
        chosen = other if is_better(other, chosen) else chosen
    return chosen


def is_less(left: Quantity, right: Quantity) -> bool:
    """Whether left < right."""
    return compared("<", left, right)


def is_greater(left: Quantity, right: Quantity) -> bool:
    """Whether left > right."""
    return compared(">", left, right)


def compared(operator: str, left: Quantity, right: Quantity) -> bool:
    """Return what a comparison gives. Raises Beyond where rounding may turn it."""
    sort = joined(left[1], right[1])
    if sort.is_complex:
        raise Beyond
    difference = (left[0] - right[0]).real
    if operator in ("==", "!="):
        if sort.rank == 2 or sort.library == "sympy" or (difference.contains(0) and difference != 0):
            raise Beyond
        return bool(difference == 0) == (operator == "==")
    if difference > 0:
        return operator in (">", ">=")
    if difference < 0:
        return operator in ("<", "<=")
    if difference == 0 and sort.rank < 2:
        return operator in ("<=", ">=")
    raise Beyond


def constant(name: str, library: str) -> Quantity:
    """Return a constant as a library has it."""
    kind = sort_of("sympy", 1, name == "i") if library == "sympy" else sort_of("mpmath", 2, name == "i")
    return functions.constant(name), kind if library in ("sympy", "mpmath") else REAL


def exactly(value: Fraction, sort: Sort) -> Callable[[], Quantity]:
    """Return the operation that gives a constant."""
    return lambda: (ball_of(value), sort)


def imaginary(value: Fraction) -> Callable[[], Quantity]:
    """Return the operation that gives an imaginary literal."""
    return lambda: (acb(0, 1) * ball_of(value), COMPLEX)
