"""The zygotes of a process: started when first needed, replaced when dead, left behind on a fork.

There is one for all runs, and its twin for those that must not see the same hashes of texts: Python draws them anew for
each interpreter, and every child of a zygote has those of its zygote.
"""

import atexit
import json
import os
import threading
from collections.abc import Sequence

from .client import Zygote, ZygoteError
from .execution import DEFAULT_LIMITS, Call, Execution, Job, Limits, failed
from .report import executions
from .wire import to_json

SOURCE_CHARACTERS = 100_000
ATTEMPTS = 2


class _Pool:
    """One zygote and the slots that keep its children from starving each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
        self._zygote: Zygote | None = None

    def zygote(self) -> Zygote:
        """Return a living zygote, at the cost of its start when there is none; raises ZygoteError."""
        with self._lock:
            if self._zygote is None:
                self._zygote = Zygote()
            return self._zygote

    def replace(self, zygote: Zygote) -> None:
        """Discard a zygote that fails, unless another thread has done so."""
        with self._lock:
            if self._zygote is zygote:
                self._zygote = None
                zygote.kill()

    def execute(self, payload: bytes, jobs: Sequence[Job], limits: Limits) -> tuple[Execution, ...]:
        """Run one request; a zygote that dies under it is replaced once."""
        problem = ""
        for _ in range(ATTEMPTS):
            try:
                zygote = self.zygote()
            except ZygoteError as error:
                problem = str(error)
                break
            if zygote.problem:
                problem = f"Python answers cannot be run safely here: {zygote.problem}"
                break
            try:
                with self._slots:
                    remains = zygote.execute(payload, seconds=limits.seconds, result_bytes=limits.result_bytes)
            except ZygoteError as error:
                problem = str(error)
                self.replace(zygote)
            except OSError as error:  # this process has run out of descriptors or memory, the zygote is not to blame
                problem = f"no answer could be run: {error.strerror}"
                break
            else:
                return executions(remains, jobs, limits)
        return tuple(failed(job, "unavailable", problem) for job in jobs)

    def close(self) -> None:
        """End the zygote."""
        if self._zygote is not None:
            self.replace(self._zygote)

    def forget(self) -> None:
        """In a forked copy of this process: let go of the original's zygote, taking no lock."""
        if self._zygote is not None:
            self._zygote.forget()


class _Pools:
    """The pools of this process."""

    def __init__(self) -> None:
        self.usual = _Pool()
        self.twin = _Pool()

    def close(self) -> None:
        """End every zygote."""
        for pool in (self.usual, self.twin):
            pool.close()

    def forget(self) -> None:
        """In a forked copy of this process: let go of the original's zygotes and have ones of one's own."""
        inherited = (self.usual, self.twin)
        self.usual, self.twin = _Pool(), _Pool()
        for pool in inherited:
            pool.forget()


_pools = _Pools()
os.register_at_fork(after_in_child=_pools.forget)
atexit.register(_pools.close)


def run(source: str, entry_point: str, calls: Sequence[Call], *, limits: Limits = DEFAULT_LIMITS) -> Execution:
    """Return the outcome of calling one function of a source text; never raises for anything the source does.

    Raises WireError if an argument is no wire value.
    """
    return run_many([Job(source, entry_point, calls)], limits=limits)[0]


def run_many(jobs: Sequence[Job], *, limits: Limits = DEFAULT_LIMITS, in_twin: bool = False) -> tuple[Execution, ...]:
    """Run several jobs in one process, one after the other under one set of limits, and return their outcomes.

    Nothing separates the jobs from each other, so they must come from one author. `in_twin` runs them where texts have
    other hashes, and thus sets another order, than in other runs. The time spent waiting for a free processor is not
    counted against the limits.
    """
    if limits.seconds <= 0:
        return tuple(failed(job, "timeout", "no time was left to run it") for job in jobs)
    for job in jobs:
        if len(job.source) > SOURCE_CHARACTERS:
            message = f"the source is longer than {SOURCE_CHARACTERS} characters"
            return tuple(failed(each, "error", message) for each in jobs)
    pool = _pools.twin if in_twin else _pools.usual
    return pool.execute(_request(jobs, limits), jobs, limits)


def warm_up(*, with_twin: bool = False) -> str:
    """Start the zygote (and its twin) unless it runs; return why nothing can be run here, "" if all is well."""
    try:
        problem = _pools.usual.zygote().problem
        return problem or (_pools.twin.zygote().problem if with_twin else "")
    except ZygoteError as error:
        return str(error)


def layers() -> tuple[str, ...]:
    """Return what protects from a candidate on this machine, in words; empty if nothing can be run."""
    try:
        return _pools.usual.zygote().layers
    except ZygoteError:
        return ()


def _request(jobs: Sequence[Job], limits: Limits) -> bytes:
    return json.dumps(
        {
            "limits": {
                "seconds": limits.seconds,
                "memory_bytes": limits.memory_bytes,
                "result_bytes": limits.result_bytes,
                "stdout_characters": limits.stdout_characters,
            },
            "jobs": [
                {
                    "source": job.source,
                    "entry_point": job.entry_point,
                    "unsigned_zeros": job.unsigned_zeros,
                    "calls": [
                        {"arguments": [to_json(value) for value in call.arguments], "names": list(call.names)}
                        for call in job.calls
                    ],
                }
                for job in jobs
            ],
        }
    ).encode()
