"""Processes that do tasks of one duty; each is sent a few at a time and answers one by one.

A process that dies is replaced. The task it was at is done once more in the new one, then given up; the others it had
are as good as new. Tasks of one family go to one process as far as that keeps the others busy: it remembers what the
first of them took to prepare.
"""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Hashable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, Protocol, TypeVar

from qftapp.verification.sandbox.linux import die_with_parent

LIVES = 2
"""Processes that one task may cost."""
GRACE_SECONDS = 30.0
"""How long after its deadline a task may be answered: a sandbox may have to be started for it."""
MOST_AT_ONCE = 64
SHORT, LONG = 0.05, 0.2
"""Seconds between which the tasks sent at once should take."""
STARTS = 3


class Numbered(Protocol):
    """A task; no two that a crew has at the same time have the same number."""

    @property
    def number(self) -> int:
        """What the task is known by."""


Task = TypeVar("Task", bound=Numbered)
Result = TypeVar("Result")


Given = TypeVar("Given", bound=Numbered, contravariant=True)
Found = TypeVar("Found", covariant=True)


class Duty(Protocol[Given, Found]):
    """How tasks are done; it is sent to the processes once, so it must be a value that can be pickled."""

    @property
    def seconds(self) -> float:
        """How long one task takes at most, by its own clock."""

    def done(self, task: Given) -> Found:
        """Return what a task comes to; raises nothing."""

    def cut_off(self, task: Given, reason: str) -> Found:
        """Return what a task comes to whose processes did not live to do it."""

    def family(self, task: Given) -> Hashable:
        """Return what tasks have in common that a process remembers from one to the next."""


class NoProcess(RuntimeError):
    """The processes end before they can do anything."""


def serve(connection: Connection, duty: Duty[Any, Any], parent: int) -> None:
    """Do what comes, until the other end is closed or the process `parent` is gone."""
    if sys.platform == "linux":
        die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the first of them ends the others
    try:
        connection.send(None)
        while True:
            for task in connection.recv():
                connection.send(duty.done(task))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


class _Worker(Generic[Task, Result]):
    """One process and the tasks it has not answered."""

    def __init__(self, duty: Duty[Task, Result]) -> None:
        context = get_context("spawn")  # never a fork: this process may have threads, and the secret of its points
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=serve, args=(theirs, duty, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()
        self.is_ready = False
        self.tasks: deque[Task] = deque()
        self.family: Hashable = None
        self.size = 1
        self._sent_at = self.heard_at = time.monotonic()

    def send(self, tasks: list[Task]) -> None:
        """Hand over tasks; a process that is gone is found out when it is listened to."""
        self.tasks.extend(tasks)
        self._sent_at = self.heard_at = time.monotonic()
        try:
            self.connection.send(tasks)
        except OSError:
            self.process.kill()

    def answers(self) -> Iterator[tuple[Task, Result]]:
        """Yield what has been answered. Raises EOFError or OSError once the process is gone."""
        while self.connection.poll():
            result = self.connection.recv()
            self.heard_at = time.monotonic()
            if result is None:
                self.is_ready = True
                continue
            yield self.tasks.popleft(), result
            if not self.tasks:
                self._pace()

    def _pace(self) -> None:
        taken = time.monotonic() - self._sent_at
        if taken < SHORT:
            self.size = min(2 * self.size, MOST_AT_ONCE)
        elif taken > LONG:
            self.size = max(self.size // 2, 1)

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.join()
        self.connection.close()


class Crew(Generic[Task, Result]):
    """Some workers and the tasks that wait for one."""

    def __init__(self, count: int, duty: Duty[Task, Result], *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._duty = duty
        self._grace_seconds = grace_seconds
        self._workers = [_Worker(duty) for _ in range(count)]
        self._families: dict[Hashable, deque[Task]] = {}
        self.waiting = 0
        """Tasks that no process has yet."""
        self._deaths: dict[int, int] = {}
        self._failed_starts = 0

    def add(self, task: Task) -> None:
        """Take a task to be done."""
        self._families.setdefault(self._duty.family(task), deque()).append(task)
        self.waiting += 1

    @property
    def is_idle(self) -> bool:
        """Whether every task has been answered."""
        return not self.waiting and not any(worker.tasks for worker in self._workers)

    def work(self, source: int | None, seconds: float) -> tuple[bool, list[tuple[Task, Result]]]:
        """Wait for answers or for the file descriptor `source`, at most so long; return whether that can be read."""
        self._hand_out()
        connections = [worker.connection for worker in self._workers]
        ready = wait([*connections, *([] if source is None else [source])], seconds)
        answers: list[tuple[Task, Result]] = []
        for place, worker in enumerate(self._workers):
            try:
                for answer in worker.answers() if worker.connection in ready else ():
                    answers.append(answer)  # one by one: what came before the end of the process counts
            except (EOFError, OSError):
                answers.extend(self._buried(place, "its process ended twice while it was judged"))
                continue
            if worker.tasks and time.monotonic() > worker.heard_at + self._duty.seconds + self._grace_seconds:
                self._deaths[worker.tasks[0].number] = LIVES
                answers.extend(self._buried(place, "it was not judged by its deadline, nor long after"))
        for task, _ in answers:
            self._deaths.pop(task.number, None)
        self._failed_starts = 0 if answers else self._failed_starts
        return source in ready, answers

    def _hand_out(self) -> None:
        idle = [worker for worker in self._workers if worker.is_ready and not worker.tasks]
        for place, worker in enumerate(idle):
            share = -(-self.waiting // (len(idle) - place))
            if tasks := [self._next(worker) for _ in range(min(worker.size, share))]:
                worker.send(tasks)

    def _next(self, worker: _Worker[Task, Result]) -> Task:
        """Take the next task for a worker: of the family it is at, else of one that no other worker is at."""
        if worker.family not in self._families:
            held = {other.family for other in self._workers if other.tasks}
            free = (family for family in self._families if family not in held)
            worker.family = next(free, next(iter(self._families)))
        tasks = self._families[worker.family]
        task = tasks.popleft()
        if not tasks:
            del self._families[worker.family]
        self.waiting -= 1
        return task

    def _buried(self, place: int, reason: str) -> Iterator[tuple[Task, Result]]:
        """Replace a worker; yield the answer to the task it was at if that has cost its last process."""
        worker = self._workers[place]
        worker.end()
        self._failed_starts = 0 if worker.is_ready else self._failed_starts + 1
        if self._failed_starts >= STARTS:
            raise NoProcess(f"the processes that judge do not start (exit code {worker.process.exitcode})")
        left = list(worker.tasks)
        if left:
            suspect = left[0]
            deaths = self._deaths[suspect.number] = self._deaths.get(suspect.number, 0) + 1
            if deaths >= LIVES:
                left = left[1:]
                yield suspect, self._duty.cut_off(suspect, reason)
        for task in reversed(left):
            self._families.setdefault(self._duty.family(task), deque()).appendleft(task)
        self.waiting += len(left)
        self._workers[place] = _Worker(self._duty)

    def close(self) -> None:
        """End every process."""
        for worker in self._workers:
            worker.end()
