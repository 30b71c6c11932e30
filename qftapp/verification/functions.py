"""The functions and constants an expression may use: their names, their arity and how a ball passes through them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flint import acb, arb, ctx

Ball: TypeAlias = acb
"""A complex number with an error bound: the true value lies within it. Not finite = undefined."""

LARGE = 10_000.0
SMALL = 60.0
"""Special functions of arguments beyond their limit are left undecided: their evaluation has no bound in time."""

SETTLED = 1e-20
"""How little the values of a sequence may differ, of their size, when they count as its limit."""

NAN = acb(float("nan"), float("nan"))
"""What is undefined."""


WITH_LISTS = "hypergeometric_pfq"
"""The one function that takes lists: its upper and lower parameters."""


class Undecided(Exception):
    """A value that cannot be found here, although nothing speaks against its existence."""


@dataclass(frozen=True, slots=True)
class Function:
    """`evaluate` takes between `fewest` and `most` balls, each of modulus up to `limit` if there is one.

    With `has_degree` the first is the degree: where it is a whole number the function is a polynomial in the last,
    which may then be of any size.
    """

    fewest: int
    most: int
    evaluate: Callable[..., Ball]
    limit: float | None = None
    has_degree: bool = False

    def is_polynomial(self, arguments: "Sequence[Ball | list[Ball]]") -> bool:
        """Whether the function is a polynomial in the last of the arguments."""
        return self.has_degree and _is_whole(arguments[0])

    def takes(self, arguments: "Sequence[Ball | list[Ball]]") -> bool:
        """Whether no argument is beyond the limit."""
        if self.limit is None:
            return True
        limited = arguments[:-1] if self.is_polynomial(arguments) else arguments
        return all(_is_within(self.limit, argument) for argument in limited)


def call(name: str, arguments: "Sequence[Ball | list[Ball]]") -> Ball:
    """Return the function's value, not finite where it is undefined. Raises Undecided where it would take too long."""
    function = FUNCTIONS[name]
    if list in map(type, arguments) and name != WITH_LISTS:
        return NAN  # flint does not look at what it is given, and dies of a list
    if not function.takes(arguments):
        if all(map(_is_defined, arguments)):
            raise Undecided
        return NAN
    try:
        value = acb(function.evaluate(*arguments))
    except (ValueError, ArithmeticError, TypeError):
        return NAN
    if not value.is_finite() and function.is_polynomial(arguments) and all(map(_is_defined, arguments)):
        raise Undecided  # a polynomial has values everywhere; only their error bound can be lost
    return value


def _is_within(limit: float, argument: "Ball | list[Ball]") -> bool:
    if isinstance(argument, list):
        return len(argument) <= 6 and all(_is_within(limit, part) for part in argument)
    return bool(argument.abs_upper() <= limit)


def _is_whole(argument: "Ball | list[Ball]") -> bool:
    """Whether an argument is a whole number, and exactly so."""
    return isinstance(argument, acb) and argument.is_exact() and argument.unique_fmpz() is not None


def _is_defined(argument: "Ball | list[Ball]") -> bool:
    balls = argument if isinstance(argument, list) else [argument]
    return all(ball.is_finite() for ball in balls)


def constant(name: str) -> Ball:
    """Return a constant at the present precision."""
    return CONSTANTS[name]()


def is_real(ball: Ball) -> bool:
    """Whether the imaginary part is exactly zero."""
    return bool(ball.imag == 0)


def _log(x: Ball, base: Ball | None = None) -> Ball:
    return x.log() if base is None else x.log() / base.log()


def _abs(x: Ball) -> Ball:
    return acb(abs(x))


def _sign(x: Ball) -> Ball:
    return x.real_sgn() if is_real(x) else x / abs(x)


def _real(function: Callable[..., Ball]) -> Callable[..., Ball]:
    """Restrict a function to real arguments; elsewhere it is undefined."""

    def restricted(*arguments: Ball) -> Ball:
        return function(*arguments) if all(is_real(argument) for argument in arguments) else NAN

    return restricted


def _extreme(method: str) -> Callable[..., Ball]:
    def chosen(first: Ball, *rest: Ball) -> Ball:
        for other in rest:
            first = getattr(first, method)(other)
        return first

    return _real(chosen)


def _order(ball: Ball) -> int:
    """Return a ball that must be an integer as an int. Raises ValueError otherwise."""
    whole = ball.unique_fmpz()
    if whole is None or not ball.is_exact():
        raise ValueError("not an integer")
    return int(whole)


def _hankel(sign: int) -> Callable[[Ball, Ball], Ball]:
    return lambda n, x: x.bessel_j(n) + acb(0, sign) * x.bessel_y(n)


def _spherical(method: str) -> Callable[[Ball, Ball], Ball]:
    # x^(-1/2) apart, so that its cut and that of the Bessel function cancel: j_n(-x) = (-1)^n j_n(x).
    return lambda n, x: (acb.pi() / 2).sqrt() * x.rsqrt() * getattr(x, method)(n + acb(1) / 2)


def _atanh(x: Ball) -> Ball:
    # Between −1 and 1 acb leaves dust in the imaginary part, with which nothing can be compared.
    return acb(x.real.atanh()) if is_real(x) and abs(x) < 1 else x.atanh()


def _psi(first: Ball, second: Ball | None = None) -> Ball:
    return first.digamma() if second is None else second.polygamma(first)


def _elliptic_e(first: Ball, second: Ball | None = None) -> Ball:
    return first.elliptic_e() if second is None else acb.elliptic_e_inc(first, second)


def _elliptic_pi(n: Ball, second: Ball, third: Ball | None = None) -> Ball:
    # More bits can take it minutes; the ball is right at any precision, only wider.
    with ctx.workprec(min(ctx.prec, 128)):
        return acb.elliptic_pi(n, second) if third is None else acb.elliptic_pi_inc(n, second, third)


def _beta(a: Ball, b: Ball) -> Ball:
    return a.gamma() * b.gamma() * (a + b).rgamma()


def _binomial(n: Ball, k: Ball) -> Ball:
    return (n - k + 1).rising(k) * (k + 1).rgamma()


def _modulo(x: Ball, y: Ball) -> Ball:
    return x - y * acb((x / y).real.floor())


def _double_factorial(n: Ball) -> Ball:
    """Return n (n − 2) (n − 4) … of a whole number from −1 on."""
    whole = _order(n)
    if whole < -1:
        raise ValueError("not from −1 on")
    half = acb(whole) / 2
    root = acb(1) if whole % 2 == 0 else (2 / acb.pi()).sqrt()
    return root * acb(2) ** half * (half + 1).gamma()


def _settled(last: Ball, *before: Ball) -> Ball:
    """Return the last value of a sequence, with what the values before it leave open. Raises Undecided if that is much.

    Made for limits and endless sums: an estimate, no proof.
    """
    error = arb(0)
    for value in before:
        error = error.max(abs(value - last).abs_upper())
    if not error.is_finite():
        return NAN
    if not error <= SETTLED * (1 + last.abs_upper()):
        raise Undecided
    sizes = [value.abs_upper() for value in (last, *before)]
    if max(sizes) < SETTLED and min(sizes) < SETTLED * max(sizes):
        return acb(0)  # it goes on shrinking
    blur = arb(0, error)
    return acb(last.real + blur) if is_real(last) else acb(last.real + blur, last.imag + blur)


def _kronecker(a: Ball, b: Ball) -> Ball:
    return acb(int(_order(a) == _order(b)))


def _whole(function: Callable[..., int]) -> Callable[..., Ball]:
    """Return a function of integers as one of balls."""
    return lambda *arguments: acb(function(*map(_order, arguments)))


CONSTANTS: dict[str, Callable[[], Ball]] = {
    "pi": acb.pi,
    "e": lambda: acb(arb.const_e()),
    "i": lambda: acb(0, 1),
    "euler_gamma": lambda: acb(arb.const_euler()),
    "catalan": lambda: acb(arb.const_catalan()),
    "golden_ratio": lambda: (1 + acb(5).sqrt()) / 2,
    "infinity": lambda: acb(arb.pos_inf()),
    "nan": lambda: NAN,
}

FUNCTIONS: dict[str, Function] = {
    "sqrt": Function(1, 1, acb.sqrt),
    "exp": Function(1, 1, acb.exp),
    "log": Function(1, 2, _log),
    "log2": Function(1, 1, lambda x: x.log() / acb(2).log()),
    "log10": Function(1, 1, lambda x: x.log() / acb(10).log()),
    "log1p": Function(1, 1, acb.log1p),
    "expm1": Function(1, 1, acb.expm1),
    **{name: Function(1, 1, getattr(acb, name)) for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{name: Function(1, 1, getattr(acb, name)) for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")},
    **{name: Function(1, 1, getattr(acb, name)) for name in ("asin", "acos", "atan", "asinh", "acosh")},
    "atanh": Function(1, 1, _atanh),
    "acot": Function(1, 1, lambda x: (1 / x).atan()),
    "acoth": Function(1, 1, lambda x: (1 / x).atanh()),
    "asech": Function(1, 1, lambda x: (1 / x).acosh()),
    "acsch": Function(1, 1, lambda x: (1 / x).asinh()),
    "asec": Function(1, 1, lambda x: (1 / x).acos()),
    "acsc": Function(1, 1, lambda x: (1 / x).asin()),
    "atan2": Function(2, 2, _real(lambda y, x: acb(arb.atan2(y.real, x.real)))),
    "abs": Function(1, 1, _abs),
    "sign": Function(1, 1, _sign),
    "re": Function(1, 1, lambda x: acb(x.real)),
    "im": Function(1, 1, lambda x: acb(x.imag)),
    "conjugate": Function(1, 1, acb.conjugate),
    "arg": Function(1, 1, lambda x: acb(x.arg()) if x.is_finite() else NAN),
    "floor": Function(1, 1, _real(lambda x: acb(x.real.floor()))),
    "ceiling": Function(1, 1, _real(lambda x: acb(x.real.ceil()))),
    "minimum": Function(1, 20, _extreme("real_min")),
    "maximum": Function(1, 20, _extreme("real_max")),
    "heaviside": Function(1, 1, _real(acb.real_heaviside)),
    "kronecker": Function(2, 2, _kronecker, limit=LARGE),
    "complex": Function(2, 2, lambda x, y: x + acb(0, 1) * y),
    "sinc": Function(1, 1, acb.sinc),
    "gcd": Function(1, 20, _whole(math.gcd), limit=LARGE**4),
    "lcm": Function(1, 20, _whole(math.lcm), limit=LARGE**4),
    "limit": Function(1, 10, _settled),
    "modulo": Function(2, 2, _real(_modulo)),
    "quotient": Function(2, 2, lambda x, y: x / y),
    "power": Function(2, 2, acb.pow),
    "gamma": Function(1, 1, acb.gamma, limit=LARGE),
    "loggamma": Function(1, 1, acb.lgamma, limit=LARGE),
    "log_abs_gamma": Function(1, 1, _real(lambda x: acb(x.lgamma().real)), limit=LARGE),
    "psi": Function(1, 2, _psi, limit=SMALL),
    "factorial": Function(1, 1, lambda n: (n + 1).gamma(), limit=LARGE),
    "double_factorial": Function(1, 1, _double_factorial, limit=LARGE),
    "binomial": Function(2, 2, _binomial, limit=LARGE),
    "rising": Function(2, 2, acb.rising, limit=LARGE),
    "beta": Function(2, 2, _beta, limit=LARGE),
    "lower_gamma": Function(2, 2, lambda s, x: x.gamma_lower(s), limit=LARGE),
    "upper_gamma": Function(2, 2, lambda s, x: x.gamma_upper(s), limit=LARGE),
    "zeta": Function(1, 2, lambda s, a=None: s.zeta() if a is None else s.zeta(a), limit=SMALL),
    "polylog": Function(2, 2, lambda s, z: z.polylog(s), limit=SMALL),
    "dilogarithm": Function(1, 1, lambda z: z.polylog(acb(2)), limit=LARGE),
    "trilogarithm": Function(1, 1, lambda z: z.polylog(acb(3)), limit=LARGE),
    "spence": Function(1, 1, lambda z: (1 - z).polylog(acb(2)), limit=LARGE),
    "erf": Function(1, 1, acb.erf, limit=LARGE),
    "erfc": Function(1, 1, acb.erfc, limit=LARGE),
    "erfi": Function(1, 1, acb.erfi, limit=LARGE),
    "expint_ei": Function(1, 1, acb.ei, limit=LARGE),
    "expint": Function(2, 2, lambda n, x: x.expint(n), limit=LARGE),
    "expint_e1": Function(1, 1, lambda x: x.expint(acb(1)), limit=LARGE),
    "sine_integral": Function(1, 1, acb.si, limit=LARGE),
    "cosine_integral": Function(1, 1, acb.ci, limit=LARGE),
    "log_integral": Function(1, 1, acb.li, limit=LARGE),
    "lambert_w": Function(1, 2, lambda x, k=None: x.lambertw(0 if k is None else _order(k)), limit=LARGE),
    "bessel_j": Function(2, 2, lambda n, x: x.bessel_j(n), limit=LARGE),
    "bessel_y": Function(2, 2, lambda n, x: x.bessel_y(n), limit=LARGE),
    "bessel_i": Function(2, 2, lambda n, x: x.bessel_i(n), limit=LARGE),
    "bessel_k": Function(2, 2, lambda n, x: x.bessel_k(n), limit=LARGE),
    "hankel_1": Function(2, 2, _hankel(1), limit=LARGE),
    "hankel_2": Function(2, 2, _hankel(-1), limit=LARGE),
    "spherical_bessel_j": Function(2, 2, _spherical("bessel_j"), limit=LARGE),
    "spherical_bessel_y": Function(2, 2, _spherical("bessel_y"), limit=LARGE),
    "airy_ai": Function(1, 1, acb.airy_ai, limit=LARGE),
    "airy_bi": Function(1, 1, acb.airy_bi, limit=LARGE),
    "elliptic_k": Function(1, 1, acb.elliptic_k, limit=LARGE),
    "elliptic_e": Function(1, 2, _elliptic_e, limit=LARGE),
    "elliptic_f": Function(2, 2, acb.elliptic_f, limit=LARGE),
    "elliptic_pi": Function(2, 3, _elliptic_pi, limit=SMALL),
    "hypergeometric_0f1": Function(2, 2, lambda b, z: z.hypgeom_0f1(b), limit=LARGE),
    "hypergeometric_1f1": Function(3, 3, lambda a, b, z: z.hypgeom_1f1(a, b), limit=LARGE),
    "hypergeometric_2f1": Function(4, 4, lambda a, b, c, z: z.hypgeom_2f1(a, b, c), limit=LARGE),
    "hypergeometric_u": Function(3, 3, lambda a, b, z: z.hypgeom_u(a, b), limit=LARGE),
    "hypergeometric_pfq": Function(3, 3, lambda a, b, z: z.hypgeom(a, b), limit=SMALL),
    "legendre": Function(2, 2, lambda n, x: x.legendre_p(n), limit=LARGE, has_degree=True),
    "hermite": Function(2, 2, lambda n, x: x.hermite_h(n), limit=LARGE, has_degree=True),
    "laguerre": Function(2, 2, lambda n, x: x.laguerre_l(n), limit=LARGE, has_degree=True),
    "associated_laguerre": Function(3, 3, lambda n, a, x: x.laguerre_l(n, a), limit=LARGE, has_degree=True),
    "gegenbauer": Function(3, 3, lambda n, a, x: x.gegenbauer_c(n, a), limit=LARGE, has_degree=True),
    "chebyshev_t": Function(2, 2, lambda n, x: x.chebyshev_t(n), limit=LARGE, has_degree=True),
    "chebyshev_u": Function(2, 2, lambda n, x: x.chebyshev_u(n), limit=LARGE, has_degree=True),
}
"""Canonical names; elliptic functions take the parameter m = k², Hermite polynomials are the physicists'."""
