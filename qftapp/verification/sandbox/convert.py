"""Between wire values and the objects a candidate sees: floats, numpy arrays, mpmath and SymPy numbers."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .wire import MAX_DEPTH, MAX_ITEMS, Array, Complex, Real, Set, WireError, WireScalar, WireValue

SYMPY_DIGITS = 40


def argument(value: WireValue) -> object:
    """Return the object handed to the candidate: arrays become numpy arrays, long reals become mpmath numbers."""
    match value:
        case Real():
            from mpmath import mpf

            return mpf((value.mantissa, value.exponent))
        case Complex():
            from mpmath import mpc

            return mpc(argument(value.real), argument(value.imag))
        case tuple():
            return tuple(argument(item) for item in value)
        case list():
            return [argument(item) for item in value]
        case Set():
            return {argument(item) for item in value.items}
        case Array():
            return _numpy_array(value)
    return value


def _numpy_array(value: Array) -> object:
    import numpy

    # Integer components would overflow silently, so a vector of real components is always one of floats.
    dtype: type = object
    if all(isinstance(item, (int, float)) for item in value.items):
        dtype = float
    elif all(isinstance(item, (int, float, complex)) for item in value.items):
        dtype = complex
    return numpy.array([argument(item) for item in value.items], dtype=dtype).reshape(value.shape)


def returned(value: Any, depth: int = MAX_DEPTH) -> WireValue:
    """Return the wire value of what a candidate returned.

    SymPy numbers are evaluated to 40 digits. Raises WireError, with a clause for people, on anything that is no value:
    an expression with free symbols, a function, a dictionary.
    """
    if depth < 0:
        raise WireError(f"a value nested deeper than {MAX_DEPTH} levels")
    match value:
        case None | bool() | str() | int() | float() | complex() | Fraction():
            return _plain(value)
        case Decimal():
            return _decimal(value)
        case tuple():
            return _each(value, depth)
        case list():
            return list(_each(value, depth))
        case set() | frozenset():
            return Set(_each(value, depth))
    for library in (kind.__module__.partition(".")[0] for kind in type(value).__mro__):
        if library == "numpy":
            return _from_numpy(value, depth)
        if library == "mpmath":
            return _from_mpmath(value, depth)
        if library == "sympy":
            return _from_sympy(value, depth)
    raise WireError(f"a value of type {type(value).__name__}")


def _each(items: Any, depth: int) -> tuple[WireValue, ...]:
    if len(items) > MAX_ITEMS:
        raise WireError(f"a value of more than {MAX_ITEMS} entries")
    return tuple(returned(item, depth - 1) for item in items)


def _plain(value: Any) -> WireValue:
    """Strip subclasses (numpy floats, enumerations, ...) down to the built-in type."""
    kinds: tuple[type[Any], ...] = (bool, str, int, float, complex, Fraction)
    return next((kind(value) for kind in kinds if isinstance(value, kind)), None)


def _decimal(value: Decimal) -> WireValue:
    if not value.is_finite():
        return float(value)
    if abs(value.adjusted()) > 1000:
        raise WireError("a decimal number whose exponent is out of range")
    return Fraction(value)


def _from_numpy(value: Any, depth: int) -> WireValue:
    if not hasattr(value, "tolist"):
        raise WireError(f"a value of type numpy {type(value).__name__}")
    if value.ndim == 0:
        item = value.item()
        if type(item) is type(value):  # long doubles have no built-in counterpart
            item = complex(item) if hasattr(item, "imag") and value.dtype.kind == "c" else float(item)
        return returned(item, depth - 1)
    return Array(tuple(value.shape), _each(value.flat, depth))


def _from_mpmath(value: Any, depth: int) -> WireValue:
    if hasattr(value, "_mpf_"):
        return _long_real(value._mpf_, value.context.prec)
    if hasattr(value, "_mpc_"):
        real, imag = value._mpc_
        return _complex(_long_real(real, value.context.prec), _long_real(imag, value.context.prec))
    if hasattr(value, "rows") and hasattr(value, "cols"):
        return Array((value.rows, value.cols), _each(list(value), depth))
    if hasattr(value, "func"):  # a constant such as mpmath.pi, which knows every precision
        return _from_mpmath(+value, depth - 1)
    raise WireError(f"a value of type mpmath {type(value).__name__}")


def _long_real(parts: Any, precision: int) -> float | Real:
    sign, mantissa, exponent, _ = parts
    if not mantissa and exponent:  # mpmath's nan and infinities
        return {-456: math.inf, -789: -math.inf}.get(int(exponent), math.nan)
    return Real(-int(mantissa) if sign else int(mantissa), int(exponent), int(precision))


def _complex(real: WireValue, imag: WireValue) -> WireScalar:
    if isinstance(real, (int, float, Fraction, Real)) and isinstance(imag, (int, float, Fraction, Real)):
        return Complex(real, imag)
    raise WireError("a complex number whose parts are not real numbers")


def _from_sympy(value: Any, depth: int) -> WireValue:
    if getattr(value, "is_Boolean", False) and value in (True, False):
        return bool(value)
    if hasattr(value, "shape"):
        return Array(tuple(int(n) for n in value.shape), _each(_entries(value), depth))
    if getattr(value, "is_FiniteSet", False):
        return Set(_each(value.args, depth))
    if type(value).__name__ == "Tuple":
        return _each(value, depth)
    free = sorted(str(symbol) for symbol in getattr(value, "free_symbols", ()))
    if free:
        raise WireError(f"an expression with the free symbols {', '.join(free)}, not a number")
    if not getattr(value, "is_number", False):
        raise WireError(f"a SymPy {type(value).__name__}, not a number")
    return _sympy_number(value)


def _entries(value: Any) -> Any:
    if hasattr(value, "as_explicit"):
        value = value.as_explicit()
    return list(_flattened(value.tolist()))


def _flattened(nested: Any) -> Any:
    for item in nested if isinstance(nested, list) else [nested]:
        if isinstance(item, list):
            yield from _flattened(item)
        else:
            yield item


def _sympy_number(value: Any) -> WireScalar:
    if value.is_Rational:
        return int(value.p) if value.q == 1 else Fraction(int(value.p), int(value.q))
    if value.is_Float:
        return _long_real(value._mpf_, value._prec)
    if value.is_finite is False and value.is_extended_real:
        return math.inf if value.is_extended_positive else -math.inf
    number = value.evalf(SYMPY_DIGITS)
    if number.is_Float or number.is_Rational:
        return _sympy_number(number)
    real, imag = number.as_real_imag()
    if (real.is_Float or real.is_Rational) and (imag.is_Float or imag.is_Rational):
        return _complex(_sympy_number(real), _sympy_number(imag))
    if number.is_finite is not True:
        return math.nan
    raise WireError(f"{str(value)[:80]}, which SymPy cannot evaluate to a number")
