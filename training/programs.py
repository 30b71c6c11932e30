"""A program that works for a job, here as a process of this machine: started, found again, told to stop."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from training.job_folder import write

SECRETS = ("QFT_TOKEN", "QFT_TOKEN_FILE")
"""What programs that work for a job need not know."""


class CannotRun(Exception):
    """A program that could not even be started."""


class Program(Protocol):
    """Something that runs a command in a job's folder and writes its output into a file there."""

    outlives_worker: ClassVar[bool]
    """Whether it goes on while its worker is stopped, and is followed by the next one."""

    def start(self, command: Sequence[str]) -> None:
        """Begin. Raises CannotRun."""

    @property
    def is_running(self) -> bool:
        """Whether it has begun and not ended."""

    @property
    def begins_again(self) -> bool:
        """Whether it is begun again after it was stopped by somebody else, as a cluster does at a time limit."""

    @property
    def exit_code(self) -> int | None:
        """The code with which it ended; nothing where nobody knows."""

    def terminate(self) -> None:
        """Tell it to write a checkpoint and end."""

    def kill(self) -> None:
        """End it at once."""


class LocalProgram:
    """A process that outlives its worker, and is found again by the next one."""

    outlives_worker: ClassVar[bool] = False

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._log = folder / f"{name}.log"
        self._note = folder / f"{name}.pid"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str]) -> None:
        """Start the process, in a session of its own, so that what stops the worker does not stop it at once."""
        environment = {name: value for name, value in os.environ.items() if name not in SECRETS}
        with self._log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    list(command),
                    cwd=self._folder,
                    env=_importable(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotRun(f"{command[0]}: {error.strerror or error}") from None
        pid = self._process.pid
        write(self._note, json.dumps({"pid": pid, "began": _began(pid)}))

    @property
    def is_running(self) -> bool:
        """Whether the process lives, ours or one that an earlier worker started."""
        if self._process is not None:
            return self._process.poll() is None
        return self._found() is not None

    @property
    def begins_again(self) -> bool:
        """Who stops a process of a machine wants it stopped."""
        return False

    @property
    def exit_code(self) -> int | None:
        """The code of a process that we started ourselves."""
        return self._process.poll() if self._process is not None else None

    def terminate(self) -> None:
        """Send SIGTERM to the process, which tells its own children."""
        if (pid := self._pid()) is not None:
            os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to the process and all that it started."""
        if (pid := self._pid()) is not None:
            os.killpg(pid, signal.SIGKILL)

    def _pid(self) -> int | None:
        if self._process is not None:
            return self._process.pid if self._process.poll() is None else None
        return self._found()

    def _found(self) -> int | None:
        """Return the id of the process that the note names, if it is still that one."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        pid = int(note["pid"])
        return pid if note["began"] and _began(pid) == note["began"] else None


def _importable(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment with the folder of this package in it, wherever the program works."""
    home = str(Path(__file__).resolve().parent.parent)
    paths = [home, *filter(None, [environment.get("PYTHONPATH")])]
    return environment | {"PYTHONPATH": os.pathsep.join(paths)}


def _began(pid: int) -> str:
    """Return when a process began, in ticks of the kernel; nothing where there is none, or only what is left of it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def stop(program: Program, seconds: float, meanwhile: Callable[[], object]) -> None:
    """Tell a program to end, do `meanwhile` until it has, and kill it where it does not in so many seconds."""
    program.terminate()
    deadline = time.monotonic() + seconds
    while program.is_running:
        if time.monotonic() > deadline:
            program.kill()
            deadline = time.monotonic() + 30
        meanwhile()
