"""Ways of going wrong in one or a few terms: dropped, of the wrong sign, off by a factor, one too many."""

from collections.abc import Sequence

from flint import acb, acb_mat

from qftapp.verification.diagnosis.factors import Factor, recognised
from qftapp.verification.diagnosis.facts import Facts, Row, is_close, largest
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.normal import Term, coefficient, expanded, times
from qftapp.verification.diagnosis.wording import size_words
from qftapp.verification.records import record
from qftapp.verification.tree import MINUS_ONE, Node

MOST = 10
"""Terms that a fit may have."""
SPARE = 2
"""Numbers there must be beyond the terms fitted, so that a fit means something."""


@record
class Fit:
    """The answer as a sum of gold's terms, each times a factor (None = no simple one)."""

    terms: Sequence[Term]
    factors: Sequence[Factor | None]
    zeros: Sequence[bool]

    @property
    def wrong(self) -> list[int]:
        """The terms that are not as in gold."""
        return [
            index
            for index, (factor, zero) in enumerate(zip(self.factors, self.zeros, strict=True))
            if zero or factor is None or not factor.is_one
        ]


def one_term(facts: Facts) -> Diagnosis | None:
    """One term of gold is missing or has another factor, the rest is right."""
    fit = facts.once(fitted)
    if fit is None or len(fit.wrong) != 1 or len(fit.terms) < 2:
        return None
    index = fit.wrong[0]
    return of_term(facts, fit.terms[index].name, fit.factors[index], dropped=fit.zeros[index])


def of_term(facts: Facts, term: Node, factor: Factor | None, *, dropped: bool = False, where: str = "") -> Diagnosis:
    """Return the diagnosis of an answer in which a term is missing or times a factor other than 1 (None: unknown)."""
    name = facts.text.write(_without_sign(term) if factor == Factor(turns=2) else term)
    name = f"the term {name}{where}" if name else f"a term{where}"
    latex = facts.latex.write(term)
    if dropped:
        return Diagnosis("dropped_term", f"{name} is missing", latex)
    if factor is None:
        return Diagnosis("term_factor", f"the coefficient of {name} is wrong", latex)
    if factor == Factor(turns=2):
        return Diagnosis("term_sign", f"the sign of {name} is wrong", latex)
    if factor.turns % 2:
        return Diagnosis("term_factor", f"{name} is off by {factor.text}", latex)
    sign = " and of the wrong sign" if factor.turns == 2 else ""
    return Diagnosis("term_factor", f"{name} is {size_words(factor.modulus)}{sign}", latex)


def _without_sign(term: Node) -> Node:
    return times(MINUS_ONE, term) if coefficient(term) < 0 else term


def several_summands(facts: Facts) -> Diagnosis | None:
    """Two or three terms that stand in gold side by side have another factor; no single slip does that."""
    fit = facts.once(fitted)
    return several_terms(facts) if fit is not None and all(term.brackets < 2 for term in fit.terms) else None


def several_terms(facts: Facts) -> Diagnosis | None:
    """Two or three terms of gold, multiplied out, have another factor, the rest is right."""
    fit = facts.once(fitted)
    if fit is None or not 2 <= len(fit.wrong) <= 3 or len(fit.wrong) == len(fit.terms):
        return None
    kinds = {None if fit.zeros[index] else fit.factors[index] for index in fit.wrong}
    nodes = [fit.terms[index].name for index in fit.wrong]
    if kinds == {Factor(turns=2)}:
        nodes = [_without_sign(node) for node in nodes]
    names = [facts.text.write(node) or "another" for node in nodes]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    latex = r",\ ".join(map(facts.latex.write, nodes))
    if all(fit.zeros[index] for index in fit.wrong):
        return Diagnosis("dropped_term", f"the terms {listed} are missing", latex)
    if kinds == {Factor(turns=2)}:
        return Diagnosis("term_sign", f"the signs of the terms {listed} are wrong", latex)
    return Diagnosis("term_factor", f"the coefficients of the terms {listed} are wrong", latex)


def fitted(facts: Facts) -> Fit | None:
    """Return the answer as a sum of gold's terms, None if it is none or the terms are too many to tell."""
    if facts.gold_tree is None or facts.evidence < 3:
        return None
    terms = expanded(facts.gold_tree)
    if not 2 <= len(terms) <= min(MOST, facts.evidence - SPARE):
        return None
    columns = []
    for term in terms:
        rows = facts.rows(term.node)
        if rows is None or any(len(row) != len(want) for row, want in zip(rows, facts.answer, strict=True)):
            return None
        columns.append(rows)
    found = _least_squares(columns, facts.answer)
    if found is None or not facts.is_answer(_mixed(found, columns)):
        return None
    zeros = [_is_nothing(c, column, facts) for c, column in zip(found, columns, strict=True)]
    named = [recognised(c, facts.share) for c in found]
    # The named coefficients must explain the answer, not the fitted ones: those may hide what is wrong.
    used = [
        acb(0) if zero else c if name is None else name.value for c, name, zero in zip(found, named, zeros, strict=True)
    ]
    return Fit(terms, named, zeros) if facts.is_answer(_mixed(used, columns)) else None


def _mixed(coefficients: Sequence[acb], columns: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the sum of the columns times their coefficients."""
    return [
        tuple(
            sum((c * x for c, x in zip(coefficients, entries, strict=True)), acb(0))
            for entries in zip(*rows, strict=True)
        )
        for rows in zip(*columns, strict=True)
    ]


def _is_nothing(coefficient: acb, column: Sequence[Row], facts: Facts) -> bool:
    """Whether a term with this coefficient would be lost in the answer everywhere."""
    return all(
        abs(coefficient) * largest(row) <= largest(wanted) * facts.share
        for row, wanted in zip(column, facts.answer, strict=True)
    )


def _least_squares(columns: Sequence[Sequence[Row]], wanted: Sequence[Row]) -> list[acb] | None:
    """Return the coefficients of the columns that come nearest to what is wanted, each row on its own scale."""
    weights = [1 / size if (size := largest(row)) > 0 else acb(1) for row in wanted]
    flat = [[weight * x for row, weight in zip(column, weights, strict=True) for x in row] for column in columns]
    target = [weight * x for row, weight in zip(wanted, weights, strict=True) for x in row]
    left = acb_mat([[_product(first, second) for second in flat] for first in flat])
    right = acb_mat([[_product(first, target)] for first in flat])
    try:
        solved = left.solve(right)
    except ZeroDivisionError:
        return None
    found = [solved[index, 0] for index in range(len(columns))]
    if not all(c.is_finite() and c.rad() < 1e-12 for c in found):
        return None
    return [acb(c.real.mid(), c.imag.mid()) for c in found]


def _product(left: Sequence[acb], right: Sequence[acb]) -> acb:
    return sum((x.conjugate() * y for x, y in zip(left, right, strict=True)), acb(0))


def extra_term(facts: Facts) -> Diagnosis | None:
    """The answer is gold and one term more, which stands in it."""
    if facts.answer_tree is None:
        return None
    terms = expanded(facts.answer_tree)
    if not 2 <= len(terms) <= MOST:
        return None
    changes = difference(facts)
    for term in terms:
        if facts.becomes(term.node, changes):
            name = facts.text.write(term.node)
            words = f"the term {name} is one too many" if name else "there is a term too many"
            return Diagnosis("extra_term", words, facts.latex.write(term.node))
    return None


def difference(facts: Facts) -> list[Row]:
    """Return answer − gold."""
    return [tuple(a - g for g, a in zip(*rows, strict=True)) for rows in zip(facts.gold, facts.answer, strict=True)]


def additive_constant(facts: Facts) -> Diagnosis | None:
    """The answer differs from gold by the same number everywhere, though gold varies."""
    if facts.evidence < 4 or len(facts.gold[0]) != 1 or all(row == facts.gold[0] for row in facts.gold):
        return None
    changes = [row[0] for row in difference(facts)]
    scale = largest(x for row in facts.answer for x in row)
    if not all(is_close(change, changes[0], facts.share, scale * 1e-12) for change in changes):
        return None
    named = recognised(changes[0], facts.share)
    if named is None:
        return Diagnosis("additive_constant", "off by an additive constant")
    return Diagnosis("additive_constant", f"off by the additive constant {named.text}", named.latex)
