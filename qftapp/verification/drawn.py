"""Values of symbols that are no numbers: what a random function or matrix is made from."""

from dataclasses import dataclass

from qftapp.verification.symbols import Domain


@dataclass(frozen=True, slots=True)
class Drawn:
    """A function or matrix of a domain, the same for the same seed; `low` and `high` bound a real function."""

    domain: Domain
    seed: int
    low: float | None = None
    high: float | None = None
