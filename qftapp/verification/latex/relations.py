r"""Conditions on numbers and sets of them, as answers.

| text | read as |
|---|---|
| `x > 2`, `2 < x`, `-x < -2`, `x \in (2, \infty)` | the interval (2, ∞), whatever the name of the number |
| `x < -3 \text{ or } x \geq 1`, `x \neq 3` | a set of intervals |
| `[0, 1] \cup \{2\}`, `\mathbb{R} \setminus \{3\}` | a set of intervals and points |
| `x^2 < y`, `E \geq m + V` | a relation, by the solutions of its equation and the side that it allows |
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import acb

from qftapp.verification import tree
from qftapp.verification.evaluation import evaluate
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import regions
from qftapp.verification.latex.arithmetic import is_infinite, negated
from qftapp.verification.latex.commands import COMPARISONS
from qftapp.verification.latex.cursor import depth_after, split
from qftapp.verification.latex.regions import Region
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node
from qftapp.verification.values import Scalar

Parse = Callable[[Sequence[Token]], Node]

_ORDERING = frozenset(COMPARISONS) - {"="}
_SETTING = frozenset(("cup", "cap", "setminus"))
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
_PLACES = tuple(map(Fraction, ("-2", "3", "-7/5", "11/3")))
"""Where a side is tried, beside 0 and 1, before it counts as linear."""
_INFINITY = tree.Constant("infinity")
_REAL_LINE = "\\mathbb R"
_EMPTY = ("\\emptyset ", "\\varnothing ")


def _holds(tokens: Sequence[Token], texts: frozenset[str]) -> bool:
    depth = 0
    for token in tokens:
        depth = depth_after(token, depth)
        if depth == 0 and token.kind in ("symbol", "command") and token.text in texts:
            return True
    return False


def are_condition(tokens: Sequence[Token]) -> bool:
    """Whether a comparison other than = stands outside all brackets."""
    return _holds(tokens, _ORDERING)


def are_sets(tokens: Sequence[Token]) -> bool:
    """Whether sets are joined, intersected or taken from each other, or no element is left."""
    return _holds(tokens, _SETTING) or key(tokens) in _EMPTY or _described(tokens) is not None


def _described(tokens: Sequence[Token]) -> Sequence[Token] | None:
    """Return the condition of {x | x > 2}, nothing where there is none."""
    if len(tokens) < 2 or tokens[0].text != "\\{" or tokens[-1].text != "\\}":
        return None
    parts = split(tokens[1:-1], "vert", ":")
    return parts[1] if len(parts) == 2 and are_condition(parts[1]) else None


def relation(tokens: Sequence[Token], parse: Parse) -> Node:
    """Return one comparison of two sides, the greater side left. Raises ExpressionError where it is more."""
    operators, operands = _chain(tokens, parse)
    if len(operators) != 1:
        raise ExpressionError("a chain of relations is read for one symbol between numbers")
    left, right = operands
    if operators[0] in ("<", "<="):
        return tree.Comparison((_FLIPPED[operators[0]],), (right, left))
    return tree.Comparison((operators[0],), (left, right))


def condition(tokens: Sequence[Token], parse: Parse) -> Node:
    """Return the numbers that a condition allows, or the relation itself where it relates several symbols."""
    try:
        return wrapped(_Condition(parse).allowed(tokens))
    except _NoInterval:
        return relation(tokens, parse)


def wrapped(region: Region) -> Node:
    """Return a region as one interval, or as the set of its pieces."""
    pieces = region.pieces
    if len(pieces) == 1 and isinstance(pieces[0], tree.Group):
        return pieces[0]
    return tree.Group("set", pieces)


class _NoInterval(ExpressionError):
    """A condition on several symbols, or one that is not linear in its symbol."""


class _Condition:
    """Comparisons of one symbol with numbers; `name` is that symbol once it is known."""

    def __init__(self, parse: Parse) -> None:
        self.parse = parse
        self.name = ""

    def allowed(self, tokens: Sequence[Token]) -> Region:
        """Return the numbers that “x < 1 or x ≥ 2 and x < 3” allows; “and” binds more tightly."""
        found = regions.NOTHING
        for alternative in _at_words(tokens, "or", "vee"):
            common = regions.REALS
            for part in _at_words(alternative, "and", "wedge"):
                common = common.common(self._interval(part))
            found = found.joined(common)
        return found

    def _interval(self, tokens: Sequence[Token]) -> Region:
        if tokens[0].text == "(" and tokens[-1].text == ")" and are_condition(tokens[1:-1]):
            return self.allowed(tokens[1:-1])
        operators, operands = _chain(tokens, self.parse)
        found = regions.REALS
        for operator, left, right in zip(operators, operands, operands[1:], strict=False):
            found = found.common(self._half_line(operator, left, right))
        return found

    def _half_line(self, operator: str, left: Node, right: Node) -> Region:
        """Return the numbers x for which left and right, linear in x, are related so."""
        if is_infinite(left) or is_infinite(right):
            return regions.REALS
        names = tree.variables(left) | tree.variables(right) | ({self.name} - {""})
        if len(names) != 1 or operator == "==":
            raise _NoInterval("a relation between several symbols has no interval")
        (self.name,) = names
        start, slope = _linear(tree.Sum((left, negated(right))), tree.Variable(self.name))
        limit = _plain(tree.Product((tree.MINUS_ONE, start, tree.Power(slope, tree.MINUS_ONE))))
        if operator == "!=":
            return regions.REALS.without(regions.point(limit))
        is_above = (operator in (">", ">=")) == bool(_number(slope).real > 0)
        is_closed = operator in (">=", "<=")
        if is_above:
            return regions.between("[" if is_closed else "(", (limit, _INFINITY), ")")
        return regions.between("(", (negated(_INFINITY), limit), "]" if is_closed else ")")


def _at_words(tokens: Sequence[Token], word: str, sign: str) -> list[list[Token]]:
    unified = [
        Token("command", sign) if token.kind == "roman" and token.text.casefold() == word else token for token in tokens
    ]
    parts = split(unified, sign)
    if not all(parts):
        raise ExpressionError(f"a condition is missing beside “{word}”")
    return parts


def _chain(tokens: Sequence[Token], parse: Parse) -> tuple[list[str], list[Node]]:
    sides = _operands(tokens, *COMPARISONS)
    if len(sides) < 2 or not all(side for _, side in sides):
        raise ExpressionError("a relation lacks a side")
    return [COMPARISONS[mark] for mark, _ in sides[1:]], [parse(side) for _, side in sides]


def _linear(node: Node, variable: tree.Variable) -> tuple[Node, Node]:
    """Return a and b of a + b·x. Raises _NoInterval where it is something else."""
    start, one = (tree.replaced(node, variable, tree.number(value)) for value in (0, 1))
    low, slope = _number(start), _number(one) - _number(start)
    values = {place: _number(tree.replaced(node, variable, tree.Number(place))) for place in _PLACES}
    rest = [value - low - slope * place.numerator / place.denominator for place, value in values.items()]
    if slope.contains(0) or not all(difference.contains(0) for difference in rest):
        raise _NoInterval("a relation that is not linear has no interval")
    return start, tree.Sum((one, negated(start)))


def _number(node: Node) -> acb:
    value = evaluate(node, {})
    if not isinstance(value, Scalar) or not value.is_finite:
        raise _NoInterval("a side of the relation has no value")
    return value.ball


def _plain(node: Node) -> Node:
    """Return arithmetic with fractions as one fraction."""
    value = _fraction(node)
    return node if value is None else tree.Number(value)


def _fraction(node: Node) -> Fraction | None:
    parts = [_fraction(child) for child in tree.children(node)]
    values = [part for part in parts if part is not None]
    if len(values) < len(parts):
        return None
    match node:
        case tree.Number(value):
            return value
        case tree.Sum():
            return sum(values, Fraction(0))
        case tree.Product():
            return math.prod(values, start=Fraction(1))
        case tree.Power(_, tree.MINUS_ONE) if values[0]:
            return 1 / values[0]
    return None


def sets(tokens: Sequence[Token], parse: Parse) -> Region:
    r"""Return what \cup, \cap and \setminus make of intervals and lists; \cap binds more tightly."""
    found = regions.NOTHING
    for operator, part in _operands(tokens, "cup", "setminus"):
        common = regions.REALS
        for _, factor in _operands(part, "cap"):
            common = common.common(_set(factor, parse))
        found = found.without(common) if operator == "setminus" else found.joined(common)
    return found


def _operands(tokens: Sequence[Token], *operators: str) -> list[tuple[str, list[Token]]]:
    parts: list[tuple[str, list[Token]]] = [("", [])]
    depth = 0
    for token in tokens:
        depth = depth_after(token, depth)
        if depth == 0 and token.kind in ("symbol", "command") and token.text in operators:
            parts.append((token.text, []))
        else:
            parts[-1][1].append(token)
    return parts


def _set(tokens: Sequence[Token], parse: Parse) -> Region:
    if not tokens:
        raise ExpressionError("a set is missing")
    if key(tokens) in _EMPTY:
        return regions.NOTHING
    if key(tokens) == _REAL_LINE:
        return regions.REALS
    opening, *inner, closing = tokens if len(tokens) > 1 else (*tokens, *tokens)
    if opening.text == "(" and closing.text == ")" and _holds(inner, _SETTING):
        return sets(inner, parse)
    if opening.text in ("\\{", "{") and closing.text in ("\\}", "}"):
        if (described := _described(tokens)) is not None:
            return _Condition(parse).allowed(described)
        found = regions.NOTHING
        for part in split(inner, ",", ";"):
            found = found.joined(regions.point(parse(part)))
        return found
    ends = split(inner, ",", ";")
    if opening.text in ("(", "[") and closing.text in (")", "]") and len(ends) == 2:
        return regions.between(opening.text, [parse(end) for end in ends], closing.text)
    raise ExpressionError("only intervals and lists of numbers are joined or intersected here")
