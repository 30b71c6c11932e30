r"""Covariant derivatives where the contract states their sign: D_\mu\phi is \partial_\mu\phi - igA_\mu\phi.

A is a declared four-vector function, g or e a declared symbol. Complex fields have the charge 1, their conjugates −1.
"""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.derivatives import By, derived, index_of, operand
from qftapp.verification.latex.scripts import Scripts
from qftapp.verification.latex.spelling import key
from qftapp.verification.tree import Index, Node, Variable

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_SUMMED = (Index("sigma", is_upper=False), Index("sigma", is_upper=True))


def read(parser: "Parser", scripts: Scripts) -> Node | None:
    r"""Return what D_\mu or D^2 makes of what follows it; nothing where the contract does not say what D is."""
    vocabulary = parser.vocabulary
    field, place = vocabulary.symbols.get("A"), vocabulary.place
    if vocabulary.connection is None or not isinstance(field, Variable) or place is None or len(scripts.parts) != 1:
        return None
    potential = vocabulary.bare(field.name)
    index = index_of(scripts)
    indices = _SUMMED if key(scripts.sup) == "2" else (index,) if index is not None else ()
    if not vocabulary.is_vector(potential) or not indices:
        return None
    body = operand(parser, [By(place)])
    for one in indices:
        slope = derived(parser, body, [By(place, one)], is_partial=True)
        charge = _charge(body, vocabulary.charged)
        shift = tree.Product((tree.number(charge), vocabulary.connection, tree.Indexed(potential, (one,)), body))
        body = tree.Sum((slope, shift)) if charge else slope
    return body


def _charge(node: Node, charged: frozenset[str]) -> int:
    """Return how often a field of charge 1 stands in every term. Raises ExpressionError where terms differ."""
    match node:
        case tree.Applied(name, _, _):
            return int(name in charged)
        case tree.Call("conjugate", (inner,)):
            return -_charge(inner, charged)
        case tree.Call(_, arguments) if any(_charge(argument, charged) for argument in arguments):
            raise ExpressionError("what a covariant derivative acts on has no charge")
        case tree.Sum(terms):
            found = {_charge(term, charged) for term in terms}
            if len(found) > 1:
                raise ExpressionError("a covariant derivative acts on terms of different charge")
            return found.pop()
        case tree.Product(factors):
            return sum(_charge(factor, charged) for factor in factors)
        case tree.Power(base, tree.Number(exponent)) if exponent.denominator == 1:
            return int(exponent) * _charge(base, charged)
        case tree.Derivative(body, _, _) | tree.Indexed(body, _):
            return _charge(body, charged)
    return 0
