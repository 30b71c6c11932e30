"""From one sort of number to another: float(x), complex(x), Fraction(p, q), SymPy's and mpmath's numbers."""

from flint import acb

from qftapp.verification.programs.operations import Quantity, result_sort, settled
from qftapp.verification.programs.sorts import COMPLEX, INT, REAL, Beyond, sort_of


def to_float(operand: Quantity) -> Quantity:
    """Return float(operand)."""
    if operand[1].is_complex:
        raise Beyond
    return settled(operand[0], REAL)


def to_complex(operand: Quantity) -> Quantity:
    """Return complex(operand)."""
    return settled(operand[0], COMPLEX)


def to_complex_parts(real: Quantity, imaginary: Quantity) -> Quantity:
    """Return complex(real, imaginary)."""
    if real[1].is_complex or imaginary[1].is_complex:
        raise Beyond
    return settled(real[0] + acb(0, 1) * imaginary[0], COMPLEX)


def to_library(library: str, operand: Quantity) -> Quantity:
    """Return np.float64, sympify or mpf of a number."""
    if operand[1].is_complex and library != "sympy":
        raise Beyond
    return settled(operand[0], result_sort(library, [operand[1]]))


def to_sympy_float(operand: Quantity) -> Quantity:
    """Return sympy.N of a number, which holds 53 bits."""
    ball, kind = operand
    if kind.library not in ("python", "sympy"):
        raise Beyond
    return settled(ball, sort_of("sympy", 2, kind.is_complex))


def to_real_sympy_float(operand: Quantity) -> Quantity:
    """Return sympy.Float of a number."""
    if operand[1].is_complex:
        raise Beyond
    return to_sympy_float(operand)


def to_evaluated(operand: Quantity) -> Quantity:
    """Return expression.evalf()."""
    if operand[1].library != "sympy":
        raise Beyond
    return to_sympy_float(operand)


def to_fraction(library: str, top: Quantity, bottom: Quantity | None = None) -> Quantity:
    """Return Fraction(top, bottom) of exact numbers, or SymPy's Rational."""
    bottom = bottom or (acb(1), INT)
    if not all(kind.rank < 2 and kind.library in ("python", library) for _, kind in (top, bottom)):
        raise Beyond
    if library == "sympy" and not all(kind is INT for _, kind in (top, bottom)):
        raise Beyond
    return settled(top[0] / bottom[0], sort_of(library, 1, False))
