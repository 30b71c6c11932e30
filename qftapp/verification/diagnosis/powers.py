"""The answer is gold times a product of powers of the symbols: a missing mass, a coupling too many."""

from collections.abc import Sequence
from fractions import Fraction

from flint import acb, arb, arb_mat

from qftapp.verification import tree
from qftapp.verification.diagnosis.factors import Factor, recognised
from qftapp.verification.diagnosis.facts import Facts, is_close
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.diagnosis.normal import product
from qftapp.verification.diagnosis.terms import difference
from qftapp.verification.diagnosis.wording import size_words
from qftapp.verification.drawn import Drawn
from qftapp.verification.tree import Node, Number, Power, Variable
from qftapp.verification.values import Point

SPARE = 3
HIGHEST = 8


def missing_power(facts: Facts) -> Diagnosis | None:
    """The ratio of answer and gold is a monomial in the symbols, with a factor that has a name."""
    return _of_ratio(facts, is_named=True)


def unnamed_power(facts: Facts) -> Diagnosis | None:
    """The ratio of answer and gold is a monomial in the symbols, with any factor."""
    return _of_ratio(facts, is_named=False)


def _ratio(facts: Facts) -> tuple[dict[str, Fraction], Factor | None] | None:
    indices, ratios = [], []
    for index, rows in enumerate(zip(facts.gold, facts.answer, strict=True)):
        pairs = [(gold, answer) for gold, answer in zip(*rows, strict=True) if gold != 0 or answer != 0]
        if any(gold == 0 or answer == 0 for gold, answer in pairs):
            return None
        row = [answer / gold for gold, answer in pairs]
        if any(not is_close(x, row[0], facts.share) for x in row[1:]):
            return None
        if row:
            indices.append(index)
            ratios.append(row[0])
    return monomial(facts, indices, ratios)


def _of_ratio(facts: Facts, *, is_named: bool) -> Diagnosis | None:
    found = facts.once(_ratio)
    if found is None or is_named is (found[1] is None):
        return None
    if is_named and found[1] != Factor() and all(row == facts.answer[0] for row in facts.answer):
        # A number in place of a function lacks more than a power.
        return None
    powers, factor = found
    ratio = _product_of(powers)
    by = f"off by the factor {facts.text.write(ratio)}" if _is_mixed(powers) else _one_sided(facts, powers)
    if factor is None:
        words = f"{by}, and the numerical factor is wrong"
    elif factor.is_one:
        words = by
    else:
        sign = ", and of the wrong sign" if factor.turns == 2 else ""
        size = "" if factor.is_unit else f", and it is {size_words(factor.modulus)}"
        words = f"{by}{size}{sign}" if factor.turns % 2 == 0 else f"{by}, and by {factor.text}"
    return Diagnosis("missing_power", words, facts.latex.write(_with(factor, ratio)))


def _one_sided(facts: Facts, powers: dict[str, Fraction]) -> str:
    """Return "a factor m² is missing" or "a factor g is one too many"."""
    if all(power < 0 for power in powers.values()):
        lacking = _product_of({name: -power for name, power in powers.items()})
        return f"a factor {facts.text.write(lacking)} is missing"
    return f"a factor {facts.text.write(_product_of(powers))} is one too many"


def _is_mixed(powers: dict[str, Fraction]) -> bool:
    return len({power > 0 for power in powers.values()}) == 2


def other_term(facts: Facts) -> Diagnosis | None:
    """Answer and gold differ by a monomial in the symbols."""
    changes = difference(facts)
    if any(len(row) != 1 or row[0] == 0 for row in changes):
        return None
    # What rounding leaves of two numbers is no term.
    if any(abs(row[0]) < abs(gold[0]) * 1e-7 for row, gold in zip(changes, facts.gold, strict=True)):
        return None
    found = monomial(facts, range(len(changes)), [row[0] for row in changes])
    if found is None or found[1] is None:
        return None
    term = _with(found[1], _product_of(found[0]))
    return Diagnosis("other_term", f"off by the term {facts.text.write(term)}", facts.latex.write(term))


def monomial(
    facts: Facts, indices: Sequence[int], values: list[acb]
) -> tuple[dict[str, Fraction], Factor | None] | None:
    """Return the powers of the symbols and the factor whose product the values at some points are, None if none.

    The factor is None if it has no name. At least one power is not 0.
    """
    names = _symbols_that_scale(facts)
    if not names or len(values) < len(names) + 1 + SPARE:
        return None
    points = [facts.points[index] for index in indices]
    powers = _powers(points, names, values)
    if not powers:
        return None
    rest = [value / _monomial_at(powers, point) for value, point in zip(values, points, strict=True)]
    if not all(is_close(part, rest[0], facts.share) for part in rest):
        return None
    return powers, recognised(rest[0], facts.share)


def _symbols_that_scale(facts: Facts) -> list[str]:
    """Return the symbols with a number as value that is never 0."""
    first = facts.points[0]
    names = [name for name in first if isinstance(first[name], int | float | complex)]
    if facts.gold_tree is not None and facts.answer_tree is not None:
        present = tree.variables(facts.gold_tree) | tree.variables(facts.answer_tree)
        names = [name for name in names if name in present]
    return [name for name in names if all(point[name] != 0 for point in facts.points)]


def _powers(points: Sequence[Point], names: list[str], values: list[acb]) -> dict[str, Fraction] | None:
    """Fit log|value| by the logarithms of the symbols; the powers must be halves."""
    rows = [[abs(_ball(point, name)).log() for name in names] + [arb(1)] for point in points]
    wanted = [abs(value).log() for value in values]
    width = range(len(names) + 1)
    left = arb_mat([[sum((row[i] * row[j] for row in rows), arb(0)) for j in width] for i in width])
    right = arb_mat([[sum((row[i] * want for row, want in zip(rows, wanted, strict=True)), arb(0))] for i in width])
    try:
        solved = left.solve(right)
    except ZeroDivisionError:
        return None
    powers = {}
    for index, name in enumerate(names):
        found = float(solved[index, 0].mid())
        if not abs(found) < HIGHEST + 0.1 or abs(2 * found - round(2 * found)) > 1e-4:
            return None
        if power := Fraction(round(2 * found), 2):
            powers[name] = power
    return powers


def _monomial_at(powers: dict[str, Fraction], point: Point) -> acb:
    number = acb(1)
    for name, power in powers.items():
        base = _ball(point, name)
        number *= base ** int(power) if power.denominator == 1 else acb(abs(base)).sqrt() ** power.numerator
    return number


def _ball(point: Point, name: str) -> acb:
    value = point[name]
    assert not isinstance(value, tuple | Drawn)
    return acb(value)


def _product_of(powers: dict[str, Fraction]) -> Node:
    return product([Power(Variable(name), Number(power)) for name, power in powers.items()])


def _with(factor: Factor | None, node: Node) -> Node:
    """Return the node times the factor."""
    if factor is None or factor.is_one:
        return node
    parts: list[Node] = [Number(-factor.ratio if factor.turns >= 2 else factor.ratio)]
    if factor.radicand != 1:
        parts.append(Power(Number(Fraction(factor.radicand)), Number(Fraction(1, 2))))
    if factor.pi_halves:
        parts.append(Power(tree.Constant("pi"), Number(Fraction(factor.pi_halves, 2))))
    if factor.turns % 2:
        parts.append(tree.Constant("i"))
    return product([*parts, node])
