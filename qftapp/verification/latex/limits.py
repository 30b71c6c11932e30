r"""Limits, as values of a sequence that has settled: \lim_{x \to 0^+} \frac{\sin x}{x}.

| target | x stands for |
|---|---|
| `x \to a^+`, `x \to a^-` | a ± 10⁻⁶⁰, and a ± 10⁻⁹⁰ to see whether that makes a difference |
| `x \to a` | the same from both sides |
| `x \to \infty` | 10⁶⁰, and 10⁹⁰ |

What settles more slowly, as 1/ln x does, is undecided: the answer is unreadable, never wrong.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.arithmetic import is_infinite
from qftapp.verification.latex.cursor import split
from qftapp.verification.latex.scripts import read_scripts
from qftapp.verification.latex.spelling import key, name_of
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_NEAR = (Fraction(1, 10**60), Fraction(1, 10**90))


def read(parser: "Parser") -> Node:
    r"""Return the tree of a limit; \lim is read already."""
    scripts = read_scripts(parser)
    sides = split(scripts.sub, "to", "Rightarrow")
    if len(sides) != 2 or not all(sides):
        raise ExpressionError(r"a limit needs its variable and target: \lim_{x \to 0}")
    spelled = key(sides[0])
    variable = tree.Variable(name_of(spelled))
    target, directions = _target(sides[1])
    places = _places(parser.parse(target), directions)
    before, parser.bound = parser.bound, {**parser.bound, spelled: variable}
    term = parser.term()
    parser.bound = before
    parser.count(sum(1 for _ in tree.walk(term)) * len(places))
    return tree.Call("limit", tuple(tree.replaced(term, variable, place) for place in places))


def _target(tokens: Sequence[Token]) -> tuple[Sequence[Token], tuple[int, ...]]:
    """Return where the variable goes, and from which sides."""
    bare = [token for token in tokens if token.text not in ("{", "}")]
    if len(bare) > 2 and bare[-2].text == "^" and bare[-1].text in ("+", "-"):
        return bare[:-2], (1,) if bare[-1].text == "+" else (-1,)
    return tokens, (1, -1)


def _places(target: Node, directions: Sequence[int]) -> list[Node]:
    if is_infinite(target):
        sign = 1 if isinstance(target, tree.Constant) else -1
        return [tree.Number(sign / near) for near in _NEAR]
    steps = [tree.Number(side * near) for side in directions for near in _NEAR]
    return [step if target == tree.ZERO else tree.Sum((target, step)) for step in steps]
