"""Functions in a complex neighbourhood of the path of an integral: analytic there, and on the path what they are.

Gauß-Legendre quadrature has an error bound only where the integrand is analytic. A ball that touches a branch cut is
therefore refused (not finite); but where the path itself lies on one side of the cut, or on it, the function is
continued from there: for w < 0 on the path, log w = log(−w) + iπ all around it.
"""

from collections.abc import Callable, Sequence

from flint import acb

from qftapp.verification import functions
from qftapp.verification.functions import NAN, Ball, Undecided

OnPath = Callable[[], Sequence[Ball]]
"""Gives the arguments on the part of the path that a ball surrounds."""

MEROMORPHIC = frozenset(
    "exp expm1 sin cos tan cot sec csc sinh cosh tanh coth sech csch gamma factorial erf erfc erfi sine_integral "
    "airy_ai airy_bi beta hypergeometric_0f1 hypergeometric_1f1 complex quotient".split()
)


def call(name: str, arguments: Sequence[Ball], on_path: OnPath) -> Ball:
    """Return the continued function, not finite where it is not known to be analytic."""
    try:
        if name in MEROMORPHIC or (name in _IS_CLEAR and all(map(_IS_CLEAR[name], arguments[-1:]))):
            return functions.call(name, arguments)
    except Undecided:
        return NAN
    match name, arguments:
        case "log", (z,):
            return _log(z, lambda: on_path()[0])
        case "log", (z, base):
            return _log(z, lambda: on_path()[0]) / _log(base, lambda: on_path()[1])
        case "sqrt", (z,):
            return root(z, lambda: on_path()[0])
        case (("abs" | "sign" | "heaviside" | "re" | "im" | "conjugate"), (z,)):
            return _of_real(name, z, on_path()[0])
    return NAN


def root(z: Ball, on_path: Callable[[], Ball]) -> Ball:
    """Return the continued square root."""
    value = z.sqrt(analytic=True)
    return value if value.is_finite() else (-z).sqrt(analytic=True) * _side(z, on_path) * acb(0, 1)


def power(z: Ball, exponent: Ball, on_path: Callable[[], Ball]) -> Ball:
    """Return the continued power."""
    value = z.pow(exponent, analytic=True)
    if value.is_finite():
        return value
    return (-z).pow(exponent, analytic=True) * (_side(z, on_path) * exponent * acb(0, 1) * acb.pi()).exp()


def _log(z: Ball, on_path: Callable[[], Ball]) -> Ball:
    value = z.log(analytic=True)
    return value if value.is_finite() else (-z).log(analytic=True) + _side(z, on_path) * acb(0, 1) * acb.pi()


def _side(z: Ball, on_path: Callable[[], Ball]) -> Ball:
    """Return 1 where the path runs on or above the negative axis, −1 below it, NAN where that is not certain."""
    if not z.real < 0:
        return NAN
    place = on_path().imag
    return acb(1) if place >= 0 else acb(-1) if place < 0 else NAN


def _of_real(name: str, z: Ball, on_path: Ball) -> Ball:
    """Return a function that is piecewise analytic on the real axis, where the path maps into one piece."""
    if not functions.is_real(on_path):
        return NAN
    match name:
        case "re" | "conjugate":
            return z
        case "im":
            return acb(0)
    sign = acb(1) if on_path.real > 0 else acb(-1) if on_path.real < 0 else NAN
    return z * sign if name == "abs" else sign if name == "sign" else (sign + 1) / 2


def _clear_of_ray_below(end: float) -> Callable[[Ball], bool]:
    return lambda z: bool(z.real > end) or not z.imag.contains(0)


def _clear_of_ray_above(end: float) -> Callable[[Ball], bool]:
    return lambda z: bool(z.real < end) or not z.imag.contains(0)


def _clear_of_both_rays(z: Ball) -> bool:
    return bool(abs(z.real) < 1) or not z.imag.contains(0)


def _clear_of_imaginary_rays(z: Ball) -> bool:
    return bool(abs(z.imag) < 1) or not z.real.contains(0)


_IS_CLEAR: dict[str, Callable[[Ball], bool]] = {
    **dict.fromkeys(("log2", "log10", "loggamma", "expint_ei", "expint_e1", "expint"), _clear_of_ray_below(0)),
    **dict.fromkeys(("cosine_integral", "spence"), _clear_of_ray_below(0)),
    **dict.fromkeys(("bessel_j", "bessel_y", "bessel_i", "bessel_k"), _clear_of_ray_below(0)),
    **dict.fromkeys(("log1p",), _clear_of_ray_below(-1)),
    **dict.fromkeys(("acosh", "log_integral"), _clear_of_ray_below(1)),
    **dict.fromkeys(("dilogarithm", "trilogarithm", "polylog"), _clear_of_ray_above(1)),
    **dict.fromkeys(("elliptic_k", "hypergeometric_2f1"), _clear_of_ray_above(1)),
    **dict.fromkeys(("asin", "acos", "atanh"), _clear_of_both_rays),
    **dict.fromkeys(("atan", "asinh"), _clear_of_imaginary_rays),
}
"""Whether the last argument keeps clear of the branch cut."""
