r"""The operators \partial_x, \partial_\mu, \Box and \nabla, in brackets too."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.cursor import depth_after
from qftapp.verification.latex.derivatives import OPERAND, By, OperandMissing, derived, index_of, operand
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.latex.unknowns import MOST_DERIVATIVES
from qftapp.verification.tree import DALEMBERT, LAPLACE, Index, Node, Variable

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def operator(parser: "Parser", name: str) -> Node:
    r"""Return \partial_x f, \Box f or \nabla^2 f; the command is read already."""
    scripts = read_scripts(parser)
    if name == "partial":
        bys = _subscripted(parser, scripts)
        return derived(parser, operand(parser, bys), bys, is_partial=True)
    if name == "nabla" and not scripts.parts:
        return _gradient(parser)
    if name == "nabla" and key(scripts.sup) != "2":
        raise ExpressionError("of ∇ only the gradient and ∇² are read: write components out")
    if scripts.sub or (scripts.sup and name != "nabla"):
        raise ExpressionError(f"“\\{name}” with such scripts is not read")
    return _second(parser, LAPLACE if name == "nabla" else DALEMBERT)


def _subscripted(parser: "Parser", scripts: Scripts) -> list[By]:
    vocabulary = parser.vocabulary
    order = key(scripts.sup) if scripts.sup else "1"
    if scripts.sub and order.isdecimal() and int(order) <= MOST_DERIVATIVES:
        whole = vocabulary.symbols.get(key(scripts.sub))
        parts = [scripts.sub] if whole is not None else [[token] for token in scripts.sub]
        named = [vocabulary.symbols.get(key(part)) or parser.bound.get(key(part)) for part in parts]
        if all(isinstance(node, Variable) and node.name not in vocabulary.vectors for node in named):
            return [By(node.name) for node in named if isinstance(node, Variable)] * int(order)
    place = _place(parser)
    if not scripts.parts:
        return [By(place, Index("sigma", is_upper=False))]  # (∂φ)²; alone it has an index that gold lacks
    if key(scripts.sup) == "2" and not scripts.sub:
        return [By(place, DALEMBERT)]
    index = index_of(scripts) if len(scripts.parts) == 1 else None
    if index is None:
        raise ExpressionError("the scripts of this ∂ are not read: one declared symbol, or one Lorentz index")
    return [By(place, index)]


def _place(parser: "Parser") -> str:
    place = parser.vocabulary.place
    if place is None:
        raise ExpressionError("∂ with an index needs a field that is declared a function of one four-vector")
    return place


def _second(parser: "Parser", index: Index) -> Node:
    place = parser.vocabulary.place
    if place is not None:
        return derived(parser, operand(parser, [By(place)]), [By(place, index)], is_partial=True)
    if index == DALEMBERT:
        raise ExpressionError("□ is read of functions of one four-vector alone")
    axes = _axes(parser)
    body = operand(parser, axes)
    terms = [derived(parser, body, [by, by], is_partial=True) for by in axes]
    return terms[0] if len(terms) == 1 else tree.Sum(tuple(terms))


def _axes(parser: "Parser") -> list[By]:
    """Return the Cartesian coordinates in space. Raises ExpressionError where functions have others."""
    place, functions = parser.vocabulary.place, parser.vocabulary.functions
    if place is not None:
        return [By(place, Index(str(n), is_upper=False)) for n in (1, 2, 3)]
    used = {name for arguments in functions.values() for name in arguments}
    axes = [By(name) for name in ("x", "y", "z") if name in used]
    if not axes or used - {"t", "x", "y", "z", *functions}:
        raise ExpressionError("∇ is read of functions of a four-vector, or of x, y and z")
    return axes


def _gradient(parser: "Parser") -> Node:
    axes = _axes(parser)
    body = operand(parser, axes)
    found = tree.Group("list", tuple(derived(parser, body, [by], is_partial=True) for by in axes))
    parser.gradients.add(found)
    return found


def operators_on_operand(parser: "Parser") -> Node:
    r"""Return (\Box + m^2)\phi, the bracket being open: what follows it belongs to each of its terms."""
    start, depth, end = parser.position, 1, parser.position
    while depth and end < len(parser.tokens):
        depth = depth_after(parser.tokens[end], depth)
        end += 1
    inside = parser.tokens[start : end - 1]
    parser.position = end
    if depth or not parser.starts_factor() or OPERAND.text in parser.bound:
        raise OperandMissing
    before, parser.bound = parser.bound, {**parser.bound, OPERAND.text: parser.factor()}
    node = parser.parse([*_with_operand(inside), OPERAND])
    parser.bound = before
    return node


def _with_operand(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the terms of a sum with the operand behind each but the last."""
    depth, last = 0, "+"
    for token in tokens:
        if depth == 0 and token.text in ("+", "-") and last not in ("+", "-"):
            yield OPERAND
        yield token
        depth, last = depth_after(token, depth), token.text
