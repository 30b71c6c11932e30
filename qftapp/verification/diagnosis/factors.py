"""Recognising a number as i^k · p/q · √n · π^(m/2), the factors physicists lose."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from flint import acb

from qftapp.verification.diagnosis.facts import is_close
from qftapp.verification.records import record

MOST = 4096
"""Numerators and denominators are at most this and have no prime factor above 11: 192, but not 191."""
ROUGH, PLAIN = 1e-2, 1e-5
"""How near a number must come to 2, 4π or 1/3, and to 12/5 or 3π²/8, to be called that."""
RADICANDS = (1, 2, 3, 5, 6, 7)
PI_HALVES = (0, 2, -2, 4, -4, 6, -6, 8, -8, 1, -1, 3, -3, 5, -5)
_HUGE = 1e12

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@record
class Factor:
    """The number i^turns · ratio · √radicand · π^(pi_halves/2)."""

    ratio: Fraction = Fraction(1)
    turns: int = 0
    radicand: int = 1
    pi_halves: int = 0

    @property
    def is_one(self) -> bool:
        """Whether it changes nothing."""
        return self == Factor()

    @property
    def is_unit(self) -> bool:
        """Whether it changes no modulus."""
        return self.modulus == Factor()

    @property
    def modulus(self) -> "Factor":
        """The factor without sign and i."""
        return Factor(self.ratio, 0, self.radicand, self.pi_halves)

    @property
    def is_large(self) -> bool:
        """Whether the modulus is greater than 1."""
        size = float(self.ratio) * math.sqrt(self.radicand) * math.pow(math.pi, self.pi_halves / 2)
        return size > 1

    @property
    def inverse(self) -> "Factor":
        """One over the factor."""
        return Factor(1 / (self.ratio * self.radicand), -self.turns % 4, self.radicand, -self.pi_halves)

    @property
    def value(self) -> acb:
        """The number at the present precision."""
        if self.pi_halves == 0 and self.radicand == 1:
            return _TURNS[self.turns] * self.ratio.numerator / self.ratio.denominator
        number = acb(self.ratio.numerator) / self.ratio.denominator * acb(self.radicand).sqrt()
        return number * acb.pi() ** (acb(self.pi_halves) / 2) * _TURNS[self.turns]

    @property
    def text(self) -> str:
        """The factor in a line of text: −4π², 1/(16π²), √2."""
        above, below = self._parts(_superscript, "√{}", "π")
        sign = "−" if self.turns >= 2 else ""
        if not below:
            return sign + (above or "1")
        return f"{sign}{above or 1}/{below if len(below) == 1 or below.isdigit() else f'({below})'}"

    @property
    def latex(self) -> str:
        """The factor in LaTeX."""
        above, below = self._parts(lambda text: f"^{{{text}}}", r"\sqrt{{{}}}", r"\pi")
        sign = "-" if self.turns >= 2 else ""
        return sign + (rf"\frac{{{above or 1}}}{{{below}}}" if below else above or "1")

    def _parts(self, raised: Callable[[str], str], root: str, pi: str) -> tuple[str, str]:
        """Return what stands above and below the line, "" for 1."""
        power = Fraction(abs(self.pi_halves), 2)
        written = "" if power == 0 else pi if power == 1 else pi + raised(str(power))
        above = str(self.ratio.numerator) if self.ratio.numerator != 1 else ""
        below = str(self.ratio.denominator) if self.ratio.denominator != 1 else ""
        above += root.format(self.radicand) if self.radicand != 1 else ""
        if self.pi_halves > 0:
            above += written
        else:
            below += written
        return above + ("i" if self.turns % 2 else ""), below


def _superscript(text: str) -> str:
    return text.translate(_SUPERSCRIPTS) if text.isdigit() else f"^({text})"


def recognised(number: acb, share: float) -> Factor | None:
    """Return the simplest factor within `share` of a number, None if none is simple enough to be no coincidence."""
    modulus = abs(number)
    if not number.is_finite() or not 1 / _HUGE < float(modulus.mid()) < _HUGE:
        return None
    turns = next((k for k in range(4) if is_close(number, _TURNS[k] * modulus, share)), None)
    if turns is None:
        return None
    size = float(modulus.mid())
    for halves, radicand, unit in _UNITS:
        for ratio in _simple_ratios(size / unit, max(share, 1e-14)):
            factor = Factor(ratio, turns, radicand, halves)
            # The float chose the candidate; the number itself decides.
            if is_close(number, factor.value, min(share, _needed_share(factor))):
                return factor
    return None


_TURNS = (acb(1), acb(0, 1), acb(-1), acb(0, -1))
_UNITS = tuple(
    (halves, radicand, math.pi ** (halves / 2) * math.sqrt(radicand)) for halves in PI_HALVES for radicand in RADICANDS
)


def _simple_ratios(value: float, share: float) -> Iterator[Fraction]:
    """Yield the convergents of a value that are within `share` of it and made of smooth numbers."""
    if not 1 / MOST < value < MOST:
        return
    above, below, next_above, next_below = 0, 1, 1, 0
    rest = value
    while True:
        whole = int(rest)
        above, next_above = next_above, whole * next_above + above
        below, next_below = next_below, whole * next_below + below
        if min(next_above, next_below) > 64 or max(next_above, next_below) > MOST:
            return
        is_near = next_above > 0 and abs(next_above / next_below - value) <= share * value
        if is_near and _is_smooth(next_above) and _is_smooth(next_below):
            yield Fraction(next_above, next_below)
        if rest - whole < 1e-12:
            return
        rest = 1 / (rest - whole)


def _is_smooth(number: int) -> bool:
    for prime in (2, 3, 5, 7, 11):
        while number % prime == 0:
            number //= prime
    return number == 1


def _needed_share(factor: Factor) -> float:
    """Return how near a number must come to be called this factor; the simpler, the farther it may be off."""
    simple = factor.radicand == 1 and factor.pi_halves % 2 == 0
    size = max(factor.ratio.numerator, factor.ratio.denominator)
    if simple and min(factor.ratio.numerator, factor.ratio.denominator) == 1:
        if size <= 4 and abs(factor.pi_halves) <= 2:
            return ROUGH
        if size <= 12 and abs(factor.pi_halves) <= 4:
            return 20 * PLAIN
    if simple and size <= 12 and abs(factor.pi_halves) <= 6:
        return PLAIN
    return 1e-6 if size <= 256 and (simple or factor.pi_halves == 0) else 1e-8
