"""The parent's side of a zygote: start it, hand it one run, kill what takes too long."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from .report import Remains

UNSAFE_FLAG = "QFT_SANDBOX_UNSAFE"
START_SECONDS = 60.0
GRACE_SECONDS = 3.0

# By path and isolated: the package around this folder is never imported there, nor anything else of the project.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); from sandbox.zygote import main; del sys.path[0]; "
    "main(int(sys.argv[2]), unsafe=sys.argv[3] == 'unsafe')"
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_GONE = "the process that runs Python answers is gone"
_PASSED_ON = ("LD_LIBRARY_PATH",)


class ZygoteError(Exception):
    """The zygote could not be started, died, or does not answer."""


class Zygote:
    """One warm process; `execute` may be called from several threads at once."""

    def __init__(self) -> None:
        """Start the process and wait until it is ready; raises ZygoteError."""
        if sys.platform != "linux" or not sys.executable:
            raise ZygoteError("Python answers can be run on Linux only")
        try:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = _spawn(theirs.fileno())
        except OSError as error:
            raise ZygoteError(f"the process that runs Python answers could not be started: {error.strerror}") from error
        self._control.settimeout(START_SECONDS)
        try:
            hello = json.loads(self._control.recv(1 << 16))
        except (OSError, ValueError) as error:
            self.kill()
            raise ZygoteError("the process that runs Python answers did not start") from error
        self.layers: tuple[str, ...] = tuple(hello["layers"])
        self.problem: str = hello["problem"]
        if self.problem:
            self.kill()

    def execute(self, payload: bytes, *, seconds: float, result_bytes: int) -> Remains:
        """Run one request in a child of its own and return what is left of it; raises ZygoteError."""
        with ExitStack() as stack:
            request, result = _memory_file(stack, payload), _memory_file(stack, b"")
            status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            stack.enter_context(status)
            start = time.monotonic()
            with theirs:
                try:
                    socket.send_fds(self._control, [b"run"], [request, result, theirs.fileno()])
                except OSError as error:
                    raise ZygoteError(_GONE) from error
            exit_code, timed_out = _outcome(status, seconds)
            data = os.pread(result, result_bytes + 1, 0)
        return Remains(exit_code, timed_out, data, time.monotonic() - start)

    def kill(self) -> None:
        """End the process; the kernel ends its children with it."""
        self._control.close()
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """In a forked copy of this process: let go of a zygote that belongs to the original."""
        self._control.close()
        self._process.returncode = 0  # not our child: there is nothing to wait for


def _spawn(control: int) -> subprocess.Popen[bytes]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    mode = "unsafe" if os.environ.get(UNSAFE_FLAG) == "1" else "safe"
    folder = str(Path(__file__).resolve().parent.parent)
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, folder, str(control), mode],
        env=_ENVIRONMENT | passed_on,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(control,),
        start_new_session=True,
    )


def _memory_file(stack: ExitStack, content: bytes) -> int:
    descriptor = os.memfd_create("sandbox", os.MFD_CLOEXEC)
    stack.callback(os.close, descriptor)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    return descriptor


def _outcome(status: socket.socket, seconds: float) -> tuple[int, bool]:
    """Wait for the end of a child, kill it at the deadline; return its exit code and whether that was needed."""
    timed_out = False
    try:
        try:
            status.settimeout(seconds)
            message = status.recv(256)
        except TimeoutError:
            timed_out = True
            status.shutdown(socket.SHUT_WR)
            status.settimeout(GRACE_SECONDS)
            message = status.recv(256)
    except OSError as error:
        raise ZygoteError(_GONE) from error
    word, _, rest = message.decode().partition(" ")
    if word != "exit":
        raise ZygoteError(f"no process could be started for the answer: {rest}" if word else _GONE)
    return int(rest), timed_out and int(rest) == -signal.SIGKILL
