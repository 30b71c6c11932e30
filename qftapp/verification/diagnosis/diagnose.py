"""All ways of going wrong in the order in which they are tried: what is exact before what is approximate.

| asked | module |
|---|---|
| is the ratio of answer and gold a constant; conjugate, inverse, one part? | overall, figures |
| is one of gold's terms missing or off, is there one more? | terms |
| are symbols exchanged, replaced, rescaled; is a power of one missing? | exchanges, powers |
| is one thing inside the expression changed? | slips, edits |
| is it right on part of the domain, or on another branch? | regions |
| is it right in a limit only, to a few figures only? | limits, figures |
| what does it depend on? | dependence |
"""

import time
from collections.abc import Callable

from qftapp.verification.diagnosis import (
    dependence,
    entries,
    exchanges,
    figures,
    limits,
    overall,
    powers,
    regions,
    slips,
    terms,
)
from qftapp.verification.diagnosis.case import Case
from qftapp.verification.diagnosis.facts import Facts
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.evaluation import BITS, TooSlow, working_precision

SECONDS = 0.5
"""A diagnosis that is not found in this time is not given."""

Way = Callable[[Facts], Diagnosis | None]

WAYS: tuple[Way, ...] = (
    figures.hardly_off,
    overall.zero,
    figures.wrong_unit,
    figures.power_of_ten,
    overall.factor,
    figures.conversion,
    overall.conjugate,
    overall.inverse,
    overall.one_part,
    terms.one_term,
    terms.extra_term,
    slips.one_factor,
    exchanges.swapped,
    exchanges.turned_round,
    exchanges.replaced,
    exchanges.other_metric,
    powers.missing_power,
    terms.several_summands,
    slips.one_slip,
    exchanges.rescaled,
    overall.turned_conjugate,
    terms.several_terms,
    terms.additive_constant,
    powers.other_term,
    overall.unnamed_factor,
    regions.branch,
    regions.other_root,
    regions.part_of_domain,
    dependence.constant,
    powers.unnamed_power,
    limits.leading_order,
    regions.some_points,
    figures.rounded,
    overall.wrong_part,
    overall.phase,
    dependence.extra_symbol,
    dependence.missing_symbol,
    figures.another_number,
)


def diagnose(case: Case, *, seconds: float = SECONDS) -> Diagnosis | None:
    """Return what is wrong with a wrong answer, None if nothing can be said for certain; never raises."""
    try:
        return find(case, time.monotonic() + seconds)
    except Exception:
        # The verdict stands without an explanation; no answer, however odd, may take it away.
        return None


def find(case: Case, stop_at: float = float("inf")) -> Diagnosis | None:
    """Return the diagnosis, with whatever the evaluation of odd trees raises."""
    with working_precision(BITS[0]):
        try:
            return entries.by_entries(case, stop_at, of_numbers)
        except TooSlow:
            return None


def of_numbers(case: Case, stop_at: float) -> Diagnosis | None:
    """Return the diagnosis of an answer that has numbers where gold has, taken as a whole."""
    facts = Facts.of(case, stop_at)
    if facts is None or not facts.points:
        return None
    return next((found for way in WAYS if (found := way(facts)) is not None), None)
