"""What stands below, above and behind a symbol."""

from qftapp.verification import tree
from qftapp.verification.latex.cursor import Cursor
from qftapp.verification.latex.spelling import GREEK
from qftapp.verification.latex.tokens import Token
from qftapp.verification.records import record

_LORENTZ = frozenset("mu nu rho sigma lambda kappa tau alpha beta gamma delta".split())
_SCRIPTS = ("_", "^")
_COLOUR = frozenset("abcdeijklmn")


@record
class Scripts:
    """The scripts of a symbol: tokens below and above, the number of primes, and all parts in order, upper or not."""

    sub: list[Token]
    sup: list[Token]
    primes: int
    parts: list[tuple[bool, list[Token]]]

    @property
    def are_usual(self) -> bool:
        """Whether all are letters that physicists use for indices, as in F^{μν} and f^{abc}; x^{βω} is a power."""
        names = {index.name for index in self.indices}
        return names <= _LORENTZ or (names <= _COLOUR and len(self.indices) > 2)

    @property
    def indices(self) -> tuple[tree.Index, ...]:
        """The scripts as Lorentz indices, nothing if one of them cannot be an index."""
        found: list[tree.Index] = []
        for is_upper, part in self.parts:
            for token in part:
                is_greek = token.kind == "command" and token.text in GREEK
                if token.text in ("{", "}", ","):
                    continue
                if not (is_greek or (token.kind == "letter" and token.text.islower())):
                    return ()
                found.append(tree.Index(token.text, is_upper))
        return tuple(found)


def read_scripts(cursor: Cursor, *, digit_by_digit: bool = False) -> Scripts:
    """Read subscripts, superscripts and primes in any order; `digit_by_digit` as LaTeX does: x^22 is x²2."""
    sub: list[Token] = []
    sup: list[Token] = []
    primes = 0
    parts: list[tuple[bool, list[Token]]] = []
    while True:
        mark = cursor.mark
        if mark == "'":
            cursor.position += 1
            primes += 1
        elif mark == "{" and parts and cursor.peek(1).text == "}" and cursor.peek(2).text in "^_":
            cursor.position += 2  # F^{\mu}{}_{\nu}
        elif mark in _SCRIPTS:
            cursor.position += 1
            is_upper = mark == "^"
            part = _first_digit(cursor) if is_upper and digit_by_digit else cursor.group()
            if is_upper and part and all(token.text == "prime" for token in part):
                primes += len(part)
                continue
            parts.append((is_upper, part))
            (sup if is_upper else sub).extend(part)
        else:
            return Scripts(sub, sup, primes, parts)


def _first_digit(cursor: Cursor) -> list[Token]:
    token = cursor.next
    if token.kind != "number" or not token.text.isdecimal() or len(token.text) == 1:
        return cursor.group()
    cursor.tokens[cursor.position] = Token("number", token.text[1:])
    return [Token("number", token.text[0])]
