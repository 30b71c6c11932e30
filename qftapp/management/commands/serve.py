"""`manage.py serve`: everything the application needs on one machine, until Ctrl-C."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from qftapp.demo import seeding
from qftapp.demo.people import PASSWORD
from qftapp.releases.models import Release

HOST = "127.0.0.1"
PORTS_TO_TRY = 20
READY_SECONDS = 60
STOP_SECONDS = 10
GUNICORN = ["-m", "gunicorn", "qftapp.wsgi", "--worker-class=gthread", "--workers=2", "--threads=8"]
GUNICORN += ["--no-control-socket", "--log-level=warning", f"--graceful-timeout={STOP_SECONDS // 2}"]
WORKER = ["manage.py", "procrastinate", "worker", "--concurrency=2"]
WORKER += [f"--shutdown-graceful-timeout={STOP_SECONDS // 2}"]
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Command(BaseCommand):
    help = "Run database, web server and background worker on this machine, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the first port to try (8000)")
        parser.add_argument("--without-demo", action="store_true", help="start with an empty site")

    def handle(self, *, port: int, without_demo: bool, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("serve is for one machine alone; the Dockerfile shows what production runs instead.")
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        try:
            call_command("migrate", verbosity=0)
            if not without_demo:
                self.load_demo_world()
            self.run(port)
        except KeyboardInterrupt:
            self.say("Stopped.")

    def run(self, first_port: int) -> None:
        """Run web server and worker until one of them ends, which is an error, or we are interrupted."""
        with self.listen(first_port) as listener, contextlib.ExitStack() as stack:
            web = [*GUNICORN, f"--bind=fd://{listener.fileno()}", *(["--reload"] if settings.DEBUG else [])]
            children = {
                "web server": stack.enter_context(_child(web, pass_fds=[listener.fileno()])),
                "worker": stack.enter_context(_child(WORKER)),
            }
            stack.callback(_ignore_interrupts)  # asked twice to stop, we still stop in good order
            port = listener.getsockname()[1]
            _wait_until_healthy(port, children)
            self.say(f"\n  http://localhost:{port}/\n\n{self.demo_logins()}Ctrl-C stops everything.")
            while True:
                _check_alive(children)
                time.sleep(0.5)

    def say(self, text: str) -> None:
        """Write a line that also whoever reads us through a pipe sees at once."""
        self.stdout.write(text)
        self.stdout.flush()

    def load_demo_world(self) -> None:
        """Load the demo world where there is nobody yet, or what an interrupted loading left out."""
        is_begun = get_user_model().objects.exists()
        is_interrupted = any(seeding.logins()) and not Release.objects.filter(name=seeding.NEXT_RELEASE).exists()
        if not is_begun or is_interrupted:
            self.say("Loading the demo world …")
            call_command("seed_demo")
        connection.close()

    def listen(self, first: int) -> socket.socket:
        """A listening socket on the first free port from `first` on; raises CommandError when there is none."""
        for port in range(first, first + PORTS_TO_TRY):
            try:
                return socket.create_server((HOST, port))
            except OSError:
                self.say(f"Port {port} is busy.")
        raise CommandError(f"No free port from {first} on; choose one with: make run PORT=…")

    def demo_logins(self) -> str:
        """The demo users that exist, one a line."""
        lines = [f"  {username:<9} {roles}" for username, roles in seeding.logins()]
        connection.close()
        return f"  Demo logins, password “{PASSWORD}”:\n" + "\n".join(lines) + "\n\n" if lines else ""


@contextlib.contextmanager
def _child(arguments: list[str], pass_fds: tuple[int, ...] | list[int] = ()) -> Any:
    """A Python program beside us, which is asked to end, and then made to, when the context is left."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        pass_fds=pass_fds,
        start_new_session=True,  # Ctrl-C reaches us alone
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _end_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _ignore_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _check_alive(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in children.items():
        if process.poll() is not None:
            raise CommandError(f"The {name} ended by itself (status {process.returncode}).")


def _wait_until_healthy(port: int, children: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _check_alive(children)
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/health/", timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"The application is not healthy after {READY_SECONDS} s.")
