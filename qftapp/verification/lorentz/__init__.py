"""Four-vectors, tensors with Lorentz indices and γ-matrices: their components in four dimensions."""

from qftapp.verification.lorentz.characters import Character, IndexFault, Sort, character, free_indices
from qftapp.verification.lorentz.spacetime import Spacetime
from qftapp.verification.lorentz.tensors import Tensor, Term, Unfit, Unwieldy

__all__ = [
    "Character",
    "IndexFault",
    "Sort",
    "Spacetime",
    "Tensor",
    "Term",
    "Unfit",
    "Unwieldy",
    "character",
    "free_indices",
]
