"""Whether two numbers are the same within a tolerance."""

import math
from enum import Enum

from flint import acb, arb, ctx

from qftapp.verification.contract import Tolerance
from qftapp.verification.terms import Precision
from qftapp.verification.values import Scalar

ZERO_SHARE = 1e-9
"""Where gold is 0, an answer may be this share of the scale: the largest |gold| in the same vector or matrix, else the
largest |gold| of the same entry at any point, else 1."""
EXACT_SHARE = 0.57
"""Of the bits of floating arithmetic, the share that an exact answer computed in it must have right (double: 1e-9)."""
_ZERO = acb(0)


class Match(Enum):
    """Whether two values are the same; doubt asks for more precision."""

    EQUAL = "equal"
    DIFFERENT = "different"
    DOUBT = "doubt"


def close(
    tolerance: Tolerance, gold: Scalar, answer: Scalar, scale: arb, final: bool, noise: arb | None = None
) -> Match:
    """Compare two numbers; `scale` matters only where gold is 0, `noise` is what rounding may add."""
    if not answer.ball.is_finite():
        return Match.DOUBT
    if answer.ball == gold.ball:  # both exact, as the many zeros of a tensor
        return Match.EQUAL
    error = abs(answer.ball - gold.ball)
    if tolerance.kind is Precision.EXACT and fewest(gold, answer) is None and error > 0:
        return Match.DIFFERENT
    is_zero = gold.ball.contains(_ZERO)
    if is_zero and not (final or gold.ball == 0):
        return Match.DOUBT
    limit = _zero_limit(tolerance, gold, answer, scale) if is_zero else _limit(tolerance, gold, answer)
    limit = limit if noise is None else limit + noise
    return Match.EQUAL if error <= limit else Match.DIFFERENT if error > limit else Match.DOUBT


def permitted(tolerance: Tolerance, gold: Scalar, answer: Scalar, scale: arb) -> arb:
    """Return the greatest permitted error."""
    if gold.ball.contains(_ZERO):
        return _zero_limit(tolerance, gold, answer, scale)
    return _limit(tolerance, gold, answer)


def _limit(tolerance: Tolerance, gold: Scalar, answer: Scalar) -> arb:
    """Return the greatest permitted error where gold is not 0."""
    size = abs(gold.ball)
    if tolerance.kind is Precision.RELATIVE:
        return size * (tolerance.value or 0)
    if tolerance.kind is Precision.SIGNIFICANT_FIGURES:
        leading = math.floor(float((size.log() / arb(10).log()).mid()) + 1e-12)
        return arb(10) ** (leading + 1 - int(tolerance.value or 1)) * (0.5 + 1e-9)
    limit = size * arb(2) ** -_exact_bits(gold, answer)
    is_whole = any(number.bits is None and number.ball.is_exact() for number in (gold, answer))
    # Two whole numbers are never the same because they are large.
    return limit.min(arb(0.25)) if is_whole and fewest(gold, answer) is not None else limit


def _exact_bits(gold: Scalar, answer: Scalar) -> int:
    bits = fewest(gold, answer)
    return int(ctx.prec) // 2 if bits is None else int(EXACT_SHARE * bits)


def _zero_limit(tolerance: Tolerance, gold: Scalar, answer: Scalar, scale: arb) -> arb:
    if tolerance.kind is Precision.EXACT and fewest(gold, answer) is None:
        return arb(2) ** -_exact_bits(gold, answer)
    share = min(ZERO_SHARE, tolerance.value or 1) if tolerance.kind is Precision.RELATIVE else ZERO_SHARE
    return (scale if scale > 0 else arb(1)) * share


def fewest(*numbers: Scalar) -> int | None:
    """Return the bits of the coarsest floating arithmetic that some numbers went through, None if all are exact."""
    return min((number.bits for number in numbers if number.bits is not None), default=None)
