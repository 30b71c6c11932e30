"""Values that cross the sandbox's border, and their strict JSON form; the reader trusts nothing it is given."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

MAX_ITEMS = 10_000
MAX_DEPTH = 8
MAX_TEXT = 10_000
MAX_INTEGER_BITS = 1 << 18
MAX_EXPONENT = 1 << 40

_HEXADECIMAL = re.compile(r"-?0x[0-9a-f]{1,65536}")


class WireError(ValueError):
    """A value that cannot cross the border; the message is a clause for people."""


@dataclass(frozen=True)
class Real:
    """A real number of many digits: mantissa · 2**exponent exactly, computed to `precision` bits.

    The exponent may be huge: never expand it without looking.
    """

    mantissa: int
    exponent: int
    precision: int

    def __float__(self) -> float:
        surplus = max(0, self.mantissa.bit_length() - 64)
        try:
            return math.ldexp(float(self.mantissa >> surplus), self.exponent + surplus)
        except OverflowError:
            return math.copysign(math.inf, self.mantissa)


@dataclass(frozen=True)
class Complex:
    """A complex number whose parts are more precise than machine floats."""

    real: "int | float | Fraction | Real"
    imag: "int | float | Fraction | Real"


@dataclass(frozen=True)
class Set:
    """An unordered collection; equal members may occur more than once."""

    items: "tuple[WireValue, ...]"


@dataclass(frozen=True)
class Array:
    """A numpy array or a matrix: its shape and its entries in row-major order."""

    shape: tuple[int, ...]
    items: "tuple[WireValue, ...]"


WireScalar: TypeAlias = int | float | complex | Fraction | Real | Complex
WireValue: TypeAlias = "bool | str | WireScalar | tuple[WireValue, ...] | list[WireValue] | Set | Array | None"
Json: TypeAlias = "bool | str | int | float | list[Json] | dict[str, Json] | None"


def to_json(value: WireValue) -> Json:
    """Return the JSON form of a value: floats, text, truth values and None as themselves, the rest as {tag: payload}.

    Raises WireError on anything too large, too deep or of another type.
    """
    return _write(value, MAX_DEPTH, [MAX_ITEMS])


def from_json(data: object) -> WireValue:
    """Return the value behind its JSON form; raises WireError (and nothing else) on every malformed input."""
    return _read(data, MAX_DEPTH, [MAX_ITEMS])


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return the text cut to `limit` characters, free of what UTF-8 and databases refuse (surrogates and NUL)."""
    return text[:limit].encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _spend(depth: int, budget: list[int]) -> None:
    budget[0] -= 1
    if depth < 0:
        raise WireError(f"a value nested deeper than {MAX_DEPTH} levels")
    if budget[0] < 0:
        raise WireError(f"a value of more than {MAX_ITEMS} entries")


def _write(value: WireValue, depth: int, budget: list[int]) -> Json:
    _spend(depth, budget)
    match value:
        case None | bool():
            return value
        case str():
            if len(value) > MAX_TEXT:
                raise WireError(f"a text longer than {MAX_TEXT} characters")
            return value
        case int():
            return {"int": _write_integer(value)}
        case float():
            return value if math.isfinite(value) else {"float": repr(value)}
        case complex():
            return {"complex": [_write(value.real, depth - 1, budget), _write(value.imag, depth - 1, budget)]}
        case Fraction():
            return {"fraction": [_write_integer(value.numerator), _write_integer(value.denominator)]}
        case Real():
            if abs(value.exponent) > MAX_EXPONENT:
                raise WireError("a number whose exponent is out of range")
            return {"real": [_write_integer(value.mantissa), value.exponent, value.precision]}
        case Complex():
            return {"parts": [_write(value.real, depth - 1, budget), _write(value.imag, depth - 1, budget)]}
        case tuple():
            return {"tuple": [_write(item, depth - 1, budget) for item in value]}
        case list():
            return {"list": [_write(item, depth - 1, budget) for item in value]}
        case Set():
            return {"set": [_write(item, depth - 1, budget) for item in value.items]}
        case Array():
            return {"array": [list(value.shape), [_write(item, depth - 1, budget) for item in value.items]]}
    raise WireError(f"a value of type {type(value).__name__}")


def _write_integer(value: int) -> str:
    if value.bit_length() > MAX_INTEGER_BITS:
        raise WireError(f"an integer of more than {MAX_INTEGER_BITS} bits")
    return hex(value)


def _read(data: object, depth: int, budget: list[int]) -> WireValue:
    _spend(depth, budget)
    match data:
        case None | bool() | float():
            return data
        case str():
            if len(data) > MAX_TEXT:
                raise WireError(f"a text longer than {MAX_TEXT} characters")
            return clean_text(data)
        case {"int": text, **rest} if not rest:
            return _read_integer(text)
        case {"float": "nan" | "inf" | "-inf" as text, **rest} if not rest:
            return float(text)
        case {"fraction": [top, bottom], **rest} if not rest:
            return _read_fraction(top, bottom)
        case {"real": [mantissa, exponent, precision], **rest} if not rest:
            return _read_real(mantissa, exponent, precision)
        case {"complex": [real, imag], **rest} if not rest:
            return _read_complex(_read(real, depth - 1, budget), _read(imag, depth - 1, budget))
        case {"parts": [real, imag], **rest} if not rest:
            return _read_parts(_read(real, depth - 1, budget), _read(imag, depth - 1, budget))
        case {"tuple": [*items], **rest} if not rest:
            return tuple(_read(item, depth - 1, budget) for item in items)
        case {"list": [*items], **rest} if not rest:
            return [_read(item, depth - 1, budget) for item in items]
        case {"set": [*items], **rest} if not rest:
            return Set(tuple(_read(item, depth - 1, budget) for item in items))
        case {"array": [[*shape], [*items]], **rest} if not rest:
            return _read_array(shape, tuple(_read(item, depth - 1, budget) for item in items))
    raise WireError("not a value of the wire format")


def _read_integer(text: object) -> int:
    if not isinstance(text, str) or not _HEXADECIMAL.fullmatch(text):
        raise WireError("not a hexadecimal integer")
    return int(text, 16)


def _read_fraction(top: object, bottom: object) -> Fraction:
    denominator = _read_integer(bottom)
    if denominator <= 0:
        raise WireError("a fraction whose denominator is not positive")
    return Fraction(_read_integer(top), denominator)


def _read_real(mantissa: object, exponent: object, precision: object) -> Real:
    if type(exponent) is not int or type(precision) is not int:
        raise WireError("a real number without integer exponent and precision")
    if abs(exponent) > MAX_EXPONENT or not 0 < precision <= MAX_INTEGER_BITS:
        raise WireError("a real number whose exponent or precision is out of range")
    return Real(_read_integer(mantissa), exponent, precision)


def _read_complex(real: WireValue, imag: WireValue) -> complex:
    if not isinstance(real, float) or not isinstance(imag, float):
        raise WireError("a complex number whose parts are not floats")
    return complex(real, imag)


def _read_parts(real: WireValue, imag: WireValue) -> Complex:
    if isinstance(real, bool) or isinstance(imag, bool):
        raise WireError("a complex number whose parts are not real numbers")
    if not isinstance(real, (int, float, Fraction, Real)) or not isinstance(imag, (int, float, Fraction, Real)):
        raise WireError("a complex number whose parts are not real numbers")
    return Complex(real, imag)


def _read_array(shape: list[object], items: tuple[WireValue, ...]) -> Array:
    lengths = [length for length in shape if type(length) is int and 0 <= length <= MAX_ITEMS]
    if len(lengths) != len(shape) or len(shape) > MAX_DEPTH or math.prod(lengths) != len(items):
        raise WireError("an array whose shape and entries disagree")
    return Array(tuple(lengths), items)
