"""Vectors by which free indices of colour are multiplied, so that a tensor of colour is compared as a number."""

import random
from functools import lru_cache

from flint import acb


@lru_cache(maxsize=256)
def probe(letter: str, number: int) -> acb:
    """Return the component of the vector for an index: exact, the same for the same letter."""
    return acb(random.Random(f"{letter}{number}").randint(-63, 63) * 2 + 1) / 128
