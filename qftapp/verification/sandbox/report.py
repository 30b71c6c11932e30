"""Read what a child left in its result file, trusting nothing of it."""

import json
import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from .execution import CallResult, Execution, Job, Limits, Status, failed
from .wire import WireError, clean_text, from_json

MESSAGE_CHARACTERS = 600
NOT_CONFINED = 71
OUT_OF_MEMORY = 72


@dataclass(frozen=True)
class Remains:
    """What is left of a child: its exit code (negative: the signal that killed it) and the bytes it wrote."""

    exit_code: int
    timed_out: bool
    data: bytes
    seconds: float


@dataclass
class _Draft:
    job: Job
    calls: dict[int, tuple[Status, CallResult]]
    end: tuple[Status, str, str, float] | None = None


def executions(remains: Remains, jobs: Sequence[Job], limits: Limits) -> tuple[Execution, ...]:
    """Return one execution per job; whatever the bytes are, no exception."""
    drafts = [_Draft(job, {}) for job in jobs]
    try:
        if len(remains.data) > limits.result_bytes:
            raise WireError("more bytes than allowed")
        for line in remains.data.split(b"\n")[:-1]:
            _take(line, drafts, limits)
    except (ValueError, RecursionError):
        return tuple(failed(job, "error", "the process wrote an unreadable result", remains.seconds) for job in jobs)
    status, message = _death(remains, limits)
    return tuple(_finished(draft, status, message) for draft in drafts)


def _take(line: bytes, drafts: list[_Draft], limits: Limits) -> None:
    match json.loads(line, parse_constant=_no_constant):
        case {"job": int(job), "call": int(call), "status": status, "value": value, "error": error, "seconds": seconds}:
            if not 0 <= job < len(drafts) or not 0 <= call < len(drafts[job].job.calls):
                raise WireError("an outcome of no call")
            said = None if status == "ok" else _text(error, MESSAGE_CHARACTERS)
            result = CallResult(from_json(value) if status == "ok" else None, said, _duration(seconds))
            drafts[job].calls[call] = (_status(status), result)
        case {"job": int(job), "end": end, "message": message, "stdout": stdout, "seconds": seconds}:
            if not 0 <= job < len(drafts):
                raise WireError("an end of no job")
            printed = _text(stdout, limits.stdout_characters)
            drafts[job].end = (_status(end), _text(message, MESSAGE_CHARACTERS), printed, _duration(seconds))
        case _:
            raise WireError("not a line of a result")


def _finished(draft: _Draft, death: Status, obituary: str) -> Execution:
    status, message, stdout, seconds = draft.end or (death, obituary, "", 0.0)
    if status == "ok" and len(draft.calls) < len(draft.job.calls):
        status, message = "error", "the process left calls without an outcome"
    missing: tuple[Status, CallResult] = (status, CallResult(None, message, 0.0))
    results = tuple(draft.calls.get(index, missing)[1] for index in range(len(draft.job.calls)))
    return Execution(status, results, message, stdout, seconds)


def _death(remains: Remains, limits: Limits) -> tuple[Status, str]:
    """Say why a child did not come to the end of a job."""
    if remains.timed_out or remains.exit_code == -signal.SIGXCPU:
        return "timeout", f"did not finish within {limits.seconds:g} s"
    if remains.exit_code == OUT_OF_MEMORY:
        return "memory", "needed more memory than allowed"
    if remains.exit_code == -signal.SIGKILL:
        return "memory", "was killed by the system, which was short of memory"
    if remains.exit_code == -signal.SIGSYS:
        return "refused", "made a system call that is not allowed"
    if remains.exit_code == NOT_CONFINED:
        return "unavailable", "the process could not be confined, so nothing was run"
    if remains.exit_code < 0:
        return "error", f"the process crashed (signal {-remains.exit_code})"
    return "error", "the process ended before it had answered"


def _status(status: Any) -> Status:
    match status:
        case "ok" | "error" | "memory" | "refused":
            return cast(Status, status)
    raise WireError("an unknown status")


def _text(text: Any, limit: int) -> str:
    if not isinstance(text, str):
        raise WireError("a message that is no text")
    return clean_text(text, limit)


def _duration(seconds: Any) -> float:
    if not isinstance(seconds, float) or not 0 <= seconds < math.inf:
        raise WireError("a duration that is none")
    return seconds


def _no_constant(name: str) -> NoReturn:
    raise WireError(f"{name} is no JSON")
