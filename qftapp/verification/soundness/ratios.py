"""How two answers that disagree are related: by one factor at all points, or by a ratio that varies."""

import cmath
import math
from collections.abc import Sequence
from fractions import Fraction

from qftapp.verification.values import Value, scalars

SAME = 1e-9
"""Ratios this near to each other, relatively, are one; so a ratio this near to a number has its name."""
MOST = 300
MOST_UNDER_ROOT = 50
_POWERS = (0, 1, -1, 2, -2, 3, -3, 4, -4)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def described(gold: Sequence[Value], second: Sequence[Value]) -> str:
    """Return a sentence on the ratio of the second solution to gold over the points, "" if there is none."""
    ratios = _ratios(gold, second)
    if not ratios:
        return ""
    first = ratios[0]
    if all(cmath.isclose(ratio, first, rel_tol=SAME) for ratio in ratios):
        everywhere = " everywhere" if len(ratios) > 1 else ""
        return _constant(first) + everywhere + "."
    if any(abs(ratio.imag) > SAME * abs(ratio) for ratio in ratios):
        sizes = sorted(abs(ratio) for ratio in ratios)
        return f"The modulus of the ratio of the second solution to gold varies from {sizes[0]:.3g} to {sizes[-1]:.3g}."
    sizes = sorted(ratio.real for ratio in ratios)
    return f"The ratio of the second solution to gold varies from {sizes[0]:.3g} to {sizes[-1]:.3g}."


def _ratios(gold: Sequence[Value], second: Sequence[Value]) -> list[complex]:
    ratios = []
    for left, right in zip(gold, second, strict=True):
        numbers, others = scalars(left), scalars(right)
        if len(numbers) != len(others):
            return []
        for number, other in zip(numbers, others, strict=True):
            if not number.ball.contains(0):
                ratios.append(complex((other.ball / number.ball).mid()))
            elif not other.ball.contains(0):
                return []
    return ratios if all(cmath.isfinite(ratio) and ratio for ratio in ratios) else []


def _constant(ratio: complex) -> str:
    if cmath.isclose(ratio, -1, rel_tol=SAME):
        return "The second solution has the opposite sign"
    if abs(ratio.imag) > SAME * abs(ratio) or ratio.real < 0:
        return f"The second solution is {named(ratio)} times gold"
    if ratio.real < 1:
        return f"The second solution is smaller by a factor of {named(1 / ratio)}"
    return f"The second solution is larger by a factor of {named(ratio)}"


def named(number: complex) -> str:
    """Return a number in closed form if it is one of i^k · p/q · π^n or a root of p/q, else to six figures."""
    for unit, sign in ((1, ""), (-1, "−"), (1j, "i·"), (-1j, "−i·")):
        part = number / unit
        if part.real > 0 and abs(part.imag) <= SAME * abs(part):
            form = _closed(part.real) or f"{part.real:.6g}"
            return sign.rstrip("·") if form == "1" and sign.endswith("·") else sign + form
    return f"({number.real:.6g} {'−' if number.imag < 0 else '+'} {abs(number.imag):.6g} i)"


def _closed(size: float) -> str:
    for power in _POWERS:
        if fraction := _rational(size / math.pi**power, MOST):
            return _written(str(fraction.numerator), str(fraction.denominator), power)
    for power in _POWERS:
        if fraction := _rational((size / math.pi**power) ** 2, MOST_UNDER_ROOT):
            return _written(f"√{fraction.numerator}", f"√{fraction.denominator}", power)
    return ""


def _rational(number: float, most: int) -> Fraction | None:
    fraction = Fraction(number).limit_denominator(most) if 1e-6 < number < 1e6 else Fraction(0)
    is_near = 0 < fraction.numerator <= most and math.isclose(fraction, number, rel_tol=SAME)
    return fraction if is_near else None


def _written(top: str, bottom: str, power: int) -> str:
    """Return p·π^n/q with no factor 1, the power of π on the side where it is positive."""
    pi = "" if not power else "π" + (str(abs(power)).translate(_RAISED) if abs(power) > 1 else "")
    parts = [part.replace("√1", "1") if part == "√1" else part for part in (top, bottom)]
    sides = [parts[0] + pi, parts[1]] if power >= 0 else [parts[0], parts[1] + pi]
    above, below = (side[1:] if side.startswith("1π") else side for side in sides)
    if below == "1":
        return above
    return f"{above}/({below})" if below[-1] in "π" + "⁰¹²³⁴⁵⁶⁷⁸⁹" and below[0] != "π" else f"{above}/{below}"
