"""Texts read, guessed from and judged, whatever they are, and what came of them counted."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qftapp.verification import Contract, ContractError, latex, verify
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from qftapp.verification.sandbox import warm_up
from tests.verification.test_golden import FIELDS, ROWS

LONGEST_READING = 2.0
DEADLINE = 1.0
LONGEST_VERDICT = 2.0
"""Seconds; a verdict may be late by what cannot be interrupted."""


class Trial:
    """Golden items with their answers, and what became of the texts that were tried on them.

    `text` is the last of them. Every method raises what the verifier raises by mistake, and TimeoutError.
    """

    def __init__(self) -> None:
        warm_up()
        self.text = ""
        self.counts: Counter[str] = Counter()
        self.slowest: dict[str, float] = {}
        self.items = [(_contract(row), row["answer"]) for row in ROWS if row["outcome"] in ("correct", "wrong")]
        self.answers = [answer for _, answer in self.items]

    def attempt(self, way: str, contract: Contract, text: str) -> None:
        """Read, guess or judge."""
        self.text = text
        if way == "guess":
            self.guess(text)
        elif way == "judge":
            self.judge(contract, text)
        else:
            self.read(contract, text)

    def read(self, contract: Contract, text: str) -> None:
        """Read a text as what stands in a box."""
        with self._timed("reading", LONGEST_READING):
            try:
                latex.read(text, contract, latex.vocabulary_of(contract))
                self.counts["read"] += 1
            except ExpressionError:
                self.counts["refused"] += 1

    def guess(self, text: str) -> None:
        """Guess a contract from a text as gold."""
        with self._timed("guessing", LONGEST_READING):
            try:
                contract_of(text)
                self.counts["guessed"] += 1
            except (ExpressionError, ContractError):
                self.counts["not guessed"] += 1

    def judge(self, contract: Contract, text: str) -> None:
        """Judge a text as a response."""
        with self._timed("judging", LONGEST_VERDICT):
            verdict = verify(contract, text, seed=1, deadline_seconds=DEADLINE)
        self.counts[verdict.outcome.value] += 1

    @contextmanager
    def _timed(self, what: str, limit: float) -> Iterator[None]:
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.slowest[what] = max(self.slowest.get(what, 0.0), seconds)
        if seconds > limit:
            raise TimeoutError(f"{what} took {seconds:.1f} s")


def _contract(row: dict[str, Any]) -> Contract:
    return contract_of(row["gold"], row["symbols"], **{field: row[field] for field in FIELDS if row.get(field)})
