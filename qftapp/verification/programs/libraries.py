"""The names that math, cmath, NumPy, SciPy, SymPy, mpmath and Python itself have for what `operations` can do.

Names are spelled as in `names`; listed here is which library has which, for a name that it lacks raises an error.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from flint import acb

from qftapp.verification import tree
from qftapp.verification.functions import FUNCTIONS
from qftapp.verification.names import CONSTANT_NAMES, FUNCTION_NAMES
from qftapp.verification.programs import conversions, operations
from qftapp.verification.programs.operations import Operation, Quantity
from qftapp.verification.programs.sorts import INT, REAL, Beyond, sort_of
from qftapp.verification.tree import Node

_ELEMENTARY = "sqrt exp log sin cos tan sinh cosh tanh asinh acosh atanh asin acos atan"
_NAMES: dict[str, frozenset[str]] = {
    "math": frozenset(
        f"{_ELEMENTARY} log2 log10 log1p expm1 atan2 fabs pow gamma lgamma erf erfc factorial comb".split()
    ),
    "cmath": frozenset(f"{_ELEMENTARY} log10 phase".split()),
    "numpy": frozenset(
        "sqrt exp log log2 log10 log1p expm1 sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh "
        "arctanh abs absolute fabs real imag conj conjugate angle power".split()
    ),
    "scipy": frozenset(
        "gamma gammaln loggamma digamma psi polygamma zeta beta spence erf erfc erfi expi exp1 expn jv yv iv kv "
        "spherical_jn spherical_yn ellipk ellipe ellipkinc ellipeinc hyp0f1 hyp1f1 hyp2f1 poch lambertw "
        "hankel1 hankel2".split()
    ),
    "sympy": frozenset(
        f"{_ELEMENTARY} ln cot sec csc coth sech csch atan2 Abs re im conjugate arg gamma loggamma digamma polygamma "
        "zeta polylog erf erfc erfi Ei E1 expint besselj bessely besseli besselk elliptic_k elliptic_e elliptic_f "
        "elliptic_pi LambertW legendre hermite laguerre chebyshevt chebyshevu factorial binomial beta".split()
    ),
    "mpmath": frozenset(
        f"{_ELEMENTARY} ln log10 log1p expm1 cot sec csc coth sech csch atan2 fabs re im conj arg gamma loggamma "
        "digamma polylog zeta erf erfc erfi ei e1 expint besselj bessely besseli besselk ellipk ellipe ellipf ellippi "
        "hyp0f1 hyp1f1 hyp2f1 legendre lambertw power factorial binomial beta airyai airybi".split()
    ),
}
_CONSTANTS: dict[str, frozenset[str]] = {
    "math": frozenset("pi e tau".split()),
    "cmath": frozenset("pi e tau".split()),
    "numpy": frozenset("pi e euler_gamma".split()),
    "sympy": frozenset("pi E I EulerGamma Catalan GoldenRatio".split()),
    "mpmath": frozenset("pi e euler catalan phi j".split()),
}
# What `names` calls otherwise, or leaves out because libraries differ.
_FUNCTION_OF = {"phase": "arg", "binom": "binomial"}
_CONSTANT_OF = {"euler": "euler_gamma", "catalan": "catalan", "phi": "golden_ratio", "j": "i"}
# How many arguments, where a library takes fewer or more than the function of that name.
_COUNTS = {
    ("numpy", "log"): (1, 1),
    ("scipy", "psi"): (1, 1),
    ("scipy", "digamma"): (1, 1),
    ("scipy", "polygamma"): (2, 2),
    ("scipy", "ellipe"): (1, 1),
    ("scipy", "ellipeinc"): (2, 2),
    ("scipy", "loggamma"): (1, 1),
    ("sympy", "digamma"): (1, 1),
    ("sympy", "polygamma"): (2, 2),
    ("mpmath", "digamma"): (1, 1),
    ("mpmath", "ln"): (1, 1),
}
SIDE_BY_SIDE = 100
"""Terms or factors up to which a part of a sum or product is put into it; x + x, again and again, has no end."""
_TWO = tree.number(2)
_POWER = frozenset(("pow", "power"))
_PARTS: dict[str, Operation] = {
    "abs": operations.absolute,
    "re": operations.real_part,
    "im": operations.imaginary_part,
    "conjugate": operations.conjugate,
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function as a library has it: what it does, and the tree of a call."""

    fewest: int
    most: int
    operation: Operation
    node: Callable[..., Node]


@functools.cache
def function(library: str, name: str) -> Function | None:
    """Return the function of that name in a library ("" for Python itself), None if there is none that is known."""
    if (library, name) in _OWN:
        return _OWN[library, name]
    if name not in _NAMES.get(library, ()):
        return None
    canonical = _FUNCTION_OF.get(name) or FUNCTION_NAMES[name]
    node = functools.partial(_call_node, canonical)
    if name in _POWER:
        return Function(2, 2, functools.partial(_power, library), tree.Power)
    if canonical in _PARTS:
        is_real = name == "fabs" and library == "numpy"
        return Function(1, 1, functools.partial(_part, "math" if is_real else library, canonical), node)
    known = FUNCTIONS[canonical]
    fewest, most = _COUNTS.get((library, name), (known.fewest, known.most))
    return Function(fewest, most, functools.partial(_call, canonical, library), node)


GROUPS = {
    ("", "tuple"): "tuple",
    ("", "list"): "list",
    ("numpy", "array"): "array",
    ("numpy", "asarray"): "array",
}
"""Calls that wrap a list, and what they make of it."""


def names_of(library: str) -> frozenset[str]:
    """Return the names of the functions that a library is known to have."""
    return _NAMES[library] | {name for owner, name in _OWN if owner == library}


def is_known(library: str, name: str) -> bool:
    """Whether a library is known to have something of that name."""
    has_value = function(library, name) is not None or constant(library, name) is not None
    return has_value or (library, name) in GROUPS


@functools.cache
def constant(library: str, name: str) -> tuple[Node, Operation] | None:
    """Return the tree of a library's constant and its value, None if there is none that is known."""
    if name not in _CONSTANTS.get(library, ()):
        return None
    if name == "tau":
        pi = tree.Constant("pi")
        return tree.Product((tree.number(2), pi)), lambda: (2 * operations.constant("pi", library)[0], REAL)
    canonical = _CONSTANT_OF.get(name) or CONSTANT_NAMES[name]
    return tree.Constant(canonical), functools.partial(operations.constant, canonical, library)


def _call_node(canonical: str, *arguments: Node) -> Node:
    return tree.Call(canonical, arguments)


def _call(canonical: str, library: str, *arguments: Quantity) -> Quantity:
    return operations.call(canonical, library, arguments)


def _part(library: str, part: str, operand: Quantity) -> Quantity:
    """Return a real part, an imaginary part, a modulus or a conjugate."""
    if library == "numpy" and operand[1] is INT:
        raise Beyond  # a machine integer, which overflows
    kind = operations.result_sort(library, [operand[1]])
    return _PARTS[part]((operand[0], kind))


def _attribute(part: Operation, operand: Quantity) -> Quantity:
    if operand[1].library == "sympy":
        raise Beyond
    return part(operand)


def _power(library: str, base: Quantity, exponent: Quantity) -> Quantity:
    if library == "numpy" and base[1] is INT and exponent[1] is INT:
        raise Beyond
    kind = operations.result_sort(library, [base[1], exponent[1]])
    first, second = ((ball, sort_of(kind.library, kind.rank, before.is_complex)) for ball, before in (base, exponent))
    found = operations.power(first, second)
    if library == "math" and found[1].is_complex:
        raise Beyond
    return found


def _bessel(letter: str, order: int | None = None) -> Function:
    """Return SciPy's j0, j1 or jn."""
    canonical = f"bessel_{letter}"
    if order is None:
        return Function(2, 2, functools.partial(_whole_order, canonical), functools.partial(_call_node, canonical))
    operation, node = functools.partial(_call, canonical, "scipy", (acb(order), INT)), tree.number(order)
    return Function(1, 1, operation, functools.partial(_call_node, canonical, node))


def _whole_order(canonical: str, order: Quantity, argument: Quantity) -> Quantity:
    if order[1] is not INT:
        raise Beyond
    return _call(canonical, "scipy", order, argument)


def _first(node: Node, *_: Node) -> Node:
    return node


def _quotient(top: Node, bottom: Node = tree.ONE) -> Node:
    return top if bottom == tree.ONE else divided(top, bottom)


def _complex_node(real: Node, imaginary: Node = tree.ZERO) -> Node:
    if imaginary == tree.ZERO:
        return real
    imaginary = product(tree.Constant("i"), imaginary)
    return imaginary if real == tree.ZERO else tree.Sum((real, imaginary))


def _to_complex(real: Quantity, imaginary: Quantity | None = None) -> Quantity:
    return conversions.to_complex(real) if imaginary is None else conversions.to_complex_parts(real, imaginary)


def _to_mpc(real: Quantity, imaginary: Quantity | None = None) -> Quantity:
    ball, _ = _to_complex(real, imaginary)
    operations.result_sort("mpmath", [real[1]] if imaginary is None else [real[1], imaginary[1]])
    return ball, sort_of("mpmath", 2, True)


def product(left: Node, right: Node) -> Node:
    """Return the tree of left · right, long products side by side, plain numbers as one."""
    match left, right:
        case tree.Number(first), tree.Number(second):
            return tree.Number(first * second)
    return tree.Product((*_factors(left), *_factors(right)))


def divided(left: Node, right: Node) -> Node:
    """Return the tree of left / right."""
    match left, right:
        case tree.Number(first), tree.Number(second) if second:
            return tree.Number(first / second)
    return tree.Product((*_factors(left), tree.Power(right, tree.MINUS_ONE)))


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, tree.Product) and len(node.factors) <= SIDE_BY_SIDE else (node,)


_HYPOT = Function(
    2,
    2,
    operations.hypotenuse,
    lambda x, y: tree.Call("sqrt", (tree.Sum((tree.Power(x, _TWO), tree.Power(y, _TWO))),)),
)
_OWN: dict[tuple[str, str], Function] = {
    ("math", "hypot"): _HYPOT,
    ("numpy", "hypot"): _HYPOT,
    **{("scipy", f"{letter}{order}"): _bessel(letter, order) for letter in "jyik" for order in (0, 1)},
    **{("scipy", f"{letter}n"): _bessel(letter) for letter in "jyk"},
    ("", "abs"): Function(1, 1, operations.absolute, functools.partial(_call_node, "abs")),
    ("", "min"): Function(
        2, 20, functools.partial(operations.extreme, operations.is_less), functools.partial(_call_node, "minimum")
    ),
    ("", "max"): Function(
        2, 20, functools.partial(operations.extreme, operations.is_greater), functools.partial(_call_node, "maximum")
    ),
    ("", "pow"): Function(2, 2, operations.power, tree.Power),
    ("", "float"): Function(1, 1, conversions.to_float, _first),
    ("", "complex"): Function(1, 2, _to_complex, _complex_node),
    ("fractions", "Fraction"): Function(1, 2, functools.partial(conversions.to_fraction, "python"), _quotient),
    ("numpy", "float64"): Function(1, 1, functools.partial(conversions.to_library, "numpy"), _first),
    ("sympy", "Rational"): Function(1, 2, functools.partial(conversions.to_fraction, "sympy"), _quotient),
    ("sympy", "Integer"): Function(1, 1, functools.partial(conversions.to_fraction, "sympy"), _first),
    ("sympy", "Float"): Function(1, 1, conversions.to_real_sympy_float, _first),
    ("sympy", "N"): Function(1, 1, conversions.to_sympy_float, _first),
    ("sympy", "S"): Function(1, 1, functools.partial(conversions.to_library, "sympy"), _first),
    ("sympy", "sympify"): Function(1, 1, functools.partial(conversions.to_library, "sympy"), _first),
    ("mpmath", "mpf"): Function(1, 1, functools.partial(conversions.to_library, "mpmath"), _first),
    ("mpmath", "mpc"): Function(1, 2, _to_mpc, _complex_node),
}
METHODS: dict[str, tuple[Operation, Callable[[Node], Node]]] = {
    "conjugate": (operations.conjugate, functools.partial(_call_node, "conjugate")),
    "evalf": (conversions.to_evaluated, _first),
    "n": (conversions.to_evaluated, _first),
}
"""What can be called after a dot on a number."""
PARTS: dict[str, tuple[Operation, Callable[[Node], Node]]] = {
    "real": (functools.partial(_attribute, operations.real_part), functools.partial(_call_node, "re")),
    "imag": (functools.partial(_attribute, operations.imaginary_part), functools.partial(_call_node, "im")),
}
"""What stands after a dot on a number of Python or NumPy."""
