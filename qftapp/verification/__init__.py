"""Deciding whether an answer is right: pure Python, without Django and without global state."""

from qftapp.verification.contract import Contract, ContractError

__all__ = ["Contract", "ContractError"]
