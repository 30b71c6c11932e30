"""Wrong answers made from gold's own values; the comparison that judges answers must refuse each.

A mutant that is accepted is harmless only if it *is* the same answer under the declared equality: −f up to sign, t and
u exchanged in a symmetric amplitude, twice 0. That is so if it is accepted at a relative tolerance of 1e-10 as well.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from flint import acb

from qftapp.verification.closeness import Match
from qftapp.verification.compare import ROUNDING, compare
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS, working_precision
from qftapp.verification.functions import Ball
from qftapp.verification.terms import Kind
from qftapp.verification.values import Collection, Scalar, Value, is_defined, is_matrix, scalars

MOST_ENTRIES = 12


@dataclass(frozen=True, slots=True)
class Mutant:
    """Altered values at the points `indices`; `title` completes "the answer …"; `harmless` says why one may survive."""

    code: str
    title: str
    indices: tuple[int, ...]
    values: tuple[Value, ...]
    harmless: str


def survives(contract: Contract, gold: Sequence[Value], mutant: Mutant) -> bool:
    """Whether the mutant is accepted for gold (its values at the same points)."""
    if not all(map(is_defined, mutant.values)):
        return False
    return compare(contract, gold, mutant.values).match is Match.EQUAL


def is_same_answer(contract: Contract, gold: Sequence[Value], mutant: Mutant) -> bool:
    """Whether the mutant is gold itself under the declared equality, not merely near it."""
    return survives(tightened(contract), gold, mutant)


def tightened(contract: Contract) -> Contract:
    """Return the contract with a tolerance that admits rounding only."""
    return replace(contract, tolerance=ROUNDING)


def from_values(contract: Contract, indices: Sequence[int], gold: Sequence[Value]) -> Iterator[Mutant]:
    """Yield the mutants that need nothing but gold's values at the points `indices`."""
    where = tuple(indices)
    # Made at once: a generator that stops in between would go on holding the precision of the whole process.
    with working_precision(BITS[0]):
        made = [
            Mutant(code, title, where, tuple(mapped(value, change) for value in gold), harmless)
            for code, title, change, harmless in _changes(gold)
        ]
        made.extend(_entry_mutants(where, gold))
    yield from made
    if contract.kind is Kind.BOOLEAN:
        yield Mutant("opposite", "with True and False exchanged", where, tuple(value is False for value in gold), "")
    if not contract.is_constant and len(gold) > 1:
        yield Mutant("constant", "replaced by its value at one point", where, (gold[0],) * len(gold), "")


_Change = tuple[str, str, Callable[[Ball], Ball], str]


def _changes(gold: Sequence[Value]) -> list[_Change]:
    """Return the changes of every number at once; none if there is no number."""
    numbers = [number for value in gold for number in scalars(value)]
    if not numbers:
        return []
    if all(number.ball.contains(acb(0)) for number in numbers):
        return [("one", "replaced by 1", lambda ball: acb(1), "")]
    changes: list[_Change] = [
        ("sign", "with the opposite sign", lambda ball: -ball, "an overall sign makes no difference here"),
        ("double", "times 2", lambda ball: ball * 2, "a factor of 2 makes no difference here"),
        ("half", "times 1/2", lambda ball: ball / 2, "a factor of 1/2 makes no difference here"),
        ("pi", "times π", lambda ball: ball * acb.pi(), "a factor of π makes no difference here"),
        ("zero", "replaced by 0", lambda ball: acb(0), "only a constant distinguishes it from 0"),
    ]
    if any(not number.ball.imag.contains(0) for number in numbers):
        changes.append(
            ("conjugate", "complex conjugated", lambda ball: ball.conjugate(), "conjugation makes no difference here")
        )
    return changes


def mapped(value: Value, change: Callable[[Ball], Ball]) -> Value:
    """Return a value with every number changed."""
    if isinstance(value, Collection):
        return Collection(value.form, tuple(mapped(item, change) for item in value.items))
    return Scalar(change(value.ball), value.bits) if isinstance(value, Scalar) else value


def _entry_mutants(where: tuple[int, ...], gold: Sequence[Value]) -> Iterator[Mutant]:
    """Yield gold with the sign of one entry changed, and with its order reversed or transposed."""
    first = gold[0]
    if not isinstance(first, Collection) or len(first.items) < 2:
        return
    for entry in range(min(len(first.items), MOST_ENTRIES)):
        changed = tuple(_with_entry_negated(value, entry) for value in gold)
        if any(number.ball != 0 for value in gold for number in _numbers_of(value, entry)):
            reason = f"the sign of entry {entry + 1} makes no difference here"
            yield Mutant(f"sign_{entry + 1}", f"with the sign of entry {entry + 1} changed", where, changed, reason)
    if is_matrix(first):
        yield Mutant("transpose", "transposed", where, tuple(map(_transposed, gold)), "it is symmetric")
    else:
        changed = tuple(Collection(v.form, v.items[::-1]) for v in gold if isinstance(v, Collection))
        yield Mutant("order", "in reversed order", where, changed, "the order makes no difference here")


def _numbers_of(value: Value, entry: int) -> list[Scalar]:
    return scalars(value.items[entry]) if isinstance(value, Collection) and entry < len(value.items) else []


def _with_entry_negated(value: Value, entry: int) -> Value:
    if not isinstance(value, Collection) or entry >= len(value.items):
        return value
    changed = mapped(value.items[entry], lambda ball: -ball)
    return Collection(value.form, (*value.items[:entry], changed, *value.items[entry + 1 :]))


def _transposed(value: Value) -> Value:
    if not isinstance(value, Collection) or not is_matrix(value):
        return value
    rows = [row.items for row in value.items if isinstance(row, Collection)]
    return Collection("list", tuple(Collection("list", tuple(column)) for column in zip(*rows, strict=True)))
