"""Whether an answer that was accepted is right, decided otherwise than by the verifier's own comparison.

Gold and answer are computed at many more points, to more figures, and their numbers compared one by one.
"""

import itertools

from flint import acb, arb

from qftapp.verification import Contract
from qftapp.verification.answers import gold_of, read_answer
from qftapp.verification.evaluation import working_precision
from qftapp.verification.extract import Answer, extract
from qftapp.verification.kinds import folded, is_unordered, leaves
from qftapp.verification.points import sample
from qftapp.verification.solutions import Values, compute
from qftapp.verification.terms import Equality, Precision
from qftapp.verification.values import Scalar, Value, is_defined

POINTS = 100
BITS = 512
SEED = 20_011
SECONDS = 60.0
FLOATING = 1e-9
"""What counts as the same where floating arithmetic was used."""
PRECISE = 1e-60


class Undecided(Exception):
    """Gold cannot be computed to so many figures in time."""


def worst_error(contract: Contract, response: str) -> float:
    """Return the greatest error, relative to gold, of a response over all points and readings; inf if it has no value.

    An error common to all points is forgiven where the contract says so. Raises Undecided.
    """
    found = extract(response, contract.entry_point)
    assert isinstance(found, Answer)
    points = sample(contract, POINTS, SEED)
    gold = compute(contract, gold_of(contract), points, SECONDS, BITS)
    kept = gold.defined()
    if not kept:
        raise Undecided
    errors = [0.0]
    for solution in itertools.chain.from_iterable(read_answer(found, contract)):
        answer = compute(contract, solution, points, SECONDS, BITS)
        errors.append(_error(contract, _kept(gold, kept), _kept(answer, kept)))
    return max(errors)


def permitted(contract: Contract) -> float:
    """Return the relative error that the contract permits."""
    tolerance = contract.tolerance
    if tolerance.kind is Precision.RELATIVE:
        return float(tolerance.value or 0)
    if tolerance.kind is Precision.SIGNIFICANT_FIGURES:
        return 0.5 * 10.0 ** (1 - int(tolerance.value or 1))
    return FLOATING if contract.gold.is_python else PRECISE


def _kept(values: Values, kept: list[int]) -> list[Value]:
    return [values.values[index] for index in kept]


def _error(contract: Contract, gold: list[Value], answers: list[Value]) -> float:
    if not all(map(is_defined, answers)):
        return float("inf")
    rows = [(leaves(expected), leaves(answer)) for expected, answer in zip(gold, answers, strict=True)]
    with working_precision(BITS):
        if any(len(left) != len(right) for left, right in rows) and not is_unordered(contract):
            return float("inf")
        if is_unordered(contract):
            return max(_unordered(*row) for row in rows)
        if contract.equality is not Equality.VALUE:
            rows = _fitted(contract.equality, rows)
        return max(_ordered(*row) for row in rows)


def _ordered(gold: list[object], answer: list[object]) -> float:
    largest = max((float(abs(number.ball).mid()) for number in gold if isinstance(number, Scalar)), default=0.0)
    return max(_apart(*pair, largest) for pair in zip(gold, answer, strict=True))


def _unordered(gold: list[object], answer: list[object]) -> float:
    """Return how far the worst element is from the nearest on the other side."""
    largest = max((float(abs(number.ball).mid()) for number in gold if isinstance(number, Scalar)), default=0.0)
    one_way = [min((_apart(g, a, largest) for a in answer), default=float("inf")) for g in gold]
    other = [min((_apart(g, a, largest) for g in gold), default=float("inf")) for a in answer]
    return max([*one_way, *other], default=0.0)


def _apart(gold: object, answer: object, scale: float) -> float:
    """Return the error relative to gold, to the scale where gold is 0."""
    if not isinstance(gold, Scalar) or not isinstance(answer, Scalar):
        same = folded(gold) == folded(answer) if isinstance(gold, str) and isinstance(answer, str) else gold is answer
        return 0.0 if same else float("inf")
    error = abs(answer.ball - gold.ball)
    if error.contains(0):
        return 0.0
    size = abs(gold.ball)
    return float((error / (arb(scale or 1) * 1e9 if size.contains(0) else size)).mid())


def _fitted(
    equality: Equality, rows: list[tuple[list[object], list[object]]]
) -> list[tuple[list[object], list[object]]]:
    """Return the rows with gold brought to the sign, phase or constant of the answer at its largest number."""
    pairs = [
        (g.ball, a.ball) for gold, answer in rows for g, a in zip(gold, answer, strict=True) if isinstance(g, Scalar)
    ]
    gold, answer = max(pairs, key=lambda pair: float(abs(pair[0]).mid()))
    factor, shift = acb(1), acb(0)
    if equality is Equality.UP_TO_CONSTANT:
        shift = answer - gold
    elif equality is Equality.UP_TO_PHASE:
        factor = (answer / gold) / abs(answer / gold)
    elif float((answer / gold).real.mid()) < 0:
        factor = acb(-1)
    return [
        ([Scalar(g.ball * factor + shift, g.bits) if isinstance(g, Scalar) else g for g in left], right)
        for left, right in rows
    ]
