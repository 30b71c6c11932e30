"""A place in a list of tokens, and the ways to move on."""

from collections.abc import Sequence

from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.tokens import END, Token, text_of

OPENING = {"(": ")", "[": "]", "\\{": "\\}", "{": "}", "langle": "rangle", "lfloor": "rfloor", "lceil": "rceil"}
_TWO_ARGUMENTS = frozenset(("frac", "binom"))
_MARKS = ("symbol", "command")
CLOSING = frozenset(OPENING.values())


class Cursor:
    """Tokens read from left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = list(tokens)
        self.position = 0

    @property
    def next(self) -> Token:
        """The token to be read, END after the last."""
        return self.tokens[self.position] if self.position < len(self.tokens) else END

    def peek(self, ahead: int) -> Token:
        """Return the token so many places further on."""
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    @property
    def mark(self) -> str:
        """The text of the next token if it is a command or symbol, "" if it is anything else."""
        if self.position >= len(self.tokens):
            return ""
        kind, text, _, _ = self.tokens[self.position]
        return text if kind in _MARKS else ""

    @property
    def is_done(self) -> bool:
        """Whether everything was read."""
        return self.position >= len(self.tokens)

    def advance(self) -> Token:
        """Read a token."""
        if self.position >= len(self.tokens):
            raise ExpressionError("the expression ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these commands or symbols."""
        if self.position >= len(self.tokens):
            return False
        kind, text, _, _ = self.tokens[self.position]
        return text in texts and kind in _MARKS

    def take(self, *texts: str) -> str:
        """Read the next token if it is one of these commands or symbols; returns its text, "" if it is not."""
        if self.position >= len(self.tokens):
            return ""
        kind, text, _, _ = self.tokens[self.position]
        if text not in texts or kind not in _MARKS:
            return ""
        self.position += 1
        return text

    def expect(self, text: str) -> None:
        """Read this token. Raises ExpressionError where another stands."""
        if not self.take(text):
            found = "the end" if self.is_done else f"“{self.next}”"
            raise ExpressionError(f"“{text}” is missing before {found}")

    def group(self) -> list[Token]:
        """Read a braced group or one token, as the argument of a script or command; returns what is in it."""
        if not self.at("{"):
            token = self.advance()
            if token.kind == "symbol" and token.text in ("}", "^", "_", "&", ")"):
                raise ExpressionError(f"an argument is missing before “{token}”")
            if token.kind == "command" and token.text in _TWO_ARGUMENTS:  # x^\frac12
                return self._with_arguments(self.position - 1)
            if token.kind == "command" and self.at("{"):  # x_\mathbf{k}
                return [token, *self.tokens[self.position : self._pass_group()]]
            return [token]
        start = self.position + 1
        return self.tokens[start : self._pass_group() - 1]

    def _with_arguments(self, start: int) -> list[Token]:
        """Read the two arguments of the command at `start`; returns it with them."""
        if not (self.next.kind == "number" and len(self.next.text) > 1):
            self.group()
        self.group()
        return self.tokens[start : self.position]

    def glued_word(self) -> str:
        """Return the letters that stand together from here on, unread."""
        word = self.next.text
        while self.peek(len(word)).kind == "letter" and self.peek(len(word)).is_glued:
            word += self.peek(len(word)).text
        return word

    def _pass_group(self) -> int:
        """Move behind the closing brace of the group at the position, and return that place."""
        self.position = closing(self.tokens, self.position) + 1
        return self.position


def closing(tokens: Sequence[Token], start: int) -> int:
    """Return the place of the brace that closes the one at `start`."""
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        if token.kind == "symbol" and token.text in "{}":
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                return place
    raise ExpressionError("the braces do not balance")


def depth_after(token: Token, depth: int) -> int:
    """Return the depth of brackets behind a token."""
    if token.kind not in ("symbol", "command"):
        return depth
    if token.text in OPENING or token.text == "begin":
        return depth + 1
    return depth - 1 if token.text in CLOSING or token.text == "end" else depth


def split(tokens: Sequence[Token], *separators: str) -> list[list[Token]]:
    """Return the parts between separators that stand outside all brackets and environments."""
    if frozenset(separators).isdisjoint(map(text_of, tokens)):
        return [list(tokens)]
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth = depth_after(token, depth)
        if depth == 0 and token.kind in ("symbol", "command") and token.text in separators:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
