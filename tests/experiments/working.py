"""Real workers against a real server that can be stopped and started."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

from qftapp.actors import tokens
from tests.factories import person

TRAINER = f"{sys.executable} {Path(__file__).parent.parent / 'training' / 'tiny_trainer.py'}"
SAMPLER = f"{sys.executable} {Path(__file__).parent.parent / 'training' / 'tiny_sampler.py'}"
PROJECT = Path(__file__).parent.parent.parent


class Thread(LiveServerThread):
    """A thread that serves, also on a port that was just left."""

    def _create_server(self, connections_override: object = None) -> object:
        self.server_class.allow_reuse_address = True
        return self.server_class((self.host, self.port), QuietWSGIRequestHandler)


class Server:
    """The application on a port of its own, which may be down for a while."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread: Thread | None = None

    def start(self) -> None:
        """Be there."""
        self._thread = Thread("127.0.0.1", StaticFilesHandler, port=self.port)
        self._thread.daemon = True
        self._thread.start()
        self._thread.is_ready.wait()
        if self._thread.error:
            raise self._thread.error

    def stop(self) -> None:
        """Be gone: whoever asks is refused."""
        if self._thread is not None:
            self._thread.terminate()
            self._thread = None


@contextmanager
def serving() -> Iterator[Server]:
    """A server that is up."""
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def worker(url: str, folder: Path, *flags: str, name: str = "gpu-1") -> Iterator[subprocess.Popen]:
    """A real worker of farah's with the tiny trainer; it does not outlive the test, nor does its trainer."""
    _, secret = tokens.create(by=person("farah"), name=f"worker {time.monotonic()}")
    command = [sys.executable, "-m", "training.worker", "--url", url, "--name", name, "--folder", str(folder)]
    command += ["--trainer-command", TRAINER, "--sampler-command", SAMPLER, "--poll", "0.2", *flags]
    process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "QFT_TOKEN": secret})
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for note in folder.glob("*/*.pid"):
            kill(json.loads(note.read_text())["pid"])


def kill(pid: int) -> None:
    """End a process, if it is there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def machine(folder: Path, **config: object) -> str:
    """A file with config of the worker's machine, for the tiny trainer."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.parent / "machine.yaml"
    path.write_text(json.dumps(config))
    return str(path)


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Return when the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
