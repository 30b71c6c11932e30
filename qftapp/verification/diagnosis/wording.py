"""How factors are put into words."""

from fractions import Fraction

from qftapp.verification.diagnosis.factors import Factor
from qftapp.verification.diagnosis.finding import Diagnosis

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def size_words(factor: Factor) -> str:
    """Return "too large by 4π" for a positive factor by which something is off."""
    return f"too large by {factor.text}" if factor.is_large else f"too small by {factor.inverse.text}"


def off_by(factor: Factor) -> Diagnosis:
    """Return the diagnosis of an answer that is gold times a factor other than 1."""
    modulus = factor.modulus
    if factor.is_unit:
        if factor.turns == 2:
            return Diagnosis("sign", "the overall sign is wrong", factor.latex)
        return Diagnosis("factor_i", f"a factor i is missing or one too many: off by {factor.text}", factor.latex)
    if factor.turns % 2:
        return Diagnosis("factor_i", f"off by the factor {factor.text}", factor.latex)
    words = f"{size_words(modulus)}" + (", and of the wrong sign" if factor.turns == 2 else "")
    only_pi = modulus.ratio == 1 and modulus.radicand == 1
    return Diagnosis("power_of_pi" if only_pi else "factor", words, factor.latex)


def shown_number(value: float) -> str:
    """Return a number to four figures for people."""
    return f"{value:.4g}".replace("-", "−")


def raised(name: str, power: Fraction) -> str:
    """Return a symbol to a power: x, x², x^(−1/2)."""
    if power == 1:
        return name
    if power.denominator == 1:
        return name + str(power).translate(_SUPERSCRIPTS)
    return f"{name}^({power})".replace("-", "−")
