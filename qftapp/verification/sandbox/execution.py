"""What goes into the sandbox and what comes back: jobs, calls, limits and their outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .wire import WireValue

Status: TypeAlias = Literal["ok", "error", "timeout", "memory", "refused", "unavailable"]

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one run may use; a run of several jobs shares one set of limits."""

    seconds: float = 5.0
    memory_bytes: int = 512 * MEBIBYTE  # on top of what the preloaded libraries occupy
    result_bytes: int = 4 * MEBIBYTE
    stdout_characters: int = 4000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Call:
    """One call of the entry point; `names` are the parameter names in the order of `arguments`."""

    arguments: tuple[WireValue, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """One source text, the function it must define, and the calls to make; see `zeros` for `unsigned_zeros`."""

    source: str
    entry_point: str
    calls: Sequence[Call]
    unsigned_zeros: bool = False


@dataclass(frozen=True)
class CallResult:
    """The outcome of one call: `error` is None exactly when `value` was returned (which may itself be None)."""

    value: WireValue
    error: str | None
    seconds: float


@dataclass(frozen=True)
class Execution:
    """The outcome of one job; `results` always holds one entry per call, in order.

    ok: the function was found and every call came to an end, with a value or an error of its own.
    error: the source could not be loaded, the function is missing or misfit, or the process died or wrote nonsense.
    timeout, memory, refused: at least one call (or the loading) hit that wall; other calls keep their values.
    unavailable: nothing was run, because this machine cannot confine it or the sandbox could not be started.
    `message` says in one sentence what went wrong and is empty for ok. All text came from the candidate: escape it.
    """

    status: Status
    results: tuple[CallResult, ...]
    message: str
    stdout: str
    seconds: float


def failed(job: Job, status: Status, message: str, seconds: float = 0.0) -> Execution:
    """Return the execution of a job none of whose calls came to an end."""
    results = tuple(CallResult(None, message, 0.0) for _ in job.calls)
    return Execution(status, results, message, "", seconds)
