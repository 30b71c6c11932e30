"""What an examination says."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `message` says what was found and, on fail, what to do; `detail` is JSON."""

    code: str
    title: str
    status: Literal["pass", "fail", "note"]
    message: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examination:
    """All checks in the order of a reader, and gold at the points where it was computed.

    Each of `points` is {"arguments": {name: text}, "gold": text, "second": text or ""}.
    """

    checks: tuple[Check, ...]
    points: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether no check failed."""
        return all(check.status != "fail" for check in self.checks)
