"""Numbers that are nearly right: rounded too early, another power of ten, units converted wrongly or not at all."""

import math
from fractions import Fraction

from flint import acb

from qftapp.verification import tree
from qftapp.verification.diagnosis.facts import Facts, is_close
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.overall import NEAR, constant_ratio
from qftapp.verification.diagnosis.wording import raised, shown_number
from qftapp.verification.tree import Node

CONVERSIONS: tuple[tuple[str, float], ...] = (
    ("ħc = 0.1973 GeV fm", 0.1973269804),
    ("(ħc)² = 0.3894 GeV² mb", 0.3893793721),
    ("the elementary charge (J and eV)", 1.602176634),
    ("the velocity of light", 2.99792458),
    ("ħ (in J s)", 1.054571817),
    ("ħ (in eV s)", 6.582119569),
    ("h (in J s)", 6.62607015),
    ("k_B (in J/K)", 1.380649),
    ("k_B (in eV/K)", 8.617333262),
)
MOST_TENS = 45
KNOWN = 2e-4
"""How well a ratio must fit a conversion."""
KNOWN_ALONE = 1e-5


def wrong_unit(facts: Facts) -> Diagnosis | None:
    """The answer has gold's number, but another unit."""
    if not facts.case.contract.unit or facts.gold_tree is None or facts.answer_tree is None:
        return None
    gold, answer = (_without_units(root) for root in (facts.gold_tree, facts.answer_tree))
    if gold == facts.gold_tree or answer == facts.answer_tree:
        return None
    numbers = facts.rows(gold)
    if numbers is None or not facts.becomes(answer, numbers):
        return None
    return Diagnosis("unit", "the number is right, the unit is wrong")


def _without_units(node: Node) -> Node:
    if isinstance(node, tree.Unit):
        return tree.ONE
    return tree.rebuilt(node, tuple(map(_without_units, tree.children(node))))


def power_of_ten(facts: Facts) -> Diagnosis | None:
    """The answer is gold times a power of ten: a unit's prefix."""
    ratio = constant_ratio(facts, facts.share)
    if ratio is None or not ratio.real > 0:
        return None
    tens = _tens(ratio)
    if tens == 0 or abs(tens) > MOST_TENS or not is_close(ratio, acb(10) ** tens, max(facts.share, KNOWN_ALONE)):
        return None
    words = f"too {'large' if tens > 0 else 'small'} by {raised_ten(abs(tens))}, a power of ten"
    has_unit = bool(facts.case.contract.unit)
    return Diagnosis("unit" if has_unit else "factor", words + ": a unit?" * has_unit, f"10^{{{tens}}}")


def raised_ten(tens: int) -> str:
    """Return 10, 10², 10³."""
    return "10" if tens == 1 else raised("10", Fraction(tens))


def conversion(facts: Facts) -> Diagnosis | None:
    """The answer is gold times a constant by which units are converted, and a power of ten."""
    ratio = constant_ratio(facts, facts.share)
    if ratio is None or not ratio.real > 0:
        return None
    known = KNOWN if facts.evidence >= 3 else KNOWN_ALONE
    for name, value in CONVERSIONS:
        for power in (1, -1):
            rest = ratio / acb(value) ** power
            tens = _tens(rest)
            if abs(tens) <= MOST_TENS and is_close(rest, acb(10) ** tens, known):
                state = "is missing" if power == -1 else "is one too many"
                ten = "" if tens == 0 else f", besides {raised('10', Fraction(tens))}"
                return Diagnosis(
                    "hbar_c", f"the conversion factor {name} {state}{ten}", f"{float(ratio.real.mid()):.6g}"
                )
    return None


def _tens(ratio: acb) -> int:
    return round(float((abs(ratio).log() / acb(10).log().real).mid()))


def hardly_off(facts: Facts) -> Diagnosis | None:
    """The answer is gold as far as anything below could tell: it has fewer figures than asked for."""
    return rounded(facts) if facts.is_answer(facts.gold) else None


def rounded(facts: Facts) -> Diagnosis | None:
    """The answer agrees with gold to a few figures everywhere."""
    if any(gold == 0 for gold, _ in facts.pairs):
        return None
    off = max(float(abs(answer / gold - 1).mid()) for gold, answer in facts.pairs)
    if not 0 < off < NEAR:
        return None
    if facts.evidence < 3 and not all(_is_rounding(gold, answer) for gold, answer in facts.pairs):
        return None
    figures = max(1, math.floor(-math.log10(2 * off)) + 1)
    words = f"agrees to {figures} figures only: rounded, or an approximation (it is off by {shown_number(100 * off)} %)"
    return Diagnosis("rounded", words)


def _is_rounding(gold: acb, answer: acb) -> bool:
    """Whether an answer is gold rounded or cut to fewer figures."""
    if gold.imag != 0 or answer.imag != 0:
        return False
    value, given = float(gold.real.mid()), float(answer.real.mid())
    if value == 0 or not math.isfinite(value) or not math.isfinite(given):
        return False
    for figures in range(1, 13):
        unit = 10.0 ** (math.floor(math.log10(abs(value))) + 1 - figures)
        if abs(given - round(value / unit) * unit) <= 1e-9 * abs(value) or abs(
            given - math.trunc(value / unit) * unit
        ) <= 1e-9 * abs(value):
            return True
    return False


def another_number(facts: Facts) -> Diagnosis | None:
    """A single number that is off by no factor with a name."""
    if facts.evidence != 1:
        return None
    gold, answer = facts.pairs[0]
    if gold == 0 or answer == 0 or gold.imag != 0 or answer.imag != 0:
        return None
    ratio = float((answer / gold).real.mid())
    size = abs(ratio)
    if not 1e-300 < size < 1e300:
        return None
    words = (
        f"too large by a factor {shown_number(size)}" if size > 1 else f"too small by a factor {shown_number(1 / size)}"
    )
    sign = ", and of the wrong sign" if ratio < 0 else ""
    return Diagnosis("number", f"{words}{sign}, no simple number", f"{ratio:.6g}")
