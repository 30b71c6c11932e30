r"""Derivatives as they are written, each applied to what it stands before.

| text | read as |
|---|---|
| `\frac{df}{dx}`, `\frac{d^2}{dx^2}f`, `\frac{\partial^2\phi}{\partial x\,\partial t}` | by declared symbols |
| `\frac{\partial V}{\partial\phi}` | by the value of a function |
| `\partial_x f`, `\partial_t^2 f` | the same |
| `\partial_\mu\phi\,\partial^\mu\phi`, `(\partial_\mu\phi)^2`, `\frac{\partial\phi}{\partial x^\mu}` | components |
| `\Box\phi`, `\partial^2\phi`, `\nabla^2\phi` | second derivatives, summed |
| `\frac{d}{dx}fg` | two readings: (df/dx)g and d(fg)/dx |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.differentiation import derivative
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.arithmetic import product
from qftapp.verification.latex.cursor import Cursor
from qftapp.verification.latex.operators import is_operator
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import folded, key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.slopes import Underivable
from qftapp.verification.tree import DALEMBERT, LAPLACE, Applied, Derivative, Index, Node, Variable
from qftapp.verification.written import written

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_OPERATORS = ("partial", "nabla", "Box", "square")
_UNLIKE = frozenset(("conjugate", "re", "im", "abs", "adjoint"))
"""Functions that have no derivative by a complex number."""


OPERAND = Token("letter", "·")
"""What stands behind a bracket of operators, in each term of it."""


class OperandMissing(ExpressionError):
    """A derivative behind which nothing stands."""

    def __init__(self) -> None:
        super().__init__("a derivative lacks what it derives")


@dataclass(frozen=True, slots=True)
class By:
    """What is derived by: a declared symbol or function, or a four-vector with an index."""

    name: str
    index: Index | None = None


def is_mark(parser: "Parser", token: Token) -> bool:
    """Whether a token is the d or ∂ of a derivative; a declared d is none."""
    if token.kind == "command":
        return token.text == "partial"
    is_named = token.kind == "letter" and (token.text in parser.vocabulary.symbols or token.text in parser.bound)
    return token.text == "d" and token.kind in ("letter", "roman") and not is_named


def by_symbol(parser: "Parser", tokens: Sequence[Token]) -> By:
    """Return what a symbol behind a d names. Raises ExpressionError."""
    place = next((n for n, token in enumerate(tokens) if token.text in ("_", "^")), len(tokens))
    cursor = Cursor(tokens[place:])
    scripts = read_scripts(cursor)
    spelled = key(tokens[:place])
    for form in (key(tokens), spelled):
        symbols = parser.vocabulary.symbols
        node = parser.bound.get(form) or symbols.get(form) or symbols.get(folded(form))
        if isinstance(node, Variable):
            if node.name not in parser.vocabulary.vectors:
                return By(node.name)
            if form == spelled and len(scripts.parts) == 1 and (index := index_of(scripts)) is not None:
                return By(node.name, Index(index.name, not index.is_upper))
            raise ExpressionError(f"the derivative by the four-vector “{node.name}” needs an index")
    if not scripts.parts and isinstance(node := parser.vocabulary.find(spelled), Variable):
        return By(node.name)
    raise ExpressionError(f"a derivative by “{key(tokens).strip()[:40]}” is not read: only one by a declared symbol is")


def index_of(scripts: Scripts) -> Index | None:
    """Return the one index among some scripts, or the number of a component."""
    is_upper, part = scripts.parts[0]
    if len(part) == 1 and part[0].text in ("0", "1", "2", "3"):
        return Index(part[0].text, is_upper)
    return scripts.indices[0] if len(scripts.indices) == 1 else None


def operand(parser: "Parser", bys: Sequence[By]) -> Node:
    """Read what a derivative stands before: factors up to the first that depends on what is derived by.

    Where more such factors follow there are two readings; another derivative ends it in both.
    """
    names = {by.name for by in bys}
    parser.take("cdot")
    factors = [_factor(parser)]
    while not tree.variables(factors[-1]) & names and parser.starts_factor():
        factors.append(_factor(parser))
    if parser.position == parser.closed_at:
        return product(factors)
    start, counted = parser.position, parser.nodes
    further = []
    while parser.starts_factor() and not _at_derivative(parser):
        further.append(parser.factor())
    if not any(tree.variables(factor) & names for factor in further):
        parser.position, parser.nodes = start, counted
        return product(factors)
    parser.is_ambiguous = True
    if parser.loose:
        return product([*factors, *further])
    parser.position, parser.nodes = start, counted
    return product(factors)


def _factor(parser: "Parser") -> Node:
    if not parser.starts_factor():
        raise OperandMissing
    return parser.factor()


def _at_derivative(parser: "Parser") -> bool:
    if parser.at(*_OPERATORS):
        return True
    if parser.next.text == "D" and parser.vocabulary.connection is not None:
        return parser.peek(1).text in ("_", "^")
    if not parser.at("frac"):
        return False
    inside = [token for token in parser.tokens[parser.position + 1 : parser.position + 3] if token.text != "{"]
    return bool(inside) and is_mark(parser, inside[0])


def derived(parser: "Parser", body: Node, bys: Sequence[By], *, is_partial: bool) -> Node:
    """Return the derivative of a tree, made sure to be known. Raises ExpressionError."""
    if isinstance(body, tree.Group | tree.Text):
        raise ExpressionError("the derivative of a list is not read: derive each entry")
    if is_partial and len({by.name for by in bys}) == 1 and (slots := _slots(parser, body, bys)) is not None:
        return slots
    for by in reversed(bys):
        _check(parser, body, by)
        body = Derivative(body, by.name, by.index)
    return body


def _slots(parser: "Parser", body: Node, bys: Sequence[By]) -> Node | None:
    """Return ∂f/∂t of f(q(t), t) by its argument t alone. Raises ExpressionError where such an f is but a part."""
    name = bys[0].name
    mixed = [part for part in tree.walk(body) if isinstance(part, Applied) and _is_mixed(part, name)]
    if not mixed:
        return None
    if not isinstance(body, Applied):
        raise ExpressionError(f"a partial derivative by “{name}” of what depends on it in two ways: derive each part")
    place = body.arguments.index(Variable(name))
    return Applied(body.name, body.arguments, tuple(sorted((*body.by, *[(place, -1)] * len(bys)))))


def _is_mixed(node: Applied, name: str) -> bool:
    """Whether a function has a symbol as an argument, and further arguments that depend on it."""
    others = [argument for argument in node.arguments if argument != Variable(name)]
    return len(others) < len(node.arguments) and any(name in tree.variables(argument) for argument in others)


def _check(parser: "Parser", body: Node, by: By) -> None:
    """Raise ExpressionError where a derivative is not known."""
    if by.name not in tree.variables(body):
        raise ExpressionError(f"“{written(body)[:40]}” does not depend on “{by.name}” as it is declared")
    if by.name in parser.vocabulary.complexes:
        parts = tree.walk(body)
        if any(isinstance(part, tree.Call) and part.function in _UNLIKE for part in parts):
            raise ExpressionError(f"“{by.name}” is complex: a conjugate or modulus has no derivative by it")
    if is_operator(body) and by.name in parser.vocabulary.functions:
        raise ExpressionError("the derivative of an operator by a function is not read")
    component = 1 if by.index is not None else None
    try:
        inner = derivative(body, Variable(by.name, component))
        if by.index in (DALEMBERT, LAPLACE):
            derivative(inner, Variable(by.name, component))
    except Underivable as error:
        raise ExpressionError(str(error)) from None
