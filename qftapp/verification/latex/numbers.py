r"""Numbers as they are written: 1,234, 125,25, 2\frac{1}{2}."""

from fractions import Fraction
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError, decimal
from qftapp.verification.latex import divisions
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def lone(parser: "Parser", text: str) -> Node:
    """Return a number that is all there is, as in an exponent."""
    parser.count(1)
    return tree.Number(decimal(text))


def read(parser: "Parser") -> Node:
    """Read a number with the commas and the fraction that belong to it."""
    text = parser.advance().text
    while parser.vocabulary.is_scalar and not parser.brackets and parser.at(",") and parser.peek(1).kind == "number":
        digits = parser.peek(1).text
        # One number is asked for: 1,234 has thousands, 125,25 a decimal comma.
        is_thousands = len(digits.partition(".")[0]) == 3 and "." not in text
        if not is_thousands and ("." in text + digits or not parser.peek(1).is_glued):
            break
        text += digits if is_thousands else f".{digits}"
        parser.position += 2
    after = parser.next
    behind = after.text if after.kind == "number" and after.is_glued else ""
    if behind or text.count(".") > 1:
        raise ExpressionError(f"“{text}{behind}” is not a number")
    value = decimal(text)
    fraction = _mixed(parser) if value.denominator == 1 else None
    return tree.Number(value if fraction is None else value + fraction)


def _mixed(parser: "Parser") -> Fraction | None:
    r"""Read the fraction of a mixed number, 2\frac{1}{2}; before further factors it may be a factor itself."""
    if not parser.at("frac"):
        return None
    start, tokens = parser.position, list(parser.tokens)
    parser.advance()
    above, below = divisions.half(parser), divisions.half(parser)
    digits = [part[0].text for part in (above, below) if len(part) == 1 and part[0].kind == "number"]
    if len(digits) == 2 and all(part.isdecimal() for part in digits) and int(digits[0]) < int(digits[1]):
        goes_on = parser.starts_factor()
        parser.is_ambiguous |= goes_on
        if not (goes_on and parser.loose):
            return Fraction(int(digits[0]), int(digits[1]))
    parser.position, parser.tokens = start, tokens
    return None
