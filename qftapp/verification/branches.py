"""Further points for functions of many values: ln(e^z) is z on a strip alone, and ten points may lie within it.

Only an answer that agrees with gold is looked at there, and only where numbers are complex: on the positive axis the
principal branch is the only one.
"""

from collections.abc import Iterable, Sequence

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.kinds import leaves
from qftapp.verification.points import NoPoints, sample
from qftapp.verification.second_look import seed_after
from qftapp.verification.symbols import Domain
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, Scalar, Value

COUNT = 64
"""Points: what holds on nine tenths of the plane is accepted by luck once in a thousand times."""
_MANY_VALUED = frozenset(
    "log sqrt power asin acos atan asinh acosh atanh loggamma polylog dilogarithm trilogarithm spence "
    "lambert_w expint expint_ei expint_e1 cosine_integral log_integral lower_gamma upper_gamma bessel_j "
    "bessel_y bessel_i bessel_k hankel_1 hankel_2 elliptic_k elliptic_e elliptic_f elliptic_pi "
    "hypergeometric_2f1 hypergeometric_u legendre".split()
)


def further_points(
    contract: Contract, parts: Iterable[Node], points: Sequence[Point], values: Sequence[Value]
) -> tuple[Point, ...]:
    """Return points at which another branch may be met, none where all parts of gold and answer have but one value."""
    if not (_has_complex_symbols(contract) or any(map(_is_complex, values))):
        return ()
    if not any(map(_has_many_values, parts)):
        return ()
    try:
        return sample(contract, COUNT, seed_after(points))
    except NoPoints:
        return ()


def _has_complex_symbols(contract: Contract) -> bool:
    return any(symbol.domain is Domain.COMPLEX for symbol in contract.symbols)


def _is_complex(value: Value) -> bool:
    return any(isinstance(leaf, Scalar) and not leaf.ball.imag.contains(0) for leaf in leaves(value))


def _has_many_values(part: Node) -> bool:
    """Whether a function of a symbol has branches: a logarithm, a power that is no whole number."""
    match part:
        case tree.Call(function, arguments):
            return function in _MANY_VALUED and any(map(tree.variables, arguments))
        case tree.Power(base, tree.Number(exponent)):
            return exponent.denominator != 1 and bool(tree.variables(base))
        case tree.Power(base):
            return bool(tree.variables(base))
    return False
