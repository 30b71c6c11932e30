"""The other side of `algebra`: a script that reads two trees and prints whether SymPy finds them equal."""

import json
import math
import resource
import sys
from collections.abc import Callable
from typing import Any

Tree = list[Any]


def main() -> None:
    """Answer one request, within its time and memory even if nobody waits for it any more."""
    request = json.load(sys.stdin)
    size, seconds = request["megabytes"] << 20, math.ceil(request["seconds"])
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    algebra = Algebra(request["assumptions"])
    if all(algebra.are_same(first, second) for first, second in request["pairs"]):
        sys.stdout.write("true")


class Algebra:
    """SymPy with symbols of which something is assumed."""

    def __init__(self, assumptions: dict[str, list[str]]) -> None:
        import sympy  # only here: whoever imports this module does not want SymPy

        self.sympy = sympy
        self.symbols = {name: sympy.Symbol(name, **dict.fromkeys(known, True)) for name, known in assumptions.items()}
        self.functions = _functions(sympy)

    def are_same(self, first: Tree, second: Tree) -> bool:
        """Whether one of the ways to simplify brings the difference to 0."""
        difference = self.expression(first) - self.expression(second)
        return any(way(difference) == 0 for way in self._ways())

    def _ways(self) -> list[Callable[[Any], Any]]:
        """Return ways to simplify, the quick ones first; none assumes more than the symbols state."""
        sympy = self.sympy
        return [
            lambda it: it,
            sympy.expand,
            lambda it: sympy.expand(sympy.expand_log(it)),
            sympy.together,
            lambda it: sympy.expand(sympy.numer(sympy.together(it))),
            sympy.trigsimp,
            lambda it: sympy.expand(it.rewrite(sympy.exp)),
            sympy.simplify,
            lambda it: sympy.simplify(it.rewrite(sympy.exp)),
            lambda it: sympy.simplify(sympy.expand_func(it)),
        ]

    def expression(self, data: Tree) -> Any:
        """Return a tree as SymPy has it. Raises KeyError for a function it does not have."""
        sympy = self.sympy
        match data:
            case ["number", text]:
                return sympy.Rational(text)
            case ["constant", name]:
                return _constants(sympy)[name]
            case ["symbol", name]:
                return self.symbols[name]
            case ["call", function, *arguments]:
                return self.functions[function](*map(self.expression, arguments))
            case [kind, *parts]:
                operation = {"sum": sympy.Add, "product": sympy.Mul, "power": sympy.Pow}[kind]
                return operation(*map(self.expression, parts))
        raise ValueError


def _constants(sympy: Any) -> dict[str, Any]:
    return {
        "pi": sympy.pi,
        "e": sympy.E,
        "i": sympy.I,
        "euler_gamma": sympy.EulerGamma,
        "catalan": sympy.Catalan,
        "golden_ratio": sympy.GoldenRatio,
    }


_SAME = (
    "sqrt exp log sin cos tan cot sec csc sinh cosh tanh coth sech csch asin acos atan asinh acosh atanh atan2 sign re "
    "im conjugate arg floor ceiling gamma loggamma factorial binomial beta zeta polylog erf erfc erfi expint legendre "
    "hermite laguerre gegenbauer elliptic_k elliptic_e elliptic_f elliptic_pi"
)
"""Functions that SymPy has under our name, with our branches."""
_OTHERWISE = {
    "abs": "Abs",
    "minimum": "Min",
    "maximum": "Max",
    "heaviside": "Heaviside",
    "rising": "RisingFactorial",
    "lower_gamma": "lowergamma",
    "upper_gamma": "uppergamma",
    "expint_ei": "Ei",
    "expint_e1": "E1",
    "bessel_j": "besselj",
    "bessel_y": "bessely",
    "bessel_i": "besseli",
    "bessel_k": "besselk",
    "hankel_1": "hankel1",
    "hankel_2": "hankel2",
    "chebyshev_t": "chebyshevt",
    "chebyshev_u": "chebyshevu",
    "power": "Pow",
}


def _functions(sympy: Any) -> dict[str, Callable[..., Any]]:
    """Return what SymPy has for our functions."""
    return {
        **{name: getattr(sympy, name) for name in _SAME.split()},
        **{name: getattr(sympy, theirs) for name, theirs in _OTHERWISE.items()},
        "log2": lambda x: sympy.log(x) / sympy.log(2),
        "log10": lambda x: sympy.log(x) / sympy.log(10),
        "log1p": lambda x: sympy.log(1 + x),
        "expm1": lambda x: sympy.exp(x) - 1,
        "acot": lambda x: sympy.atan(1 / x),
        "acoth": lambda x: sympy.atanh(1 / x),
        "asec": lambda x: sympy.acos(1 / x),
        "acsc": lambda x: sympy.asin(1 / x),
        "quotient": lambda x, y: x / y,
        "complex": lambda x, y: x + sympy.I * y,
        "psi": lambda n, x=None: sympy.digamma(n) if x is None else sympy.polygamma(n, x),
        "dilogarithm": lambda z: sympy.polylog(2, z),
        "trilogarithm": lambda z: sympy.polylog(3, z),
        "spence": lambda z: sympy.polylog(2, 1 - z),
    }


if __name__ == "__main__":
    main()
