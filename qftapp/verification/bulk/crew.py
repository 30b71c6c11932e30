"""Processes that judge lines; each is sent a few at a time and answers one by one.

A process that dies is replaced. The line it was at is judged once more in the new one, then given up; the others it had
are as good as new.
"""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from qftapp.verification.bulk.rows import Judged, Line, Rules, cut_off, judge
from qftapp.verification.sandbox.linux import die_with_parent

LIVES = 2
"""Processes that one line may cost."""
GRACE_SECONDS = 30.0
"""How long after its deadline a line may be answered: a sandbox may have to be started for it."""
MOST_AT_ONCE = 64
SHORT, LONG = 0.05, 0.2
"""Seconds between which the lines sent at once should take."""
STARTS = 3

Answer = tuple[Line, Judged]


class NoProcess(RuntimeError):
    """The processes end before they can judge anything."""


def serve(connection: Connection, rules: Rules, parent: int) -> None:
    """Judge what comes, until the other end is closed or the process `parent` is gone."""
    if sys.platform == "linux":
        die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the first of them ends the others
    try:
        connection.send(None)
        while True:
            for line in connection.recv():
                connection.send(judge(line, rules))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


class _Worker:
    """One process and the lines it has not answered."""

    def __init__(self, rules: Rules) -> None:
        context = get_context("spawn")  # never a fork: this process may have threads, and the secret of its points
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=serve, args=(theirs, rules, os.getpid()), daemon=True)
        self.process.start()
        theirs.close()
        self.is_ready = False
        self.lines: deque[Line] = deque()
        self.size = 1
        self._sent_at = self.heard_at = time.monotonic()

    def send(self, lines: list[Line]) -> None:
        """Hand over lines; a process that is gone is found out when it is listened to."""
        self.lines.extend(lines)
        self._sent_at = self.heard_at = time.monotonic()
        try:
            self.connection.send(lines)
        except OSError:
            self.process.kill()

    def answers(self) -> Iterator[Answer]:
        """Yield what has been answered. Raises EOFError or OSError once the process is gone."""
        while self.connection.poll():
            judged = self.connection.recv()
            self.heard_at = time.monotonic()
            if judged is None:
                self.is_ready = True
                continue
            yield self.lines.popleft(), judged
            if not self.lines:
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


class Crew:
    """Some workers and the lines that wait for one."""

    def __init__(self, count: int, rules: Rules) -> None:
        self._rules = rules
        self._workers = [_Worker(rules) for _ in range(count)]
        self._waiting: deque[Line] = deque()
        self._deaths: dict[int, int] = {}
        self._failed_starts = 0

    def add(self, line: Line) -> None:
        """Take a line to be judged."""
        self._waiting.append(line)

    @property
    def is_idle(self) -> bool:
        """Whether every line has been answered."""
        return not self._waiting and not any(worker.lines for worker in self._workers)

    def work(self, source: int | None, seconds: float) -> tuple[bool, list[Answer]]:
        """Wait for answers or for the file descriptor `source`, at most so long; return whether that can be read."""
        self._hand_out()
        connections = [worker.connection for worker in self._workers]
        ready = wait([*connections, *([] if source is None else [source])], seconds)
        answers: list[Answer] = []
        for place, worker in enumerate(self._workers):
            try:
                for answer in worker.answers() if worker.connection in ready else ():
                    answers.append(answer)  # one by one: what came before the end of the process counts
            except (EOFError, OSError):
                answers.extend(self._buried(place, "its process ended twice while it was judged"))
                continue
            if worker.lines and time.monotonic() > worker.heard_at + self._rules.seconds + GRACE_SECONDS:
                self._deaths[worker.lines[0].number] = LIVES
                answers.extend(self._buried(place, "it was not judged by its deadline, nor long after"))
        for line, _ in answers:
            self._deaths.pop(line.number, None)
        self._failed_starts = 0 if answers else self._failed_starts
        return source in ready, answers

    def _hand_out(self) -> None:
        idle = [worker for worker in self._workers if worker.is_ready and not worker.lines]
        for place, worker in enumerate(idle):
            share = -(-len(self._waiting) // (len(idle) - place))
            if lines := [self._waiting.popleft() for _ in range(min(worker.size, share))]:
                worker.send(lines)

    def _buried(self, place: int, reason: str) -> Iterator[Answer]:
        """Replace a worker; yield the verdict on the line it was at if that has cost its last process."""
        worker = self._workers[place]
        worker.end()
        self._failed_starts = 0 if worker.is_ready else self._failed_starts + 1
        if self._failed_starts >= STARTS:
            raise NoProcess(f"the processes that judge do not start (exit code {worker.process.exitcode})")
        left = list(worker.lines)
        if left:
            suspect = left[0]
            deaths = self._deaths[suspect.number] = self._deaths.get(suspect.number, 0) + 1
            if deaths >= LIVES:
                left = left[1:]
                yield suspect, cut_off(suspect, reason, self._rules)
        self._waiting.extendleft(reversed(left))
        self._workers[place] = _Worker(self._rules)

    def close(self) -> None:
        """End every process."""
        for worker in self._workers:
            worker.end()
