"""`manage.py serve`: everything the application needs on one machine, until Ctrl-C."""

import contextlib
import errno
import signal
import socket
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Sequence
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from qftapp.demo import seeding
from qftapp.demo.people import PASSWORD
from qftapp.embedded_postgres import ServerError
from qftapp.supervision import STOP_SECONDS, Program, running

HOST = "127.0.0.1"
HOST_6 = "::1"
FIRST_PORT = 8000
PORTS_TO_TRY = 20
OTHER_PORT = "make run PORT=…, or manage.py serve --port …"
READY_SECONDS = 60
GUNICORN = ["-m", "gunicorn", "qftapp.wsgi", "--worker-class=gthread", "--workers=2", "--threads=8"]
GUNICORN += ["--no-control-socket", "--log-level=warning", f"--graceful-timeout={STOP_SECONDS // 2}"]
WORKER = ["manage.py", "procrastinate", "worker", "--queues=default", "--concurrency=2"]
WORKER += [f"--shutdown-graceful-timeout={STOP_SECONDS // 2}"]
# Runs wait for hours and compute nothing: they have a worker of their own, and leave at once when it is told to stop.
ASKING_WORKER = ["manage.py", "procrastinate", "worker", "--queues=asking", "--concurrency=4"]
ASKING_WORKER += ["--shutdown-graceful-timeout=1"]


class Command(BaseCommand):
    help = "Run database, web server and background worker on this machine, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help=f"the port, else the first free one from {FIRST_PORT} on")
        parser.add_argument("--without-demo", action="store_true", help="start with an empty site")

    def handle(self, *, port: int | None, without_demo: bool, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("serve is for one machine alone; the Dockerfile shows what production runs instead.")
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        try:
            with self.listen(port) as listener:
                call_command("migrate", verbosity=0)
                if not without_demo:
                    self.load_demo_world()
                self.run(listener)
        except KeyboardInterrupt:
            self.say("Stopped.")

    def run(self, listener: socket.socket) -> None:
        """Run web server and workers until we are interrupted; one that cannot even start is an error."""
        with contextlib.ExitStack() as stack:
            fd = listener.fileno()
            bind = [f"--bind=fd://{fd}", *(["--reload"] if settings.DEBUG else [])]
            programs = [
                Program("web server", [*GUNICORN, *bind], settings.BASE_DIR, pass_fds=[fd]),
                Program("worker", WORKER, settings.BASE_DIR),
                Program("asking worker", ASKING_WORKER, settings.BASE_DIR),
            ]
            for program in programs:
                stack.enter_context(running(program))
            stack.callback(_ignore_interrupts)  # asked twice to stop, we still stop in good order
            port = listener.getsockname()[1]
            _wait_until_healthy(port, programs)
            self.say(f"\n  http://localhost:{port}/\n\n{self.demo_logins()}Ctrl-C stops everything.")
            while True:
                self.keep_alive(programs)
                time.sleep(0.5)

    def keep_alive(self, programs: Sequence[Program]) -> None:
        """Start again what has ended by itself, the database first: the others cannot live without it."""
        server = settings.EMBEDDED_SERVER
        if server and not server.is_alive():
            self.say("The database ended by itself; starting it again.")
            try:
                server.revive()
            except ServerError as error:
                raise CommandError(str(error)) from error
        for program in programs:
            if said := program.keep():
                self.say(said)

    def say(self, text: str) -> None:
        """Write a line that also whoever reads us through a pipe sees at once."""
        self.stdout.write(text)
        self.stdout.flush()

    def load_demo_world(self) -> None:
        """Load the demo world where there is nobody yet, or what an interrupted loading left out."""
        is_begun = get_user_model().objects.exists()
        is_interrupted = any(seeding.logins()) and not seeding.is_complete()
        if not is_begun or is_interrupted:
            self.say("Loading the demo world …")
            call_command("seed_demo")
        connection.close()

    def listen(self, wanted: int | None) -> socket.socket:
        """A listening socket on the port that is wanted, else on the first free one; CommandError where it is taken."""
        if wanted is not None:
            try:
                return _listener(wanted)
            except (OSError, OverflowError) as error:
                reason = "taken by another program" if _is_taken(error) else f"not to be had: {error}"
                raise CommandError(f"Port {wanted} is {reason}. Choose another: {OTHER_PORT}.") from None
        for port in range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY):
            try:
                return _listener(port)
            except OSError:
                self.say(f"Port {port} is busy.")
        raise CommandError(f"No free port from {FIRST_PORT} on. Choose one: {OTHER_PORT}.")

    def demo_logins(self) -> str:
        """The demo users that exist, one a line."""
        lines = [f"  {username:<9} {roles}" for username, roles in seeding.logins()]
        connection.close()
        return f"  Demo logins, password “{PASSWORD}”:\n" + "\n".join(lines) + "\n\n" if lines else ""


def _listener(port: int) -> socket.socket:
    """A listening socket that the name localhost leads to.

    Raises OSError also where another program has the port in IPv6 alone, since browsers would find that one.
    """
    listener = socket.create_server((HOST, port))
    try:
        socket.create_server((HOST_6, listener.getsockname()[1]), family=socket.AF_INET6).close()
    except OSError as error:
        if _is_taken(error):
            listener.close()
            raise
    return listener


def _is_taken(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EADDRINUSE


def _ignore_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_until_healthy(port: int, programs: Sequence[Program]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for program in programs:
            if program.status is not None:
                raise CommandError(f"The {program.name} did not start (status {program.status}).")
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/health/", timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"The application is not healthy after {READY_SECONDS} s.")
