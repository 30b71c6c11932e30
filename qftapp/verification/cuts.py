"""Answers on a branch cut, where nothing but the sign of a zero decides on which side.

| answer | first reading | second reading |
|---|---|---|
| Python: `cmath.log(-complex(s))` | as floating arithmetic has it: −s − 0i, hence ln s − iπ | −0 is 0: ln s + iπ |
| expression: `log(-s - 0*I)` | 0·i is 0: ln s + iπ | an infinitesimal below the cut: ln s − iπ |

An answer whose two readings have two verdicts says nothing clear: it is not wrong, but unreadable.
"""

import ast
from collections.abc import Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.answers import Solution
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS
from qftapp.verification.solutions import Values, compute
from qftapp.verification.sources import SourceError, parse_module
from qftapp.verification.tree import Node
from qftapp.verification.values import Point

FINE_BITS = BITS[1]
"""The second reading of an expression is computed to this precision, far finer than its infinitesimal."""
_INFINITESIMAL = tree.Number(Fraction(1, 2**400))
_IMAGINARY = tree.Constant("i")
_COMPLEX = frozenset({"complex", "cmath", "np", "numpy", "scipy", "atan2", "arctan2", "copysign"})


def read_again(contract: Contract, solution: Solution, points: Sequence[Point], seconds: float) -> Values | None:
    """Return the values of the second reading, None if there is none or it does not run to its end."""
    if isinstance(solution.body, str):
        if not _may_meet_signed_zero(solution.body):
            return None
        values = compute(contract, solution, points, seconds, BITS[0], unsigned_zeros=True)
    else:
        if not _has_zero(solution) or (tilted := _tilted(solution.body)) == solution.body:
            return None
        values = compute(contract, Solution(tilted), points, seconds, FINE_BITS)
    return values if values.status == "ok" else None


def has_infinitesimal(solution: Solution) -> bool:
    """Whether an expression names an imaginary zero, which can only be meant as an infinitesimal."""
    return not isinstance(solution.body, str) and _has_zero(solution) and _tilted(solution.body) != solution.body


def _has_zero(solution: Solution) -> bool:
    """Whether there is a zero at all, as there seldom is."""
    return any(isinstance(part, tree.Number) and not part.value for part in solution.parts)


def _may_meet_signed_zero(source: str) -> bool:
    """Whether Python goes near complex numbers or the quadrants of an angle."""
    try:
        module = parse_module(source)
    except SourceError:
        return False
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in _COMPLEX:
                return True
            case ast.Constant(value=complex()):
                return True
    return False


def _tilted(node: Node) -> Node:
    """Return a tree with a true infinitesimal for each zero that multiplies i."""
    match node:
        case tree.Product(factors) if any(map(_is_imaginary, factors)):
            return tree.Product(tuple(map(_without_zero, factors)))
        case tree.Call("complex", (real, imaginary)):
            return tree.Call("complex", (_tilted(real), _without_zero(imaginary)))
    return tree.rebuilt(node, tuple(map(_tilted, tree.children(node))))


def _is_imaginary(node: Node) -> bool:
    return node == _IMAGINARY or (isinstance(node, tree.Product) and any(map(_is_imaginary, node.factors)))


def _without_zero(node: Node) -> Node:
    match node:
        case tree.Number(value) if value == 0:
            return _INFINITESIMAL
        case tree.Product(factors):
            return tree.Product(tuple(map(_without_zero, factors)))
    return _tilted(node)
