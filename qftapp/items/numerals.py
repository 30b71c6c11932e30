"""Numbers as people write them into a form: decimals, fractions, multiples of π; and back into the shortest."""

import math
import re
from fractions import Fraction

FORMS = "0.5, 1e-3, 1/3 or 2*pi/3"
_DECIMAL = r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?) ?(?:(?P<factor>{_DECIMAL})(?: ?\*? ?(?P<times_pi>pi|π))?|(?P<pi>pi|π))"
    rf"(?: ?/ ?(?P<divisor>{_DECIMAL}))?",
    re.IGNORECASE,
)
_LARGEST_DENOMINATOR = 1000


def read(text: str) -> float | str | None:
    """The number that a text is, nothing where it is empty, else the text itself for the contract to refuse."""
    text = text.strip()
    if not text:
        return None
    found = _NUMBER.fullmatch(text.replace("−", "-"))
    if found is None:
        return text
    value = float(found["factor"] or 1) * (math.pi if found["pi"] or found["times_pi"] else 1)
    divisor = float(found["divisor"] or 1)
    if not divisor or not math.isfinite(value / divisor):
        return text
    return (-value if found["sign"] == "-" else value) / divisor


def shown(value: object) -> str:
    """A stored value as `read` reads it, exactly: 0.1, 1/3 and 2*pi/3 rather than their sixteen digits."""
    if value is None:
        return ""
    if not isinstance(value, float) or not math.isfinite(value):
        return str(value)
    short = f"{value:.15g}"
    candidates = (short,) if len(short) < 10 else (_multiple(value, ""), _multiple(value / math.pi, "pi"), short)
    return next((text for text in candidates if text and read(text) == value), repr(value))


def _multiple(factor: float, unit: str) -> str:
    """A simple fraction of a unit near this many of it, "" where none is simple."""
    if not 1e-6 < abs(factor) < 1e6:
        return ""
    fraction = Fraction(factor).limit_denominator(_LARGEST_DENOMINATOR)
    if not fraction or abs(factor - fraction) > 1e-12 * abs(factor):
        return ""
    numerator = str(fraction.numerator)
    if unit:
        numerator = {"1": unit, "-1": f"-{unit}"}.get(numerator, f"{numerator}*{unit}")
    return numerator if fraction.denominator == 1 else f"{numerator}/{fraction.denominator}"
