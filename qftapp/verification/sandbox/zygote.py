"""The process that has the libraries loaded and no secrets, and forks one confined child per run.

Started by `client.py`. Over its control socket come messages of three descriptors: the request (a memory file), the
result (an empty memory file) and a status socket, on which it answers `exit <code>` once the child is gone. When the
other end of a status socket is shut, the child is killed. When the control socket ends, so do the zygote and, by the
kernel's hand, its children.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from . import landlock, linux
from .child import serve_request
from .confine import Confinement, prepare, trial, without_protection
from .preload import preload, readable_folders, restrict_imports


def main(control_descriptor: int, *, unsafe: bool) -> None:
    """Load the libraries, say which layers protect (or why nothing can be run), and serve until the parent is gone."""
    control = socket.socket(fileno=control_descriptor)
    try:
        confinement, problem = _get_ready(unsafe)
    except Exception as error:
        control.send(json.dumps({"layers": [], "problem": f"{type(error).__name__}: {error}"[:1000]}).encode())
        return
    layers = [] if problem else confinement.layers
    control.send(json.dumps({"layers": layers, "problem": problem}).encode())
    if not problem:
        _Server(control, confinement).serve()


def _get_ready(unsafe: bool) -> tuple[Confinement, str]:
    with contextlib.suppress(OSError):  # short of memory, the kernel shall take a candidate and not the database
        Path("/proc/self/oom_score_adj").write_text("500")
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    preload(everything=not landlock.version())
    restrict_imports()
    confinement = prepare(readable_folders())
    problem = trial(confinement) if confinement.program else f"no confinement is known for {os.uname().machine}"
    if problem and unsafe:
        confinement = without_protection(confinement)
        problem = trial(confinement)
    return confinement, problem


class _Server:
    """A single-threaded loop over the control socket, the status sockets and the children's process descriptors."""

    def __init__(self, control: socket.socket, confinement: Confinement) -> None:
        self._control = control
        self._confinement = confinement
        self._selector = selectors.PollSelector()
        self._is_open = True

    def serve(self) -> None:
        self._selector.register(self._control, selectors.EVENT_READ, self._accept)
        while self._is_open:
            for key, _ in self._selector.select():
                react: Callable[[], None] = key.data
                react()

    def _accept(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, 16, 3)
        if not message:
            self._is_open = False
            return
        request, result, status_descriptor = descriptors
        status = socket.socket(fileno=status_descriptor)
        try:
            self._start(request, result, status)
        except OSError as error:
            _tell(status, f"fork {error}")
        finally:
            os.close(request)
            os.close(result)

    def _start(self, request: int, result: int, status: socket.socket) -> None:
        zygote = os.getpid()
        child = os.fork()
        if child == 0:
            try:
                linux.die_with_parent(zygote)
                serve_request(request, result, self._confinement)
            finally:
                os._exit(1)
        try:
            process = os.pidfd_open(child)
        except OSError:  # without it nobody would notice the end of the child, nor end it
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise

        def kill() -> None:
            self._selector.unregister(status)
            os.kill(child, signal.SIGKILL)

        def reap() -> None:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            self._selector.unregister(process)
            os.close(process)
            if status in self._selector.get_map():
                self._selector.unregister(status)
            _tell(status, f"exit {code}")

        self._selector.register(status, selectors.EVENT_READ, kill)
        self._selector.register(process, selectors.EVENT_READ, reap)


def _tell(status: socket.socket, message: str) -> None:
    with contextlib.suppress(OSError):  # the caller may have given up waiting
        status.send(message.encode())
    status.close()
