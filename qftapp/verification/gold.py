"""Gold at the points of a verdict, computed once in a process for all the answers to one item."""

import functools
import hashlib
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from qftapp.verification.answers import Solution, gold_of
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS
from qftapp.verification.integration import integrals_deep
from qftapp.verification.kinds import kind_fault
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.memory import Memory
from qftapp.verification.points import sample
from qftapp.verification.solutions import Values, compute
from qftapp.verification.thresholds import points_beside
from qftapp.verification.values import Point, Value, shown_point, undefined

POINTS = 10
POINTS_OF_INTEGRALS = 4
"""Points where gold holds integrals inside integrals: each takes a good part of a second."""
FEWEST_POINTS = 3
"""Of the points of an answer that is not constant, gold must be defined at this many (or at all there are)."""
MOST = 256
"""Contracts and seeds whose gold is kept."""


@dataclass(frozen=True, slots=True)
class Footing:
    """What answers are compared with: the points at which gold has a value, and these values.

    `fault` says why nothing can be compared with them, "" if it can. `kept` are the places of the points among all.
    """

    values: Values
    kept: Sequence[int]
    points: Sequence[Point]
    expected: Sequence[Value]
    fault: str

    @classmethod
    def of(cls, contract: Contract, values: Values, points: Sequence[Point]) -> "Footing":
        """Return the footing that the values of gold at all points make."""
        kept = values.defined()
        fault = _fault(contract, values, kept, points)
        return cls(values, kept, [points[index] for index in kept], [values.values[index] for index in kept], fault)

    def as_kept(self, finer: Values) -> list[Value]:
        """Return the values of gold to more figures at the points kept."""
        return [finer.values[index] for index in self.kept]


def _fault(contract: Contract, gold: Values, kept: Sequence[int], points: Sequence[Point]) -> str:
    if gold.status != "ok":
        return f"the gold answer fails: {gold.message}"
    needed = 1 if contract.is_constant else min(FEWEST_POINTS, len(points))
    if len(kept) < needed:
        index = next(i for i in range(len(points)) if i not in kept)
        why = gold.errors[index] or f"it {undefined(gold.values[index])}"
        return f"gold has a value at only {len(kept)} of {len(points)} points; at {shown_point(points[index])}: {why}"
    return next(filter(None, (kind_fault(contract, gold.values[index]) for index in kept)), "")


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold of one contract at the points of one seed. Threads that ask at the same time compute it once."""

    contract: Contract
    solution: Solution
    points: tuple[Point, ...]
    judged: Memory[Any] = field(default_factory=Memory)
    _known: dict[int, Values] = field(default_factory=dict)
    _footing: list[Footing] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def beside(self, answer: Solution) -> "Gold":
        """Return the same gold at further points, on both sides of the thresholds that an answer has."""
        extra = _beside_thresholds(self.contract, answer, self.points)
        return Gold(self.contract, self.solution, (*self.points, *extra)) if extra else self

    def values(self, stop_at: float, bits: int = BITS[0]) -> Values:
        """Return gold at the points, an expression to `bits`, as far as possible by `stop_at` (of time.monotonic).

        Only what ended well is remembered. Raises SandboxUnavailable.
        """
        bits = BITS[0] if self.solution.is_python else bits
        with self._lock:
            if bits in self._known:
                return self._known[bits]
            found = compute(self.contract, self.solution, self.points, stop_at - time.monotonic(), bits)
            if found.status == "ok":
                self._known[bits] = found
            return found

    def footing(self, stop_at: float) -> Footing:
        """Return what answers are compared with, as far as it can be computed by `stop_at`. Raises SandboxUnavailable.

        Only what ended well is remembered.
        """
        if self._footing:
            return self._footing[0]
        values = self.values(stop_at)
        found = Footing.of(self.contract, values, self.points)
        if values.status == "ok":
            self._footing.append(found)
        return found


@functools.lru_cache(maxsize=MOST)
def _digest_of(contract: Contract) -> str:
    """Return the digest of a contract, computed once."""
    return contract.digest()


def _beside_thresholds(contract: Contract, solution: Solution, points: tuple[Point, ...]) -> tuple[Point, ...]:
    return points_beside(contract, points, solution.parts, Spacetime.of(contract.conventions))


class _Shelf:
    """The golds last used."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._golds: OrderedDict[tuple[str, int], Gold] = OrderedDict()
        self._lock = threading.Lock()

    def gold(self, contract: Contract, seed: int | None) -> tuple[Gold, int]:
        digest = _digest_of(contract)
        key = digest, self._seed(digest) if seed is None else seed
        with self._lock:
            if key in self._golds:
                self._golds.move_to_end(key)
                return self._golds[key], key[1]
        solution = gold_of(contract)
        is_slow = not isinstance(solution.body, str) and integrals_deep(solution.body) > 1
        count = POINTS_OF_INTEGRALS if is_slow else POINTS
        points = sample(contract, count, key[1])
        gold = Gold(contract, solution, (*points, *_beside_thresholds(contract, solution, points)))
        with self._lock:
            gold = self._golds.setdefault(key, gold)
            while len(self._golds) > MOST:
                self._golds.popitem(last=False)
        return gold, key[1]

    def _seed(self, digest: str) -> int:
        hashed = hashlib.blake2b(digest.encode(), key=self._secret, digest_size=8).digest()
        return int.from_bytes(hashed, "big") >> 2


_shelf = _Shelf()


def forget() -> None:
    """Begin with new points and nothing remembered, as a new process does."""
    global _shelf
    _shelf = _Shelf()


# A forked process has points of its own, and a lock that no thread of the original holds.
os.register_at_fork(after_in_child=forget)


def gold_at_points(contract: Contract, seed: int | None) -> tuple[Gold, int]:
    """Return the gold of a valid contract at its points, and their seed. Raises NoPoints.

    Without a seed it is drawn from a secret of this process and the contract: the same for all answers judged here,
    another in every other process, and not to be guessed from the seed of another contract.
    """
    return _shelf.gold(contract, seed)
