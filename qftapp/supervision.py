"""Programs that run beside us: started, started again when they end by themselves, ended when we end."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

STOP_SECONDS = 10
PAUSES = (1, 2, 5, 10, 30)
"""Seconds before each start after a failure; the last one is repeated."""
STEADY_SECONDS = 60
"""A program that lived this long is well again: its next failure counts as the first."""
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass
class Program:
    """A Python program beside us, in a session of its own so that Ctrl-C reaches us alone."""

    name: str
    arguments: Sequence[str]
    directory: os.PathLike[str]
    pass_fds: Sequence[int] = ()
    failures: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    due_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start the program."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=self.directory,
            pass_fds=self.pass_fds,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    @property
    def status(self) -> int | None:
        """The exit status of a program that has ended, negative for a signal; None while it runs."""
        return None if self.process is None else self.process.poll()

    def keep(self) -> str | None:
        """Start it again where it has ended and its pause is over; returns a sentence when it was found ended."""
        if self.process is None:
            if time.monotonic() >= self.due_at:
                self.start()
            return None
        if self.status is None:
            return None
        now = time.monotonic()
        if now - self.started_at > STEADY_SECONDS:
            self.failures = 0
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        self.due_at = now + pause
        status, self.process = self.status, None
        return f"The {self.name} ended by itself (status {status}); starting it again in {pause} s."

    def stop(self) -> None:
        """Ask it to end, then make it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextlib.contextmanager
def running(program: Program) -> Iterator[Program]:
    """Keep a program for the duration of the context."""
    program.start()
    try:
        yield program
    finally:
        program.stop()


def _end_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
