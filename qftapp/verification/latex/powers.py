"""What stands above a node: powers, conjugates, Lorentz indices."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import gradients, matrices, operators, units
from qftapp.verification.latex.scripts import Scripts
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node
from qftapp.verification.written import written

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def superscripted(parser: "Parser", node: Node, scripts: Scripts) -> Node:
    """Return a node raised to what stands above it. Raises ExpressionError where those are Lorentz indices."""
    if not scripts.sup:
        return node
    if len(scripts.indices) > 1 and scripts.are_usual and not mean_scalars(parser, scripts):
        raise ExpressionError(f"“{written(node)}” carries Lorentz indices but is no declared tensor")
    return raised(parser, node, scripts.sup)


def raised(parser: "Parser", base: Node, script: Sequence[Token]) -> Node:
    """Return a power, a complex conjugate or degrees, as the superscript says."""
    if len(script) > 1 and all(token.text == "*" for token in script):  # two conjugations are none
        return base if len(script) % 2 == 0 else raised(parser, base, script[:1])
    if isinstance(base, tree.Group) and not parser.is_gradient(base):
        mark = script[0].text if len(script) == 1 else ""
        return matrices.raised(base, mark) or power(parser, base, parser.parse(script))
    if len(script) == 1 and script[0].kind in ("symbol", "command"):
        marked = _marked(parser, base, script[0].text)
        if marked is not None:
            return marked
    found = component(parser, base, script, is_upper=True)
    return power(parser, base, parser.parse(script)) if found is None else found


def _marked(parser: "Parser", base: Node, mark: str) -> Node | None:
    """Return what a single sign above a node makes of it; nothing where it is a power."""
    if mark == "*":
        operators.check_number(base)
        return tree.Call("conjugate", (base,))
    if mark == "circ":
        return tree.Product((base, *units.DEGREE.factors))
    if mark in ("dagger", "top", "T") and (turned := operators.turned(parser, base, mark)) is not None:
        return turned
    if mark in ("dagger", "top", "prime"):
        raise ExpressionError(f"“^\\{mark}” is not read here")
    return None


def component(parser: "Parser", base: Node, script: Sequence[Token], *, is_upper: bool) -> Node | None:
    """Return the component (p + q)^μ of a vector; nothing where the script is no Lorentz index."""
    if not parser.vocabulary.is_vector(base):
        return None
    scripts = Scripts([], [], 0, [(is_upper, list(script))])
    if len(scripts.indices) != 1 or mean_scalars(parser, scripts):
        return None
    return tree.Indexed(base, scripts.indices)


def power(parser: "Parser", base: Node, exponent: Node) -> Node:
    """Return a power; an even one of a four-vector is one of its square."""
    if parser.is_gradient(base) and exponent == tree.TWO:
        return gradients.dotted(base, base)
    if isinstance(base, tree.Group):
        return matrices.power(base, exponent)
    if not parser.vocabulary.is_vector(base):
        if isinstance(base, tree.Constant) and base.name == "e" and operators.is_operator(exponent):
            return tree.Call("exp", (exponent,))
        return gradients.squared(base, exponent) or tree.Power(base, exponent)
    if not (isinstance(exponent, tree.Number) and exponent.value % 2 == 0 and exponent.value > 0):
        raise ExpressionError("a four-vector has only even powers")
    square = tree.Call("dot", (base, base))
    half = exponent.value / 2
    return square if half == 1 else tree.Power(square, tree.number(half))


def mean_scalars(parser: "Parser", scripts: Scripts) -> bool:
    """Whether a script is a declared symbol, and hence no Lorentz index."""
    return any(parser.vocabulary.symbols.get(key([token])) for _, part in scripts.parts for token in part)
