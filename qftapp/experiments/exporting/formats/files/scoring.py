"""Grades an answer by `qftapp.verification`, the verifier that made this export; README.md says how to install it."""

import json
from functools import lru_cache

from qftapp.verification import Contract, Outcome, Verdict, verify


@lru_cache(maxsize=10_000)
def contract_of(text: str) -> Contract:
    """Return the contract in a JSON string."""
    return Contract.from_json(json.loads(text))


def judge(contract: str, response: str) -> Verdict:
    """Return the verdict on a response, with its outcome and the reason."""
    return verify(contract_of(contract), response, with_diagnosis=False)


def score(contract: str, response: str) -> float | None:
    """Return 1 for a right answer and 0 for any other; None where the item cannot be judged, nobody's fault."""
    outcome = judge(contract, response).outcome
    return None if outcome is Outcome.BROKEN_ITEM else float(outcome is Outcome.CORRECT)
