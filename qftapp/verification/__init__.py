"""Deciding whether an answer is right: pure Python, without Django and without global state."""

from qftapp.verification.contract import Contract, ContractError
from qftapp.verification.solutions import SandboxUnavailable
from qftapp.verification.verdict import Outcome, Verdict
from qftapp.verification.verify import VERIFIER_VERSION, verify

__all__ = ["VERIFIER_VERSION", "Contract", "ContractError", "Outcome", "SandboxUnavailable", "Verdict", "verify"]
