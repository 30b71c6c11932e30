"""Units as numbers: 1 GeV is a number nobody would write, so that two answers agree only if their units do.

In natural units (ħ = c = k_B = 1) every unit is a power of the electronvolt, so that cm² and GeV⁻² can be compared;
with SI conventions length, time, mass and temperature are independent. The defining constants h, c, e and k_B are those
of the SI since 2019 and exact (BIPM, *The International System of Units*, 9th edition).
"""

from collections.abc import Iterator
from fractions import Fraction

from flint import acb, fmpq

PLANCK = Fraction(662607015, 10**42)  # h in J s
LIGHT = 299792458  # c in m/s
CHARGE = Fraction(1602176634, 10**28)  # e in C: 1 eV in J
BOLTZMANN = Fraction(1380649, 10**29)  # k_B in J/K

PREFIXES: dict[str, int] = {
    "P": 15,
    "T": 12,
    "G": 9,
    "M": 6,
    "k": 3,
    "c": -2,
    "m": -3,
    "μ": -6,
    "n": -9,
    "p": -12,
    "f": -15,
    "a": -18,
}
# metre, second, kilogram, kelvin
_SI: dict[str, tuple[Fraction, tuple[int, int, int, int]]] = {
    "eV": (CHARGE, (2, -2, 1, 0)),
    "b": (Fraction(1, 10**28), (2, 0, 0, 0)),
    "m": (Fraction(1), (1, 0, 0, 0)),
    "s": (Fraction(1), (0, 1, 0, 0)),
    "g": (Fraction(1, 1000), (0, 0, 1, 0)),
    "J": (Fraction(1), (2, -2, 1, 0)),
    "K": (Fraction(1), (0, 0, 0, 1)),
    "Hz": (Fraction(1), (0, -1, 0, 0)),
    "N": (Fraction(1), (1, -2, 1, 0)),
    "W": (Fraction(1), (2, -3, 1, 0)),
    "Pa": (Fraction(1), (-1, -2, 1, 0)),
}
_PREFIXED = ("eV", "b", "m", "s", "g", "J", "K", "Hz", "N", "W", "Pa")
_OTHER: dict[str, tuple[Fraction, tuple[int, int, int, int]]] = {
    "barn": _SI["b"],
    "erg": (Fraction(1, 10**7), (2, -2, 1, 0)),
    "Å": (Fraction(1, 10**10), (1, 0, 0, 0)),
    "fermi": (Fraction(1, 10**15), (1, 0, 0, 0)),
    "min": (Fraction(60), (0, 1, 0, 0)),
    "h": (Fraction(3600), (0, 1, 0, 0)),
    "yr": (Fraction(31557600), (0, 1, 0, 0)),
    "rad": (Fraction(1), (0, 0, 0, 0)),
    "sr": (Fraction(1), (0, 0, 0, 0)),
}
_GENERIC = (
    Fraction(73856093, 10**8),
    Fraction(194287139, 10**8),
    Fraction(51938117, 10**8),
    Fraction(137912683, 10**8),
)
"""What a metre, a second, a kilogram and a kelvin are where they are independent: no simple number, so that no
dimension passes for another."""
_ELECTRONVOLT = Fraction(860914711, 10**9)


def _listed() -> Iterator[tuple[str, tuple[Fraction, tuple[int, int, int, int]]]]:
    yield from _SI.items()
    yield from _OTHER.items()
    for name in _PREFIXED:
        size, dimension = _SI[name]
        for prefix, exponent in PREFIXES.items():
            yield prefix + name, (size * Fraction(10) ** exponent, dimension)


UNITS: dict[str, tuple[Fraction, tuple[int, int, int, int]]] = dict(_listed())
"""Size in SI units and the powers of metre, second, kilogram and kelvin."""
ALIASES = {"micron": "μm", "mub": "μb", "ub": "μb", "mubarn": "μb", "us": "μs", "um": "μm", "sec": "s", "angstrom": "Å"}
ALIASES |= {prefix + "barn": prefix + "b" for prefix in PREFIXES}


def value(name: str, *, is_natural: bool = True) -> acb:
    """Return a unit as a ball at the present precision."""
    size, (metre, second, kilogram, kelvin) = UNITS[name]
    if not is_natural:
        powers = zip(_GENERIC, (metre, second, kilogram, kelvin), strict=True)
        return _ball(size) * _product(_ball(base) ** power for base, power in powers)
    # E = ħ/t = ħc/l = mc² = k_B T, each in joule, then in electronvolt.
    hbar = _ball(PLANCK) / (2 * acb.pi())
    energy = _ball(CHARGE / _ELECTRONVOLT)
    inverse_second = hbar / energy
    return (
        _ball(size)
        * inverse_second ** -(metre + second)
        * _ball(Fraction(LIGHT)) ** (2 * kilogram - metre)
        * (_ball(Fraction(1)) / energy) ** kilogram
        * (_ball(BOLTZMANN) / energy) ** kelvin
    )


def _product(factors: Iterator[acb]) -> acb:
    total = acb(1)
    for factor in factors:
        total *= factor
    return total


def _ball(value: Fraction) -> acb:
    return acb(fmpq(value.numerator, value.denominator))
