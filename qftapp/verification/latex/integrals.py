r"""Integrals over real variables: \int_0^1 dx f, \int_0^1 f\,dx, \int_0^1 \frac{dx}{f}, several in a row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.cursor import CLOSING, depth_after
from qftapp.verification.latex.spelling import GREEK, name_of
from qftapp.verification.latex.tokens import END, Token
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_ENDS = frozenset((",", ";", "&", "newline", "=", "approx", "equiv"))
_TIMES = frozenset(("cdot", "times", "*"))


@dataclass(frozen=True, slots=True)
class _Differential:
    """dx in the text: where it stands, its length in tokens, what it binds, and the depth of brackets around it."""

    place: int
    length: int
    variable: str
    depth: int


def read(parser: "Parser") -> Node:
    r"""Return the tree of an integral; \int is read already."""
    bounds = [_bounds(parser)]
    while parser.take("int"):
        bounds.append(_bounds(parser))
    found = _differentials(parser, parser.position)
    leading = _leading(parser, found)
    if len(leading) >= len(bounds):
        return _prefix(parser, bounds, leading[: len(bounds)])
    if leading:
        raise ExpressionError("an integral lacks its dx")
    return _suffix(parser, bounds, found)


_Bounds = tuple[list[Token], list[Token]]
"""What stands below and above; it is read once the variables are known: the inner bound may be 1 - x.

Without bounds the integral goes from 1 to the variable itself: one antiderivative, the same for every integrand.
"""


def _bounds(parser: "Parser") -> _Bounds:
    low: list[Token] = []
    high: list[Token] = []
    while parser.at("_", "^"):
        is_upper = parser.advance().text == "^"
        bound = parser.group()
        low, high = (low, bound) if is_upper else (bound, high)
    if bool(low) != bool(high):
        raise ExpressionError("an integral lacks one of its bounds")
    return low, high


def _differentials(parser: "Parser", start: int) -> list[_Differential]:
    """Return the differentials before the end of the bracket or relation in which the integral stands."""
    found: list[_Differential] = []
    depth = 0
    for place in range(start, len(parser.tokens)):
        token = parser.tokens[place]
        if depth == 0 and token.kind in ("symbol", "command") and token.text in (*_ENDS, *CLOSING):
            break
        depth = depth_after(token, depth)
        if differential := _differential(parser, place, depth):
            found.append(differential)
    return found


def _differential(parser: "Parser", place: int, depth: int) -> _Differential | None:
    token = parser.tokens[place]
    following = parser.tokens[place + 1] if place + 1 < len(parser.tokens) else END
    if token.kind == "roman" and len(token.text) == 2 and token.text[0] == "d":
        return _Differential(place, 1, token.text[1], depth)
    if token.text != "d" or token.kind not in ("letter", "roman"):
        return None
    if following.kind == "letter":
        return _Differential(place, 2, following.text, depth)
    if following.kind == "command" and following.text in GREEK:
        return _Differential(place, 2, f"\\{following.text} ", depth)
    return None


def _leading(parser: "Parser", found: list[_Differential]) -> list[_Differential]:
    """Return the differentials that stand directly at the position, one behind the other."""
    place, leading = parser.position, []
    for differential in found:
        if differential.place != place or differential.depth:
            break
        leading.append(differential)
        place += differential.length
    return leading


def _prefix(parser: "Parser", bounds: list[_Bounds], found: list[_Differential]) -> Node:
    """\\int dx f: the integrand is the rest of the term."""
    for differential in found:
        parser.position += differential.length
    with _Bound(parser, found):
        integrand = parser.term() if parser.starts_factor() else tree.ONE
        return _nested(parser, bounds, found, integrand)


def _suffix(parser: "Parser", bounds: list[_Bounds], found: list[_Differential]) -> Node:
    """\\int f dx, or \\int \\frac{dx}{f}: the first differentials belong to it, the innermost first."""
    outside = [differential for differential in found if differential.depth == 0]
    if len(outside) >= len(bounds):
        chosen = outside[: len(bounds)]
        start, end = parser.position, chosen[0].place
        with _Bound(parser, chosen):
            integrand = parser.parse(parser.tokens[start:end])
            parser.position = chosen[-1].place + chosen[-1].length
            return _nested(parser, bounds, chosen[::-1], integrand)
    if len(bounds) > 1 or not found:
        raise ExpressionError("an integral lacks its dx")
    _cut_out(parser, found[0])
    with _Bound(parser, found[:1]):
        return _nested(parser, bounds, found[:1], parser.term())


def _cut_out(parser: "Parser", differential: _Differential) -> None:
    """Take dx out of the numerator it stands in, leaving 1 where it stood alone or behind a sign of multiplication."""
    place, length = differential.place, differential.length
    before, *after = parser.tokens[place - 1 : place] + parser.tokens[place + length : place + length + 1]
    stood_alone = before.text in ("{", *_TIMES) and [token.text for token in after] == ["}"]
    parser.tokens[place : place + length] = [Token("number", "1")] if stood_alone else []


def _nested(parser: "Parser", bounds: list[_Bounds], found: list[_Differential], integrand: Node) -> Node:
    for (low, high), differential in reversed(list(zip(bounds, found, strict=True))):
        variable = name_of(differential.variable)
        if low:
            integrand = tree.Integral(variable, parser.parse(low), parser.parse(high), integrand)
        else:
            integrand = tree.Integral(variable, tree.ONE, _outside(parser, differential.variable), integrand)
    return integrand


def _outside(parser: "Parser", spelled: str) -> Node:
    """Return the declared symbol that a variable of integration is called after."""
    node = parser.vocabulary.find(spelled)
    if node is None:
        raise ExpressionError("an integral lacks its bounds")
    return node


class _Bound:
    """The variables of integration, known to the parser inside the integrand only."""

    def __init__(self, parser: "Parser", found: list[_Differential]) -> None:
        self.parser = parser
        self.before = parser.bound
        self.inside = {d.variable: tree.Variable(name_of(d.variable)) for d in found}

    def __enter__(self) -> None:
        self.parser.bound = {**self.before, **self.inside}

    def __exit__(self, *_: object) -> None:
        self.parser.bound = self.before
