"""Where a tree is evaluated: its point, its spacetime, what it may still cost, and how exact its variables are."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from qftapp.verification.functions import Undecided
from qftapp.verification.lorentz import Spacetime, Term
from qftapp.verification.tree import Node
from qftapp.verification.values import Coordinate

MOST_PLACES = 100_000
"""Evaluations of integrands that one evaluation may take."""
EXACTLY = 1_000_000
"""Bits of what is not rounded."""


class TooSlow(Exception):
    """An evaluation went past its time."""


@dataclass(slots=True)
class Work:
    """The bits wanted of every integral, more than a comparison needs, and what an evaluation may still cost.

    If `is_estimate`, the error bounds of integrals need not be proven.
    """

    goal: int
    places: int = MOST_PLACES
    is_estimate: bool = False

    def take_places(self, count: int) -> None:
        """Count evaluations of an integrand. Raises Undecided after too many."""
        self.places -= count
        if self.places < 0:
            raise Undecided


@dataclass(slots=True)
class Scope:
    """The values of the variables, and until when (of time.monotonic) the evaluation may last. It never changes.

    The variables of integrals are known to `bits`. In a ball around the path of an integral functions must be analytic;
    there `on_path` gives the scope on the path itself.
    """

    point: Mapping[str, Coordinate | Term]
    stop_at: float
    spacetime: Spacetime
    work: Work
    bits: int = EXACTLY
    on_path: "Callable[[], Scope] | None" = None

    def check(self) -> None:
        """Raise TooSlow if it is too late."""
        if time.monotonic() > self.stop_at:
            raise TooSlow


Run: TypeAlias = Callable[[Scope], Term]
"""A tree made ready: it gives the value in a scope."""
Compile: TypeAlias = Callable[[Node], Run]
"""Makes a tree ready (see `closures`)."""
