"""Comparing an answer with gold at all points at once.

| gold | answer | tolerance | verdict |
|---|---|---|---|
| 1e-9 | 5e-7 | relative 1e-6 | different: the tolerance is relative to gold, however small gold is |
| 3e20 | 3e20·(1 + 1e-12) | relative 1e-6 | equal |
| 1e-7 | False | any | different: a truth value is never a number |
| 0 | 1e-16 beside other values of size 1 | relative 1e-6 | equal: 1e-9 of the scale is allowed where gold is 0 |
| (x,) | x | any | equal |
| "infinity" | " Infinity" | – | equal: labels are compared without case and outer blanks |
| 1e-17 (floating) | 0 beside 1 in a vector, matrix or set | any | equal: gold means 0, the rest is rounding |
| nan | nan | any | gold is undefined there: the point is skipped |
| −π or π: a cut that the error bound straddles | π | any | in doubt at every precision, and never different |
| f | −f at some points, f at others | up to sign | different: the sign must be common to all points |
| [1, 2, 2] | [2, 1, 2] | as a set | equal; [1, 1, 2] is not, unless the kind is set |
"""

from collections.abc import Callable, Iterable, Sequence

from flint import acb, arb

from qftapp.verification.closeness import Match, close, fewest, permitted
from qftapp.verification.contract import Contract, Tolerance
from qftapp.verification.evaluation import BITS, working_precision
from qftapp.verification.kinds import conformed, folded, is_unordered, leaves
from qftapp.verification.matching import largest_matching
from qftapp.verification.records import record
from qftapp.verification.terms import Equality, Kind, Precision
from qftapp.verification.values import Collection, Scalar, Value, is_defined, is_unknown, shape, undefined

ROUNDED_BITS = 5
"""Of the bits of floating arithmetic, those at the end that rounding may spoil (double: 4e-15 of the largest entry)."""
ROUNDING = Tolerance(Precision.RELATIVE, 1e-10)
"""A tolerance that admits what rounding costs and nothing else."""


@record
class Comparison:
    """The result over all points; `index` is the first point at which the values differ or remain in doubt."""

    match: Match
    index: int | None = None
    reason: str = ""


Pair = tuple[Scalar, Scalar]

_ZERO, _NO_SCALE = acb(0), arb(0)
_INACCURATE = "its value cannot be computed accurately enough to be compared"


@record
class _Rows:
    """The numbers of gold and answer: one row per point, one pair per entry, with the scale where gold is 0."""

    pairs: Sequence[Sequence[Pair]]
    scales: Sequence[Sequence[arb]]


def compare(
    contract: Contract,
    gold: Sequence[Value],
    answers: Sequence[Value],
    *,
    bits: int = BITS[0],
    final: bool = True,
) -> Comparison:
    """Compare values of gold and answer at the same points, gold being defined at each, computed to `bits`.

    With `final`, no more precision can be had: zero within the error bound is zero, and an undefined answer is
    different. What remains in doubt then cannot be decided: an error bound straddles a branch cut, or no value was
    found.
    """
    with working_precision(bits):
        return _compare(contract, gold, answers, final)


def _compare(contract: Contract, gold: Sequence[Value], answers: Sequence[Value], final: bool) -> Comparison:
    fitted: list[Value] = []
    all_defined = True
    for index, (expected, answer) in enumerate(zip(gold, answers, strict=True)):
        if not is_defined(answer):
            if is_unknown(answer):
                return Comparison(Match.DOUBT, index, _INACCURATE)
            all_defined = False
        value = conformed(contract, expected, answer)
        if value is None:
            return Comparison(Match.DIFFERENT, index, f"the answer is {shape(answer)}, gold is {shape(expected)}")
        fitted.append(value)
    if not all_defined:
        index = next(index for index, answer in enumerate(answers) if not is_defined(answer))
        reason = f"the answer {undefined(answers[index])}"
        return Comparison(Match.DIFFERENT if final else Match.DOUBT, index, reason)
    return _compare_fitted(contract, gold, fitted, final)


def _compare_fitted(contract: Contract, gold: Sequence[Value], answers: Sequence[Value], final: bool) -> Comparison:
    if is_unordered(contract):
        return _worst(
            _compare_unordered(contract, expected, answer, final)
            for expected, answer in zip(gold, answers, strict=True)
        )
    pairs: list[list[Pair]] = []
    for index, (expected, answer) in enumerate(zip(gold, answers, strict=True)):
        if isinstance(expected, Scalar) and isinstance(answer, Scalar):
            pairs.append([(expected, answer)])
            continue
        row: list[Pair] = []
        for left, right in zip(leaves(expected), leaves(answer), strict=True):
            if isinstance(left, Scalar) and isinstance(right, Scalar):
                row.append((left, right))
            elif not _same_plain(left, right):
                return Comparison(Match.DIFFERENT, index)
        pairs.append(row)
    shared = contract.kind in (Kind.VECTOR, Kind.MATRIX, Kind.TENSOR)
    if shared:
        pairs = [_without_rounding(row) for row in pairs]
    mode = _compare_up_to_factor if contract.kind is Kind.EQUATION else _MODES[contract.equality]
    return mode(contract.tolerance, _Rows(pairs, _scales(pairs, shared)), final)


def _same_plain(gold: object, answer: object) -> bool:
    if isinstance(gold, str) and isinstance(answer, str):
        return folded(gold) == folded(answer)
    return isinstance(gold, bool) and gold is answer


def _without_rounding(row: Sequence[Pair]) -> list[Pair]:
    """Return a row in which entries of gold that are but the rounding of the largest one are 0."""
    flushed = flush([gold for gold, _ in row])
    return [(gold, answer) for gold, (_, answer) in zip(flushed, row, strict=True)]


def flush(numbers: Sequence[Scalar]) -> list[Scalar]:
    """Return the numbers of one object, those as 0 that are but the rounding of the largest."""
    if all(number.bits is None for number in numbers):
        return [*numbers]
    largest = largest_size(numbers)
    return [Scalar(acb(0), number.bits) if is_rounding(number, largest) else number for number in numbers]


def largest_size(numbers: Sequence[Scalar]) -> arb:
    """Return the greatest modulus, 0 if there are no numbers."""
    return _largest([number.ball.abs_upper() for number in numbers])


def is_rounding(number: Scalar, largest: arb) -> bool:
    """Whether a number from floating arithmetic is no larger than the rounding of `largest` and not 0."""
    if number.bits is None or number.ball == 0:
        return False
    return bool(number.ball.abs_upper() <= largest * arb(2) ** (ROUNDED_BITS - number.bits))


def _scales(pairs: Sequence[Sequence[Pair]], shared: bool) -> list[list[arb]]:
    """Return, for each number, the scale that its zero is measured on: it matters only where gold is 0 somewhere."""
    if not any(gold.ball.contains(_ZERO) for row in pairs for gold, _ in row):
        return [[_NO_SCALE] * len(row) for row in pairs]
    sizes = [[gold.ball.abs_upper() for gold, _ in row] for row in pairs]
    largest = [_largest(row) if shared else _NO_SCALE for row in sizes]
    if all(size > 0 for size in largest):
        return [[size] * len(row) for size, row in zip(largest, sizes, strict=True)]
    # A row may be shorter: gold can return a label where elsewhere it returns a number.
    columns = [_largest([row[n] for row in sizes if n < len(row)]) for n in range(max(map(len, sizes), default=0))]
    return [[size] * len(row) if size > 0 else columns[: len(row)] for size, row in zip(largest, sizes, strict=True)]


def _largest(sizes: Sequence[arb]) -> arb:
    largest = arb(0)
    for size in sizes:
        if not size <= largest:
            largest = largest.max(size)
    return largest


def _compare_values(tolerance: Tolerance, rows: _Rows, final: bool) -> Comparison:
    doubtful: Comparison | None = None
    for index, (row, scales) in enumerate(zip(rows.pairs, rows.scales, strict=True)):
        for (gold, answer), scale in zip(row, scales, strict=True):
            match = close(tolerance, gold, answer, scale, final)
            if match is Match.DIFFERENT:
                return Comparison(match, index)
            if match is Match.DOUBT and doubtful is None:
                doubtful = Comparison(match, index, _INACCURATE)
    return doubtful or Comparison(Match.EQUAL)


def _compare_up_to_sign(tolerance: Tolerance, rows: _Rows, final: bool) -> Comparison:
    same = _compare_values(tolerance, rows, final)
    if same.match is Match.EQUAL:
        return same
    opposite = [[(Scalar(-gold.ball, gold.bits), answer) for gold, answer in row] for row in rows.pairs]
    flipped = _compare_values(tolerance, _Rows(opposite, rows.scales), final)
    return flipped if flipped.match is Match.EQUAL or same.match is Match.DIFFERENT else same


def _compare_up_to_phase(tolerance: Tolerance, rows: _Rows, final: bool) -> Comparison:
    """Turn gold by the phase found where it is largest, then compare everywhere."""
    return _compare_turned(tolerance, rows, final, lambda ratio: ratio / abs(ratio))


def _compare_up_to_factor(tolerance: Tolerance, rows: _Rows, final: bool) -> Comparison:
    """Multiply gold by the ratio found where it is largest, then compare everywhere.

    Where the sides have components the factor may be another at every point: an equation of vectors or matrices stays
    the same when both sides are multiplied by a mass.
    """
    if any(len(row) > 1 for row in rows.pairs):
        return _worst(
            _compare_turned(tolerance, _Rows([row], [scales]), final, lambda ratio: ratio).match
            for row, scales in zip(rows.pairs, rows.scales, strict=True)
        )
    return _compare_turned(tolerance, rows, final, lambda ratio: ratio)


def _compare_turned(tolerance: Tolerance, rows: _Rows, final: bool, turn: Callable[[acb], acb]) -> Comparison:
    every = [pair for row in rows.pairs for pair in row]
    if not every:
        return Comparison(Match.EQUAL)
    gold, answer = max(every, key=lambda pair: _size(pair[0].ball))
    if gold.ball.contains(acb(0)) or answer.ball.contains(acb(0)):
        return _compare_values(tolerance, rows, final)
    phase = turn(answer.ball / gold.ball)
    turned = [
        [(Scalar(left.ball * phase, fewest(left, gold, answer)), right) for left, right in row] for row in rows.pairs
    ]
    scales = [[scale * abs(phase) for scale in row] for row in rows.scales]
    return _compare_values(tolerance, _Rows(turned, scales), final)


def _size(ball: acb) -> float:
    return float(abs(ball).mid())


def _compare_up_to_constant(tolerance: Tolerance, rows: _Rows, final: bool) -> Comparison:
    """Compare the changes from the first point to every other; one constant for each entry."""
    if len(rows.pairs) < 2:
        return Comparison(Match.DIFFERENT, 0, "a single point cannot fix an answer up to a constant")
    first = rows.pairs[0]
    if other := next((index for index, row in enumerate(rows.pairs) if len(row) != len(first)), None):
        return Comparison(Match.DIFFERENT, other, "gold has another shape here than at the first point")
    changes = [[_change(*pairs) for pairs in zip(first, row, strict=True)] for row in rows.pairs[1:]]
    columns = zip(*changes, strict=True)
    largest = [max((gold for gold, _ in column), key=lambda change: _size(change.ball)) for column in columns]
    found = []
    for row, changed_row in zip(rows.pairs[1:], changes, strict=True):
        matches = []
        for pair_0, pair, (change, changed), most in zip(first, row, changed_row, largest, strict=True):
            scale = abs(pair[0].ball) + abs(pair_0[0].ball)
            # Rounding excuses no more than the tolerance does, or 1e30 would be every answer and its constant.
            noise = _noise(pair[0], pair_0[0]) + _noise(pair[1], pair_0[1])
            noise = noise.min(permitted(tolerance, most, changed, scale))
            matches.append(close(tolerance, change, changed, scale, final, noise))
        found.append(_worst_match(matches))
    worst = _worst(found)
    return Comparison(worst.match, None if worst.index is None else worst.index + 1, worst.reason)


def _change(before: Pair, after: Pair) -> Pair:
    """Return by how much gold and the answer change from one point to another."""
    gold, answer = (Scalar(new.ball - old.ball, fewest(new, old)) for old, new in zip(before, after, strict=True))
    return gold, answer


def _noise(*numbers: Scalar) -> arb:
    """Return what rounding may have cost the difference of two numbers."""
    bits = fewest(*numbers)
    if bits is None:
        return arb(0)
    return sum((number.ball.abs_upper() for number in numbers), arb(0)) * arb(2) ** (2 - bits)


_MODES: dict[Equality, Callable[[Tolerance, _Rows, bool], Comparison]] = {
    Equality.VALUE: _compare_values,
    Equality.UP_TO_SIGN: _compare_up_to_sign,
    Equality.UP_TO_PHASE: _compare_up_to_phase,
    Equality.UP_TO_CONSTANT: _compare_up_to_constant,
}


def _worst(matches: Iterable[Match]) -> Comparison:
    """Return different if any point is, else doubt if any is, with the first such point."""
    doubtful: Comparison | None = None
    for index, match in enumerate(matches):
        if match is Match.DIFFERENT:
            return Comparison(match, index)
        if match is Match.DOUBT and doubtful is None:
            doubtful = Comparison(match, index, _INACCURATE)
    return doubtful or Comparison(Match.EQUAL)


def _worst_match(matches: Iterable[Match]) -> Match:
    return _worst(matches).match


def _compare_unordered(contract: Contract, gold: Value, answer: Value, final: bool) -> Match:
    """Match the elements of two collections one to one, whatever their order."""
    assert isinstance(gold, Collection)
    assert isinstance(answer, Collection)
    left, right = _flushed(gold.items), list(answer.items)
    scale = _largest([leaf.ball.abs_upper() for item in left for leaf in leaves(item) if isinstance(leaf, Scalar)])
    if contract.kind is Kind.SET:
        left = _distinct(left, len(left), scale, final)
        right = _distinct(right, len(left), scale, final)
    if len(left) != len(right):
        return Match.DIFFERENT
    table = [[_same_item(contract.tolerance, item, other, scale, final) for other in right] for item in left]
    for accepted, verdict in (((Match.EQUAL,), Match.EQUAL), ((Match.EQUAL, Match.DOUBT), Match.DOUBT)):
        allowed = [[index for index, match in enumerate(row) if match in accepted] for row in table]
        if largest_matching(allowed) == len(left):
            return verdict
    return Match.DIFFERENT


def _flushed(items: Sequence[Value]) -> list[Value]:
    numbers = [item for item in items if isinstance(item, Scalar)]
    return [*flush(numbers)] if len(numbers) == len(items) else [*items]


def _distinct(items: list[Value], most: int, scale: arb, final: bool) -> list[Value]:
    """Leave out repetitions; elements that merely lie near each other stay. After one more than `most`, stop."""
    kept: list[Value] = []
    for item in items:
        if len(kept) > most:
            break
        if not any(_same_item(ROUNDING, other, item, scale, final) is Match.EQUAL for other in kept):
            kept.append(item)
    return kept


def _same_item(tolerance: Tolerance, gold: Value, answer: Value, scale: arb, final: bool) -> Match:
    left, right = leaves(gold), leaves(answer)
    if len(left) != len(right):
        return Match.DIFFERENT
    return _worst_match(_same_leaf(tolerance, *pair, scale, final) for pair in zip(left, right, strict=True))


def _same_leaf(tolerance: Tolerance, gold: object, answer: object, scale: arb, final: bool) -> Match:
    if isinstance(gold, Scalar) and isinstance(answer, Scalar):
        return close(tolerance, gold, answer, scale, final)
    return Match.EQUAL if _same_plain(gold, answer) else Match.DIFFERENT
