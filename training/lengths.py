"""How long rows are in tokens, before anything is trained on them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of some sequences, and how many are longer than a limit."""

    count: int
    median: int
    p95: int
    longest: int
    limit: int
    over: int

    @classmethod
    def of(cls, lengths: Sequence[int], limit: int) -> "Lengths":
        """Return the figures of at least one sequence."""
        ordered = sorted(lengths)

        def at(share: float) -> int:
            return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

        over = sum(length > limit for length in ordered)
        return cls(len(ordered), at(0.5), at(0.95), ordered[-1], limit, over)

    def __str__(self) -> str:
        """Return them as a line."""
        over = f"{self.over:,} of {self.count:,} longer" if self.over else "none longer"
        return f"p50 {self.median:,}, p95 {self.p95:,}, max {self.longest:,} tokens; limit {self.limit:,}, {over}"
