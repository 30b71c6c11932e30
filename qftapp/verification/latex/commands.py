r"""The functions of LaTeX and of mathematical handwriting, by the canonical names of `functions.FUNCTIONS`."""

FUNCTIONS: dict[str, str] = {
    **{name: name for name in "sqrt exp log sin cos tan cot sec csc sinh cosh tanh coth sech csch".split()},
    **{name: name for name in ("arg", "gamma", "loggamma", "zeta", "erf", "erfc", "erfi", "abs")},
    "ln": "log",
    "lg": "log10",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arccot": "acot",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "arcosh": "acosh",
    "arsinh": "asinh",
    "artanh": "atanh",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "asinh": "asinh",
    "acosh": "acosh",
    "atanh": "atanh",
    "atan2": "atan2",
    "sgn": "sign",
    "sign": "sign",
    "Re": "re",
    "Im": "im",
    "Ei": "expint_ei",
    "Si": "sine_integral",
    "Ci": "cosine_integral",
    "li": "log_integral",
    "Ai": "airy_ai",
    "Bi": "airy_bi",
    "max": "maximum",
    "min": "minimum",
    "Tr": "trace",
    "tr": "trace",
    "trace": "trace",
    "tg": "tan",
    "ctg": "cot",
    "sh": "sinh",
    "ch": "cosh",
    "th": "tanh",
    "floor": "floor",
    "ceil": "ceiling",
    "sinc": "sinc",
    "det": "determinant",
    "adjugate": "adjugate",
    "gcd": "gcd",
    "lcm": "lcm",
    "B": "beta",
    "arcsec": "asec",
    "arccsc": "acsc",
    "arccoth": "acoth",
    "arcsech": "asech",
    "arccsch": "acsch",
    "binom": "binomial",
    "EllipticK": "elliptic_k",
    "EllipticE": "elliptic_e",
    "EllipticF": "elliptic_f",
    "EllipticPi": "elliptic_pi",
}
"""As a command (\\sin), as an operator name (\\mathrm{sgn}) or written out in plain letters."""

INVERSES = {
    **{
        name: f"a{name}"
        for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch")
    },
}
"""What \\sin^{-1} means."""

LETTER_FUNCTIONS: dict[str, str] = {
    "\\Gamma ": "gamma",
    "\\zeta ": "zeta",
    "\\psi ": "psi",
    "\\theta ": "heaviside",
    "\\Theta ": "heaviside",
    "H": "heaviside",
    "B": "beta",
    "W": "lambert_w",
    "\\Re ": "re",
    "\\Im ": "im",
}
"""Letters that are functions when they are followed by a bracket and not declared as symbols."""

ORDERED_FUNCTIONS: dict[str, str] = {
    "J": "bessel_j",
    "Y": "bessel_y",
    "N": "bessel_y",
    "I": "bessel_i",
    "K": "bessel_k",
    "j": "spherical_bessel_j",
    "y": "spherical_bessel_y",
    "P": "legendre",
    "L": "laguerre",
    "H": "hermite",
    "T": "chebyshev_t",
    "U": "chebyshev_u",
    "E": "expint",
    "Li": "polylog",
}
"""Functions whose first argument is written as a subscript: J_0(x), Li_2(x)."""

SPELLED_CONSTANTS: dict[str, str] = {
    "\\pi ": "pi",
    "e": "e",
    "i": "i",
    "\\infty ": "infinity",
    "\\gamma _E": "euler_gamma",
    "\\gamma _{EM}": "euler_gamma",
    "\\gamma _EM": "euler_gamma",
}

TENSORS: dict[str, tuple[str, int]] = {
    "g": ("metric", 2),
    "\\eta ": ("metric", 2),
    "\\delta ": ("metric", 2),
    "\\epsilon ": ("levi_civita", 4),
    "\\gamma ": ("gamma", 1),
    "\\sigma ": ("sigma", 2),
}
"""Letters that are tensors when they carry this many Lorentz indices and are not declared as symbols."""

UNIT_MATRICES = frozenset(("\\mathbb 1", "\\mathbf 1", "\\mathbb I"))
"""Spellings of the unit matrix."""

RELATIONS = frozenset(("=", "approx", "equiv", ":=", "Rightarrow", "to"))
COMPARISONS = {"<": "<", ">": ">", "leq": "<=", "geq": ">=", "neq": "!=", "=": "=="}
