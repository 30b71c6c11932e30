r"""The parts of an answer: a name before a collection, the elements of a list, remarks behind a comma.

| tokens | parts |
|---|---|
| `x \in \{1, 2\}` | the name x, the collection behind it |
| `1, 2 \text{ and } 3` | three elements |
| `\sqrt{s}, \quad s > 4m^2` | the answer, a remark |
"""

from collections.abc import Sequence

from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.commands import COMPARISONS
from qftapp.verification.latex.cursor import split
from qftapp.verification.latex.tokens import Token

PARTS_LIMIT = 100
_ALTERNATIVES = frozenset(("or", "and"))
_REMARKS = frozenset(("for", "where", "with"))
_JOINTS = frozenset(("where", "with", "and"))
_COLLECTING = frozenset(("(", "[", "\\{", "{", "begin", "pm", "mathbb"))


def without_remarks(tokens: list[Token]) -> list[Token]:
    """Drop what follows the answer: “, for s > 4m²”."""
    parts = split(tokens, ",", ";")
    kept = [parts[0]]
    for part in parts[1:]:
        if not is_remark(part):
            kept.append([Token("symbol", ",", is_glued=True), *part])
        else:
            break
    joined = [token for part in kept for token in part]
    for place, token in enumerate(joined):
        if place and token.kind == "roman" and token.text.split()[0].casefold() in _REMARKS:
            return joined[:place]
    return joined


def explained(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return an answer, and what is said behind it: “…, where β₀ = … and b = …”."""
    comma = Token("symbol", ",")
    first, *further = split([comma if _joins(token) else token for token in tokens], ",", ";")
    return [first, *(part for part in further if part)]


def _joins(token: Token) -> bool:
    return token.kind == "roman" and token.text.strip().casefold() in _JOINTS


def is_remark(tokens: Sequence[Token]) -> bool:
    """Whether a part behind a comma is a condition or an explanation, no value."""
    if not tokens:
        return True
    first = tokens[0]
    if first.kind == "roman" and first.text.split()[0].casefold() in _REMARKS:
        return True
    return any(token.kind in ("symbol", "command") and token.text in {*COMPARISONS, "in"} - {"="} for token in tokens)


def after_name(tokens: list[Token]) -> list[Token]:
    r"""Drop a name before a collection: “x = \{…\}”, “(a, b) = (…)”, “x \in \{…\}”, “x \in 1, 2”."""
    belonging = split(tokens, "in")
    if len(belonging) == 2 and len(split(belonging[1], ",")) > 1 and len(belonging[0]) == 1:
        return belonging[1]
    segments = split(tokens, "=", "in")
    if len(segments) == 2 and segments[1] and segments[1][0].text in _COLLECTING:
        return segments[1]
    return tokens


def within_braces(tokens: list[Token]) -> list[Token]:
    """Return what one pair of braces around everything holds."""
    if len(tokens) > 1 and tokens[0].text == "\\{" and tokens[-1].text == "\\}" and len(split(tokens, "\\}")) <= 2:
        return tokens[1:-1]
    return tokens


def listed(tokens: list[Token]) -> list[list[Token]]:
    """Return the elements of a list, separated by commas, “or” or “and”; 1, 2; 3, 4 are two pairs."""
    joined = joined_words(tokens)
    tuples = split(joined, ";")
    if len(tuples) > 1 and all(len(split(part, ",")) > 1 and "=" not in map(str, part) for part in tuples):
        parts = [[Token("symbol", "("), *part, Token("symbol", ")")] for part in tuples]
    else:
        parts = [part for part in split(joined, ",", ";", "vee") if part]
    if not parts or len(parts) > PARTS_LIMIT:
        raise ExpressionError("the list is empty" if not parts else "the list is too long")
    return parts


def joined_words(tokens: Sequence[Token]) -> list[Token]:
    """Return a list with commas in the place of “or” and “and”, one for “, and”."""
    found: list[Token] = []
    for token in with_words(tokens):
        mark = Token("symbol", ",") if is_alternative(token) else token
        if not (mark is not token and found and found[-1].text == ","):
            found.append(mark)
    return found


def is_alternative(token: Token) -> bool:
    """Whether a token is the word “or” or “and”."""
    return token.kind == "roman" and token.text.casefold() in _ALTERNATIVES


def with_words(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a plain “or” or “and” as one upright word."""
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        for word in _ALTERNATIVES:
            if token.text != word[-1]:
                continue
            tail = found[-len(word) :]
            begins = len(found) <= len(word) or not tail[0].is_glued or found[-len(word) - 1].kind != "letter"
            if begins and [(part.kind, part.text) for part in tail] == [("letter", letter) for letter in word]:
                found[-len(word) :] = [Token("roman", word)]
    return found
