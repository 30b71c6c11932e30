"""`manage.py serve`, as a person starts and stops it."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from qftapp.embedded_postgres import Server
from qftapp.management.commands.serve import FIRST_PORT

LOCAL = {"DJANGO_SETTINGS_MODULE": "qftapp.settings", "QFT_MODE": "local", "DATABASE_URL": ""}


@pytest.fixture(scope="module")
def data_directory(tmp_path_factory) -> Path:
    """One database for all tests of the module: a second start is what people mostly do."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def serve(data_directory) -> Iterator[Callable[[int | None], subprocess.Popen]]:
    """A function that starts the application on a port, or on the first free one."""
    started = []

    def start(port: int | None) -> subprocess.Popen:
        chosen = [] if port is None else [f"--port={port}"]
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--without-demo", *chosen],
            cwd=settings.BASE_DIR,
            env={**os.environ, **LOCAL, "DATA_DIR": str(data_directory)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate()


@pytest.fixture
def serving(serve) -> subprocess.Popen:
    return serve(free_port())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def address(process: subprocess.Popen) -> str:
    for line in process.stdout:
        if match := re.search(r"http://\S+/", line):
            return match[0]
    raise AssertionError("no address was printed")


def family(process: subprocess.Popen) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def survivors(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that do not end by themselves once what they served is gone."""
    _, lasting = psutil.wait_procs(processes, timeout=10)
    return [process for process in lasting if not is_zombie(process)]


def is_zombie(process: psutil.Process) -> bool:
    """Whether it has ended; in some containers nobody ever collects an orphan."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_health_is_well_once_the_address_is_printed(serving):
    with urllib.request.urlopen(address(serving) + "health/") as response:
        assert json.load(response) == {"database": True, "migrations": True, "worker": True}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_everything(serving, data_directory, number):
    address(serving)
    children = family(serving)
    serving.send_signal(number)

    assert serving.communicate(timeout=30)[0].splitlines()[-1] == "Stopped."
    assert serving.returncode == 0
    assert survivors(children) == []
    assert Server(data_directory / "postgres").processes() == []


def test_kill_leaves_no_process_behind(serving):
    address(serving)
    children = family(serving)
    serving.kill()

    assert survivors(children) == []


def test_killed_worker_and_database_are_started_again(serving, data_directory):
    site = address(serving)
    server = Server(data_directory / "postgres")
    children = family(serving)
    worker = next(child for child in children if child.cmdline()[1:4] == ["manage.py", "procrastinate", "worker"])
    postmaster = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(worker.pid, signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)

    said = [line_with("ended by itself", serving), line_with("ended by itself", serving)]

    assert "The worker ended by itself (status -9); starting it again in 1 s.\n" in said
    assert "The database ended by itself; starting it again.\n" in said
    assert wait_for(lambda: healthy(site)), "the site never became healthy again"


def test_web_server_comes_back_on_the_same_address(serving):
    site = address(serving)
    master = next(child for child in psutil.Process(serving.pid).children() if "gunicorn" in child.cmdline())
    os.kill(master.pid, signal.SIGKILL)

    assert "The web server" in line_with("ended by itself", serving)
    assert wait_for(lambda: healthy(site))


def line_with(words: str, process: subprocess.Popen) -> str:
    return next(line for line in process.stdout if words in line)


def healthy(site: str) -> bool:
    """Whether all parts of the site say that they are well."""
    try:
        with urllib.request.urlopen(site + "health/", timeout=5) as response:
            return all(json.load(response).values())
    except (urllib.error.URLError, TimeoutError):
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_taken_port_is_named_and_nothing_is_started(data_directory, host, family):
    with socket.create_server((host, 0), family=family) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "manage.py", "serve", "--without-demo", f"--port={port}"],
            cwd=settings.BASE_DIR,
            env={**os.environ, **LOCAL, "DATA_DIR": str(data_directory)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    words = f"Port {port} is taken by another program. Choose another: make run PORT=…, or manage.py serve --port …."
    assert (ended.returncode, ended.stdout) == (1, "")
    assert words in ended.stderr


def test_busy_first_port_is_named_and_the_next_one_taken_where_none_is_wanted(serve):
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # another program keeps it as busy as we would
            stack.enter_context(socket.create_server(("127.0.0.1", FIRST_PORT)))
        process = serve(None)

        assert process.stdout.readline() == f"Port {FIRST_PORT} is busy.\n"
        assert address(process) != f"http://localhost:{FIRST_PORT}/"
