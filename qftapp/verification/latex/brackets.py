r"""What brackets and bars enclose: (a + b), [A, B], \{1, 2\}, [0, 1), |x|, and a symbol spelled with them."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import derivatives, matrices, nabla
from qftapp.verification.latex.arithmetic import commutator, interval, is_infinite
from qftapp.verification.latex.cursor import OPENING
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def read(parser: "Parser", opening: str) -> Node:
    """Return what a bracket holds; the bracket is read already."""
    if opening in ("lfloor", "lceil"):
        inner = parser.sum()
        parser.expect(OPENING[opening])
        return tree.Call("floor" if opening == "lfloor" else "ceiling", (inner,))
    before = parser.position, parser.nodes, parser.depth, parser.bars, parser.brackets
    try:
        items = [_entry(parser)]
    except derivatives.OperandMissing:
        parser.position, parser.nodes, parser.depth, parser.bars, parser.brackets = before
        return nabla.operators_on_operand(parser)
    while parser.take(",", ";"):
        items.append(_entry(parser))
    if opening == "{" and len(items) == 1 and parser.take("choose"):
        items = [tree.Call("binomial", (items[0], _entry(parser)))]
    closing = parser.take(")", "]") if opening in "([" else parser.take(OPENING[opening])
    if not closing:
        parser.expect(OPENING[opening])
    return _enclosed(parser, opening, items, closing)


def _enclosed(parser: "Parser", opening: str, items: list[Node], closing: str) -> Node:
    if len(items) == 2 and parser.vocabulary.has_matrices and opening in ("[", "\\{"):
        return commutator(items[0], items[1], sign=-1 if opening == "[" else 1)
    if len(items) == 2 and opening in "([" and (closing != OPENING[opening] or any(map(is_infinite, items))):
        return interval(opening, items, closing)
    if opening in ("\\{", "{") and len(items) > 1:
        return tree.Group("set", tuple(items))
    if len(items) == 1:
        return items[0]
    return tree.Group("list" if opening == "[" else "tuple", tuple(items))


def _entry(parser: "Parser") -> Node:
    bars, parser.bars = parser.bars, 0
    parser.brackets += 1
    node = parser.sum()
    parser.brackets -= 1
    parser.bars = bars
    return node


def absolute(parser: "Parser") -> Node:
    """Return the absolute value, or the determinant, of what stands between bars."""
    parser.advance()
    parser.bars += 1
    inner = parser.sum()
    parser.bars -= 1
    if not parser.at_bar():
        raise ExpressionError("a bar | is never closed")
    parser.advance()
    if parser.is_gradient(inner):
        return inner
    return matrices.determinant(inner) if matrices.is_matrix(inner) else tree.Call("abs", (inner,))


def phrase(parser: "Parser") -> Node | None:
    r"""Read a declared symbol that begins with a bracket, such as |\vec{p}|."""
    for texts, node in parser.vocabulary.phrases:
        place, wanted = parser.position, list(texts)
        while wanted and place < len(parser.tokens):
            text = str(parser.tokens[place])
            if text == wanted[0]:
                wanted.pop(0)
            elif text not in ("{", "}"):
                break
            place += 1
        if not wanted:
            parser.position = place
            return node
    return None
