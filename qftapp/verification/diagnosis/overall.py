"""Ways of going wrong that concern the answer as a whole: a constant factor, the conjugate, the inverse, one part."""

from flint import acb

from qftapp.verification.diagnosis.factors import recognised
from qftapp.verification.diagnosis.facts import Facts, Row, are_close, is_close
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.wording import off_by, shown_number
from qftapp.verification.functions import is_real
from qftapp.verification.terms import Equality

EXACT = 1e-12
NEAR = 1e-2
"""A factor this near to 1 is a matter of rounding."""


def constant_ratio(facts: Facts, share: float) -> acb | None:
    """Return answer / gold where it is one number everywhere, None if it is not."""
    gold, answer = max(facts.pairs, key=lambda pair: float(abs(pair[0]).mid()), default=(acb(0), acb(0)))
    if gold == 0 or answer == 0:
        return None
    ratio = answer / gold
    for left, right in zip(facts.gold, facts.answer, strict=True):
        if not are_close(tuple(ratio * x for x in left), right, share):
            return None
    return ratio


def factor(facts: Facts) -> Diagnosis | None:
    """The answer is gold times a number physicists lose: −1, 2, 4π, i."""
    ratio = constant_ratio(facts, facts.share)
    if ratio is None:
        return None
    if facts.case.contract.equality is Equality.UP_TO_PHASE:
        ratio = acb(abs(ratio))
    found = recognised(ratio, facts.share)
    if found is None:
        return None
    if facts.case.contract.equality is Equality.UP_TO_SIGN and found.turns == 2:
        found = found.modulus
    return None if found.is_one else off_by(found)


def unnamed_factor(facts: Facts) -> Diagnosis | None:
    """The answer is gold times one number everywhere, though no number with a name."""
    ratio = constant_ratio(facts, facts.share)
    if ratio is None or facts.evidence < 3:
        return None
    size = float(abs(ratio).mid())
    if is_real(ratio) or is_close(acb(ratio.real), ratio, EXACT):
        sign = ", and of the wrong sign" if ratio.real < 0 and _sign_matters(facts) else ""
        if abs(size - 1) < NEAR:
            return None
        words = f"too large by {shown_number(size)}" if size > 1 else f"too small by {shown_number(1 / size)}"
        return Diagnosis("factor", f"{words} everywhere{sign}", f"{float(ratio.real.mid()):.6g}")
    if abs(size - 1) < facts.share:
        angle = float(ratio.arg().mid())
        return Diagnosis("phase", f"off by a constant phase of {shown_number(angle)}", f"e^{{{angle:.4g}i}}")
    return Diagnosis("factor", "off by a constant complex factor")


def _sign_matters(facts: Facts) -> bool:
    return facts.case.contract.equality is not Equality.UP_TO_SIGN


def conjugate(facts: Facts) -> Diagnosis | None:
    """The answer is the complex conjugate of gold."""
    if _is_real(facts.gold) or not facts.is_answer([tuple(x.conjugate() for x in row) for row in facts.gold]):
        return None
    return Diagnosis("conjugate", "the complex conjugate of the right answer")


def turned_conjugate(facts: Facts) -> Diagnosis | None:
    """The answer is the complex conjugate of gold times −1 or ±i."""
    if _is_real(facts.gold):
        return None
    for turn, text in ((acb(-1), "with the wrong sign"), (acb(0, 1), "times i"), (acb(0, -1), "times −i")):
        if facts.is_answer([tuple(turn * x.conjugate() for x in row) for row in facts.gold]):
            return Diagnosis("conjugate", f"the complex conjugate of the right answer {text}")
    return None


def inverse(facts: Facts) -> Diagnosis | None:
    """The answer is one over gold."""
    if any(x == 0 for row in facts.gold for x in row):
        return None
    for sign, text in ((1, ""), (-1, " with the wrong sign")):
        if facts.is_answer([tuple(sign / x for x in row) for row in facts.gold]):
            return Diagnosis("inverse", f"the inverse of the right answer{text}")
    return None


def one_part(facts: Facts) -> Diagnosis | None:
    """The answer is the real or imaginary part or the modulus of a complex gold."""
    if _is_real(facts.gold) or all(is_close(abs_of(x), x, EXACT) for row in facts.gold for x in row):
        return None
    parts = (
        ("real_part", "only the real part of the right answer", lambda x: acb(x.real)),
        ("imaginary_part", "only the imaginary part of the right answer", lambda x: acb(x.imag)),
        ("modulus", "only the modulus of the right answer", abs_of),
    )
    for code, words, part in parts:
        if facts.is_answer([tuple(map(part, row)) for row in facts.gold]):
            return Diagnosis(code, words)
    return None


def phase(facts: Facts) -> Diagnosis | None:
    """The modulus is right at every point, the phase is not."""
    if _is_real(facts.gold) and _is_real(facts.answer):
        return None
    if facts.evidence < 3 or not all(is_close(abs_of(g), abs_of(a), facts.share) for g, a in facts.pairs):
        return None
    return Diagnosis("phase", "the modulus is right, the phase is wrong")


def wrong_part(facts: Facts) -> Diagnosis | None:
    """The real part is right at every point and the imaginary part is not, or the other way round."""
    if _is_real(facts.gold) or facts.evidence < 3:
        return None
    for code, right, wrong in (("imaginary_part", "real", "imaginary"), ("real_part", "imaginary", "real")):
        sides = [(acb(getattr(g, right_of(right))), acb(getattr(a, right_of(right)))) for g, a in facts.pairs]
        if all(is_close(g, a, facts.share) for g, a in sides) and any(g != 0 for g, _ in sides):
            return Diagnosis(code, f"the {right} part is right, the {wrong} part is wrong")
    return None


def right_of(part: str) -> str:
    """Return the attribute of a ball that holds a part."""
    return "real" if part == "real" else "imag"


def zero(facts: Facts) -> Diagnosis | None:
    """The answer is 0 where gold is not."""
    if any(answer != 0 for _, answer in facts.pairs) or all(gold == 0 for gold, _ in facts.pairs):
        return None
    return Diagnosis("zero", "0, which the right answer is not")


def abs_of(number: acb) -> acb:
    """Return the modulus as a complex number."""
    return acb(abs(number))


def _is_real(rows: "tuple[Row, ...]") -> bool:
    return all(is_close(acb(x.real), x, EXACT) for row in rows for x in row)
