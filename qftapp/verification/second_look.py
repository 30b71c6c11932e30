"""Gold and an answer that agrees with it, at points that are chosen once more is known of both."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from qftapp.verification.answers import Solution
from qftapp.verification.closeness import Match
from qftapp.verification.compare import Comparison, compare
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS
from qftapp.verification.solutions import Values, compute
from qftapp.verification.values import Point


@dataclass(frozen=True, slots=True)
class Look:
    """Gold at some points, an answer where gold is defined, and how they compare."""

    gold: Values
    answer: Values
    comparison: Comparison


def differing(
    contract: Contract, gold: Solution, answer: Solution, points: Sequence[Point], seconds: float
) -> Look | None:
    """Return what shows that an answer differs from gold at some points, nothing where nothing does."""
    if not points:
        return None
    expected = compute(contract, gold, points, seconds / 2, BITS[0])
    kept = expected.defined() if expected.status == "ok" else []
    found = compute(contract, answer, [points[index] for index in kept], seconds / 2, BITS[0], gives_up=True)
    if not kept or found.status != "ok":
        return None
    comparison = compare(contract, [expected.values[index] for index in kept], found.values)
    return Look(expected, found, comparison) if comparison.match is Match.DIFFERENT else None


def seed_after(points: Sequence[Point]) -> int:
    """Return the seed of further points, which the points of the verdict decide."""
    return int.from_bytes(hashlib.blake2b(repr(points).encode(), digest_size=6).digest(), "big")
