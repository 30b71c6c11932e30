"""Acts that begin together, and waiting until one is held up by another."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or raised, all begun together, each with a connection of its own."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def wait_until_somebody_waits_for_a_lock() -> None:
    """Return when another session of this database is held up by ours."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("nobody came to wait")
