"""Whether an item can be judged at all: the computed checks every version passes before review."""

from qftapp.verification.soundness.checks import Check, Examination
from qftapp.verification.soundness.examine import examine

__all__ = ["Check", "Examination", "examine"]
