"""Values as they are compared: balls with error bounds, labels, truth values and collections of them."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from flint import acb, arb, fmpq, fmpz

from qftapp.verification.drawn import Drawn
from qftapp.verification.functions import NAN, Ball
from qftapp.verification.records import record
from qftapp.verification.sandbox import wire

DOUBLE_BITS = 53
_LARGE = 2**60
"""Whole numbers below are exact at every precision."""


@record
class Scalar:
    """A number within `ball`; `bits` is the precision of the floating arithmetic it went through, None = exact."""

    ball: Ball
    bits: int | None = None

    @property
    def is_finite(self) -> bool:
        """Whether the number is defined."""
        return bool(self.ball.is_finite())

    @property
    def is_unknown(self) -> bool:
        """Whether the number may be anything: its computation was not decided, or not attempted."""
        return not self.is_finite and bool(self.ball.real.mid().is_finite() and self.ball.imag.mid().is_finite())


@record
class Collection:
    """Values side by side; `form` is tuple, list or set. A matrix is a list of lists of one length."""

    form: str
    items: "tuple[Value, ...]"


Value: TypeAlias = Scalar | bool | str | Collection

Coordinate: TypeAlias = int | float | complex | tuple[float, ...] | Drawn
Point: TypeAlias = Mapping[str, Coordinate]
"""One value for each symbol, in the order of the contract."""

UNDEFINED = Scalar(NAN)
UNDECIDED = Scalar(acb(arb(0, math.inf), arb(0, math.inf)))
"""A value that may lie anywhere: it was not found, but may exist."""


def ball_of(number: int | float | complex | Fraction) -> Ball:
    """Return an exact ball for a Python number (a fraction is rounded to the present precision)."""
    if isinstance(number, float):
        return acb(number)
    if isinstance(number, Fraction):
        above, below = number.numerator, number.denominator
        if below == 1 and -_LARGE < above < _LARGE:
            return acb(above)
        return acb(fmpq(fmpz(above), fmpz(below)))
    if isinstance(number, int):
        return acb(fmpz(number))
    return acb(number.real, number.imag)


def from_wire(value: wire.WireValue) -> Value:
    """Return what a sandboxed function returned; None and other absent values are undefined numbers."""
    match value:
        case None:
            return UNDEFINED
        case bool() | str():
            return value
        case int() | Fraction():
            return Scalar(ball_of(value))
        case float() | complex():
            return Scalar(ball_of(value), DOUBLE_BITS)
        case wire.Real():
            return Scalar(acb(_real_part(value)), _bits(value))
        case wire.Complex(real, imag):
            bits = min((found for part in (real, imag) if (found := _bits(part)) is not None), default=None)
            return Scalar(acb(_real_part(real), _real_part(imag)), bits)
        case wire.Set(items):
            return Collection("set", tuple(from_wire(item) for item in items))
        case wire.Array(shape, items):
            return _array(shape, tuple(from_wire(item) for item in items))
        case tuple() | list():
            return Collection(type(value).__name__, tuple(from_wire(item) for item in value))
    return UNDEFINED


def _bits(part: "int | float | Fraction | wire.Real") -> int | None:
    """Return the precision of a part; never below machine precision, or an answer could choose its own tolerance."""
    if isinstance(part, wire.Real):
        return max(part.precision, DOUBLE_BITS)
    return DOUBLE_BITS if isinstance(part, float) else None


def _real_part(part: "int | float | Fraction | wire.Real") -> arb:
    if isinstance(part, wire.Real):
        return arb((fmpz(part.mantissa), fmpz(part.exponent)))
    return ball_of(part).real


def _array(shape: tuple[int, ...], items: tuple[Value, ...]) -> Value:
    if not shape:
        return items[0]
    step = math.prod(shape[1:])
    rows = (items[index * step : (index + 1) * step] for index in range(shape[0]))
    return Collection("list", tuple(_array(shape[1:], row) for row in rows))


def to_wire(coordinate: Coordinate) -> wire.WireValue:
    """Return a coordinate as a function receives it; a four-vector as an array of four floats."""
    assert not isinstance(coordinate, Drawn)  # gold and answers are LaTeX where such a symbol is declared
    return wire.Array((len(coordinate),), coordinate) if isinstance(coordinate, tuple) else coordinate


def scalars(value: Value) -> list[Scalar]:
    """Return every number in a value, in order."""
    if isinstance(value, Collection):
        return [scalar for item in value.items for scalar in scalars(item)]
    return [value] if isinstance(value, Scalar) else []


def is_defined(value: Value) -> bool:
    """Whether every number in a value is finite."""
    if isinstance(value, Collection):
        return all(map(is_defined, value.items))
    return not isinstance(value, Scalar) or bool(value.ball.is_finite())


def is_unknown(value: Value) -> bool:
    """Whether a number in a value may be anything (see Scalar)."""
    if isinstance(value, Collection):
        return any(map(is_unknown, value.items))
    return isinstance(value, Scalar) and value.is_unknown


def is_vague(value: Value, bits: int) -> bool:
    """Whether a number of the value, computed to `bits`, is known to few figures or none.

    So it is on a branch cut that the ball straddles, whatever the precision, and after a loss of nearly all figures.
    """
    share = arb(2) ** -(bits // 4)
    return any(
        number.is_finite and bool(number.ball.complex_rad().abs_upper() > share * number.ball.mid().abs_upper().max(1))
        for number in scalars(value)
    )


def undefined(value: Value) -> str:
    """Say which number of a value is not defined, as what follows "it", "" if all are."""
    numbers = scalars(value)
    for index, number in enumerate(numbers):
        if not number.is_finite:
            return f"has at entry {index + 1} {_absent(number)}" if len(numbers) > 1 else f"is {_absent(number)}"
    return ""


def _absent(number: Scalar) -> str:
    if number.is_unknown:
        return "a value that cannot be computed here"
    if any(math.isinf(float(part.mid())) for part in (number.ball.real, number.ball.imag)):
        return "infinite"
    return "undefined" if number.bits is None else "not a number (nan)"


def shape(value: Value) -> str:
    """Return what a value is in a few words: "a number", "a tuple of 3", "a matrix of 2 × 2", "the label “scalar”"."""
    match value:
        case bool():
            return "True or False"
        case str():
            return f"the text “{value[:40]}”"
        case Collection("list", items) if is_matrix(value):
            first = items[0]
            assert isinstance(first, Collection)
            return f"a matrix of {len(items)} × {len(first.items)}"
        case Collection(form, items):
            return f"a {'list' if form == 'list' else form} of {len(items)}"
    return "a number"


def is_matrix(value: Value) -> bool:
    """Whether a value is a non-empty list of rows of one length, holding scalars."""
    if not isinstance(value, Collection) or value.form == "set" or not value.items:
        return False
    rows = [row for row in value.items if isinstance(row, Collection) and row.form != "set"]
    if len(rows) != len(value.items) or len({len(row.items) for row in rows}) != 1 or not rows[0].items:
        return False
    return all(isinstance(entry, Scalar) for row in rows for entry in row.items)


_BRACKETS = {"tuple": ("(", ")"), "list": ("[", "]"), "set": ("{", "}")}


def shown(value: Value, most: int | None = None) -> str:
    """Return a value for people, numbers to twelve figures; if there is a `most`, so many characters of it."""
    found, length = [], 0
    for piece in _pieces(value):
        found.append(piece)
        length += len(piece)
        if most is not None and length >= most:
            break
    return "".join(found)[:most]


def _pieces(value: Value) -> Iterator[str]:
    match value:
        case bool() | str():
            yield str(value)
        case Collection(form, items):
            opening, closing = _BRACKETS[form]
            yield opening
            for place, item in enumerate(items):
                yield ", " if place else ""
                yield from _pieces(item)
            yield closing
        case _:
            yield _shown_number(value)


def _shown_number(scalar: Scalar) -> str:
    if not scalar.is_finite:
        return _absent(scalar)
    real, imag = scalar.ball.real, scalar.ball.imag
    if imag.contains(0):
        return _shown_real(real)
    turned = _shown_real(imag)
    if real.contains(0):
        return f"{turned} i"
    return f"{_shown_real(real)} {'-' if turned[0] == '-' else '+'} {turned.lstrip('-')} i"


def _shown_real(part: arb) -> str:
    if part.contains(0):
        return "0"
    text = str(part.mid().str(12, radius=False))
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}{mark}{exponent.lstrip('+')}"


def shown_coordinate(coordinate: Coordinate) -> str:
    """Return a coordinate for people."""
    match coordinate:
        case tuple():
            return f"({', '.join(f'{part:g}' for part in coordinate)})"
        case Drawn():
            return f"a random {'function' if coordinate.domain.is_function else 'matrix'}"
        case complex():
            return f"{coordinate.real:g} {'-' if coordinate.imag < 0 else '+'} {abs(coordinate.imag):g} i"
        case int():
            return str(coordinate)
    return f"{coordinate:g}"


def shown_point(point: Point) -> str:
    """Return a point for people: "m = 1.37, g = 0.2"."""
    return ", ".join(f"{name} = {shown_coordinate(value)}" for name, value in point.items()) or "no arguments"
