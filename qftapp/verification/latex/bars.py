r"""Which of the bars | in a text open and which close: ||x||y|| is the absolute value of |x| times |y|."""

from collections.abc import Sequence

from qftapp.verification.latex.cursor import depth_after
from qftapp.verification.latex.tokens import Token

BARS = ("vert", "Vert")
MOST_BARS = 12
_BEFORE_OPERAND = frozenset(("+", "-", "pm", "mp", "cdot", "times", "*", "/", "div", "=", ",", ";", "^", "_", "{", "("))


def opens(tokens: Sequence[Token], place: int) -> bool:
    """Whether the bar at a place, inside others that are open, opens: only where it cannot close and leave pairs."""
    level = _level(tokens, place)
    places = [n for n in level if _is_bar(tokens[n])]
    if len(places) > MOST_BARS:
        return False
    return place in _openings(tokens, level, 0, (), frozenset()) if len(places) > 2 else False


def _is_bar(token: Token) -> bool:
    return token.kind in ("symbol", "command") and token.text in BARS


def _level(tokens: Sequence[Token], place: int) -> list[int]:
    """Return the places that stand in the same brackets as this one, brackets included."""
    depth, groups = 0, [list[int]()]
    for n, token in enumerate(tokens):
        after = depth_after(token, depth)
        if after > depth:
            groups[-1].append(n)
            groups.append([])
        elif after < depth and len(groups) > 1:
            if place in groups[-1]:
                return groups[-1]
            groups.pop()
            groups[-1].append(n)
        else:
            groups[-1].append(n)
        depth = after
    return next(group for group in groups if place in group)


def _openings(
    tokens: Sequence[Token], level: list[int], start: int, open_bars: tuple[str, ...], found: frozenset[int]
) -> frozenset[int]:
    """Return the bars that open, where each closes as early as it can; none where they cannot be paired."""
    for at in range(start, len(level)):
        token = tokens[level[at]]
        if not _is_bar(token):
            continue
        before = tokens[level[at - 1]] if at else None
        is_behind_open = at > 0 and level[at - 1] in found
        ends_operand = before is not None and before.text not in _BEFORE_OPERAND and not is_behind_open
        if open_bars and open_bars[-1] == token.text and ends_operand:
            rest = _openings(tokens, level, at + 1, open_bars[:-1], found)
            if rest:
                return rest
        return _openings(tokens, level, at + 1, (*open_bars, token.text), found | {level[at]})
    return frozenset() if open_bars else found
