r"""How functions are written in LaTeX, in notations that the reader of answers knows too.

| function | LaTeX |
|---|---|
| `dilogarithm(x)`, `expint_ei(x)` | `\mathrm{Li}_{2}\left(x\right)`, `\operatorname{Ei}\left(x\right)` |
| `bessel_j(n, x)`, `log(x, b)` | `J_{n}\left(x\right)`, `\log_{b}\left(x\right)` |
| `hypergeometric_2f1(a, b, c, z)` | `{}_{2}F_{1}\left(a, b; c; z\right)` |
| `log1p(x)`, `spence(x)` | `\log\left(1 + x\right)`, `\mathrm{Li}_{2}\left(1 - x\right)` |
"""

from collections.abc import Callable, Sequence

from qftapp.verification import tree
from qftapp.verification.tree import Node

_COMMANDS = frozenset("exp log sin cos tan cot sec csc sinh cosh tanh coth arg".split())
_NAMES = {
    "gamma": r"\Gamma",
    "zeta": r"\zeta",
    "psi": r"\psi",
    "heaviside": r"\theta",
    "dilogarithm": r"\mathrm{Li}_{2}",
    "trilogarithm": r"\mathrm{Li}_{3}",
    "re": r"\operatorname{Re}",
    "im": r"\operatorname{Im}",
    "trace": r"\operatorname{Tr}",
    "determinant": r"\det",
    "log2": r"\log_{2}",
    "log10": r"\log_{10}",
    "maximum": r"\max",
    "minimum": r"\min",
    "beta": r"\mathrm{B}",
    "sign": r"\operatorname{sgn}",
    "expint_ei": r"\operatorname{Ei}",
    "sine_integral": r"\operatorname{Si}",
    "cosine_integral": r"\operatorname{Ci}",
    "log_integral": r"\operatorname{li}",
    "airy_ai": r"\operatorname{Ai}",
    "airy_bi": r"\operatorname{Bi}",
    **{f"a{name}": rf"\operatorname{{arc{name}}}" for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{f"a{name}h": rf"\operatorname{{ar{name}h}}" for name in ("sin", "cos", "tan")},
    "acoth": r"\operatorname{arccoth}",
}
_SUBSCRIPTED = {
    "polylog": r"\mathrm{Li}",
    "bessel_j": "J",
    "bessel_y": "Y",
    "bessel_i": "I",
    "bessel_k": "K",
    "spherical_bessel_j": "j",
    "spherical_bessel_y": "y",
    "legendre": "P",
    "hermite": "H",
    "laguerre": "L",
    "chebyshev_t": "T",
    "chebyshev_u": "U",
    "expint": "E",
}
_UPPER_PARAMETERS = {"hypergeometric_0f1": 0, "hypergeometric_1f1": 1, "hypergeometric_2f1": 2}
_FENCES = {"abs": ("|", "|"), "floor": (r"\lfloor ", r"\rfloor"), "ceiling": (r"\lceil ", r"\rceil")}
_SPELLED_OUT: dict[str, Callable[..., Node]] = {
    "log1p": lambda x: tree.Call("log", (tree.Sum((tree.ONE, x)),)),
    "expm1": lambda x: tree.Sum((tree.Call("exp", (x,)), tree.MINUS_ONE)),
    "quotient": lambda x, y: tree.Product((x, tree.Power(y, tree.MINUS_ONE))),
    "power": tree.Power,
    "complex": lambda x, y: tree.Sum((x, tree.Product((tree.Constant("i"), y)))),
    "spence": lambda x: tree.Call("dilogarithm", (tree.Sum((tree.ONE, tree.Product((tree.MINUS_ONE, x)))),)),
    "expint_e1": lambda x: tree.Call("expint", (tree.ONE, x)),
}


def spelled_out(function: str, arguments: Sequence[Node]) -> Node | None:
    """Return what a function without a sign of its own is written as, None where it has one."""
    return _SPELLED_OUT[function](*arguments) if function in _SPELLED_OUT else None


def applied(function: str, written: Sequence[str]) -> str:
    """Return a function of arguments in LaTeX, as one thing."""
    inner = ", ".join(written)
    if function in _FENCES and len(written) == 1:
        opening, closing = _FENCES[function]
        return rf"\left{opening}{inner}\right{closing}"
    if function in _UPPER_PARAMETERS:
        upper = _UPPER_PARAMETERS[function]
        *parameters, argument = written
        parts = "; ".join((", ".join(parameters[:upper]), ", ".join(parameters[upper:]), argument))
        return rf"{{}}_{{{upper}}}F_{{{len(parameters) - upper}}}\left({parts.removeprefix('; ')}\right)"
    if function in _SUBSCRIPTED and len(written) == 2:
        return rf"{_SUBSCRIPTED[function]}_{{{written[0]}}}\left({written[1]}\right)"
    if function == "log" and len(written) == 2:
        return rf"\log_{{{written[1]}}}\left({written[0]}\right)"
    if function == "lambert_w" and len(written) == 1:
        return rf"W\left({inner}\right)"
    words = function.replace("_", " ")
    name = rf"\{function}" if function in _COMMANDS else _NAMES.get(function, rf"\operatorname{{{words}}}")
    return rf"{name}\left({inner}\right)"
