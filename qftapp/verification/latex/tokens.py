r"""Cutting LaTeX into tokens: one linear pass, what only moves ink (spaces, \left, \displaystyle) left out.

| text | tokens |
|---|---|
| `m_\mu^2` | letter m, symbol _, command mu, symbol ^, number 2 |
| `1.2\times10^{-5}`, `1.2e-5` | number, command times, number, …; one number |
| `\mathrm{GeV}`, `\text{if }` | roman GeV, roman if |
| `α²`, `−`, `√` | as `\alpha^{2}`, `-`, `\sqrt` |
"""

import re
import unicodedata
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from qftapp.verification.expressions import DEPTH_LIMIT, DIGITS_LIMIT, LENGTH_LIMIT, ExpressionError
from qftapp.verification.latex import synonyms

TOKENS_LIMIT = 6_000
_SHORT = 500
"""Characters of the texts whose tokens are remembered."""


class Token(NamedTuple):
    """`kind` is number, letter, command, roman or symbol.

    `is_glued` when it follows the last one without a space, `is_apart` when a space was set on purpose, as by \\, or ~.
    """

    kind: str
    text: str
    is_glued: bool = False
    is_apart: bool = False

    def __str__(self) -> str:
        return f"\\{self.text}" if self.kind == "command" else self.text


END = Token("end", "")
_Piece = tuple[str, str]
"""Kind and text of a token."""
text_of = attrgetter("text")

_NUMBER = (
    r"(?:[0-9]+\{,\}(?![0-9]{3}(?![0-9]))[0-9]+"
    r"|[0-9]+(?:(?:\{,\}|\\,|,\\!\s?)[0-9]{3}(?![0-9]))*(?:\.[0-9]*)?|\.[0-9]+)"
)
_ACCENT = "bar|hat|tilde|vec|ddot|dot"
_TOKEN = re.compile(
    rf"(?P<space>(?:\s|~|\\[,;:!>\s/$]|\\$)+)|(?P<number>{_NUMBER})(?P<power>[eE][-+]?[0-9]+)?(?![0-9])"
    r"|\\(?P<command>(?:operatorname|[hv]space)\*|[A-Za-z]+)|\\(?P<escaped>[^A-Za-z\s])"
    r"|(?P<relation><=|>=|(?<=\s)!=)"
    rf"|(?<![A-Za-z])(?P<accent>{_ACCENT})(?=\{{)|(?P<letter>[A-Za-z])|(?P<symbol>.)",
    re.DOTALL,
)
_GLUED = re.compile(r"([lr]?[vV]ert|[lr](?:group|brace|brack|paren|angle|floor|ceil))(?=[A-Za-z])")
"""A bracket with letters glued to it, as in \\vertx: the letters are not part of its name."""
_LINE_DISTANCE = re.compile(r"\s*\[\s*-?[0-9.]+\s*[a-z]{2}\s*\]")
_SPACES = (r"\,", r"\;", r"\:", "\\ ", r"\quad", r"\qquad")
_GREEK = {"lamda": "lambda", "final sigma": "sigma"}


def tokenize(text: str, *, scientific: bool = True) -> list[Token]:
    """Return the tokens of LaTeX text; `scientific` reads 2e3 as 2000 rather than as 2·e·3.

    Raises ExpressionError on what is too long, too deep or not LaTeX.
    """
    if len(text) > LENGTH_LIMIT:
        raise ExpressionError(f"the expression is too long: {len(text)} characters, at most {LENGTH_LIMIT}")
    return list(_remembered(text, scientific) if len(text) <= _SHORT else _tokens(text, scientific))


def _tokens(text: str, scientific: bool) -> tuple[Token, ...]:
    tokens = _Cutter(_ascii(text), scientific).cut()
    if len(tokens) > TOKENS_LIMIT:
        raise ExpressionError(f"the expression has more than {TOKENS_LIMIT} parts")
    _check_depth(tokens)
    return tuple(tokens)


# Symbols are cut for every contract that declares them, gold and answers once for each contract they are read by.
_remembered = lru_cache(maxsize=1_024)(_tokens)


class _Cutter:
    def __init__(self, text: str, scientific: bool) -> None:
        self.text = text
        self.scientific = scientific
        self.position = 0

    def cut(self) -> "list[Token]":
        tokens: list[Token] = []
        end_of_last = -1
        is_apart = False
        while self.position < len(self.text):
            start = self.position
            found = _TOKEN.match(self.text, start)
            assert found is not None  # the last alternative takes any character
            self.position = found.end()
            piece = self._token(found)
            if piece is None:
                is_apart |= self._sets_space(start)
                continue
            tokens.append(Token(*piece, start == end_of_last, is_apart))
            end_of_last, is_apart = self.position, False
        return tokens

    def _sets_space(self, start: int) -> bool:
        """Whether what was passed over since `start` is a space on purpose."""
        passed = self.text[start : self.position]
        return "~" in passed or ("\\" in passed and any(mark in passed for mark in _SPACES))

    def _token(self, found: re.Match[str]) -> _Piece | None:
        text = found[0]
        match found.lastgroup:
            case "symbol":
                return ("command", "vert") if text == "|" else ("symbol", text)
            case "letter":
                return ("letter", text)
            case "space":
                return None
            case "command":
                return self._command(self._unglued(found["command"]))
            case "number" | "power":
                return self._number(found)
            case "relation":
                return ("command", synonyms.RELATIONS[text])
            case "escaped":
                return self._escaped(found["escaped"])
        return ("command", text)  # bar{x}, its backslash lost

    def _number(self, found: re.Match[str]) -> _Piece:
        digits = found["number"]
        if "," in digits:
            digits = re.sub(r"\{,\}(?![0-9]{3}(?![0-9]))", ".", digits)  # a decimal comma
            digits = re.sub(r"\{,\}|\\,|,\\!\s?", "", digits)
        if len(digits) > DIGITS_LIMIT:
            raise ExpressionError(f"a number has more than {DIGITS_LIMIT} digits")
        power = found["power"] or ""
        if power and not self.scientific:
            self.position -= len(power)
            power = ""
        return ("number", digits + power)

    def _unglued(self, name: str) -> str:
        """Return the bracket that a command begins with, its letters given back; every other name as it is."""
        bracket = _GLUED.match(name)
        if bracket is None:
            return name
        self.position -= len(name) - bracket.end()
        return bracket[1]

    def _command(self, name: str) -> _Piece | None:
        if name in synonyms.ROMAN:
            return self._roman()
        if name in synonyms.WITH_ARGUMENT:
            self._argument()
            return None
        if name in synonyms.DELIMITING:
            if self.text[self.position :].lstrip()[:1] == ".":
                self.position = self.text.index(".", self.position) + 1
            return None
        if name in synonyms.INK or name in synonyms.TRANSPARENT:
            return None
        name = synonyms.SAME.get(name, name)
        if name == "AA":
            return ("roman", "Å")
        if name in ("i", "j", "e", "d"):
            return ("letter", name)
        if name in ("{", "}"):
            return ("symbol", "\\" + name)
        return ("command" if name.rstrip("*").isalpha() else "symbol", name)

    def _escaped(self, character: str) -> _Piece | None:
        if character in "{}":
            return ("symbol", "\\" + character)
        if character == "\\":
            if distance := _LINE_DISTANCE.match(self.text, self.position):
                self.position = distance.end()
            return ("command", "newline")
        if character in "()[]":  # \( \) \[ \]: delimiters of mathematics
            return None
        return ("command", "vert") if character == "|" else ("symbol", character)

    def _roman(self) -> _Piece | None:
        content = self._argument()
        content = " ".join(content.replace(r"\,", " ").replace("~", " ").replace(r"\ ", " ").split())
        return ("roman", content) if content else None

    def _argument(self) -> str:
        """Take the braced argument after the position, or nothing where there is none."""
        opening = re.compile(r"\s*\{").match(self.text, self.position)
        if opening is None:
            return ""
        depth = 1
        for brace in re.compile(r"\\.|[{}]", re.DOTALL).finditer(self.text, opening.end()):
            depth += {"{": 1, "}": -1}.get(brace.group(), 0)
            if depth == 0:
                self.position = brace.end()
                return self.text[opening.end() : brace.start()]
        raise ExpressionError("the braces do not balance")


def _ascii(text: str) -> str:
    """Write Unicode mathematics as LaTeX: Greek letters, raised and lowered digits, signs."""
    if text.isascii():
        return text
    written = re.sub(r"[^\x00-\x7f]", lambda found: _transliterated(found.group()), text)
    return written.replace("}^{", "").replace("}_{", "")  # ²³ is one exponent


def _transliterated(character: str) -> str:
    if character in synonyms.UNICODE:
        return synonyms.UNICODE[character]
    name = unicodedata.name(character, "").lower()
    if greek := re.fullmatch(r"greek (small|capital) letter ([a-z ]+)", name):
        letter = _GREEK.get(greek[2], greek[2])
        return f"\\{letter.capitalize() if greek[1] == 'capital' else letter} "
    for mark, words in (("^", "superscript "), ("_", "subscript ")):
        if name.startswith(words):
            sign = {"minus": "-", "plus sign": "+", "latin small letter n": "n"}.get(name.removeprefix(words))
            return f"{mark}{{{sign or unicodedata.normalize('NFKC', character)}}}"
    return unicodedata.normalize("NFKC", character)


def _check_depth(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "symbol":
            depth += (token.text in ("{", "(", "[", "\\{")) - (token.text in ("}", ")", "]", "\\}"))
            if depth > DEPTH_LIMIT:
                raise ExpressionError(f"brackets are nested more than {DEPTH_LIMIT} deep")
