"""From a stream of lines to a stream of verdicts in the same order, in bounded memory."""

import os
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from qftapp.verification.bulk.crew import Crew
from qftapp.verification.bulk.progress import Progress
from qftapp.verification.bulk.rows import ERROR, Judged, Line, Rules, failed

HELD_BYTES = 64 << 20
"""Of lines and verdicts that wait, for a process or for an earlier line; past that, nothing is read."""
LINE_BYTES = 4 << 20
READ_BYTES = 1 << 18
TICK_SECONDS = 0.5

Answer = tuple[Line, Judged]


@dataclass
class Tally:
    """How many lines were written, by outcome, and what part of the input, in bytes, they were."""

    outcomes: Counter[str] = field(default_factory=Counter)
    bytes_done: int = 0

    @property
    def count(self) -> int:
        """The lines written."""
        return self.outcomes.total()

    @property
    def errors(self) -> int:
        """The lines without a verdict."""
        return self.outcomes[ERROR]


class _Lines:
    """The lines of a file descriptor, as far as they have come."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._rest = b""
        self._is_too_long = False
        self._number = 0
        self.is_open = True

    def read(self) -> Iterator[Line | tuple[Line, Judged]]:
        """Yield the lines that one read brings, those that are too long with what is to be said of them."""
        data = os.read(self._source, READ_BYTES)
        self.is_open = bool(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        if not self.is_open and self._rest:
            whole, self._rest = [self._rest], b""
        for text in whole:
            yield from self._line(text)
        if len(self._rest) > LINE_BYTES:
            self._is_too_long, self._rest = True, b""

    def _line(self, text: bytes) -> Iterator[Line | tuple[Line, Judged]]:
        self._number += 1
        if self._is_too_long or len(text) > LINE_BYTES:
            self._is_too_long = False
            line = Line(self._number, b"")
            yield line, failed(line, f"is longer than {LINE_BYTES >> 20} MB", {})
        elif text.strip():
            yield Line(self._number, text)


class _Order:
    """Verdicts that wait for those of earlier lines."""

    def __init__(self) -> None:
        self._numbers: deque[int] = deque()
        self._done: dict[int, Answer] = {}
        self.held = 0

    def expect(self, line: Line) -> None:
        """Take note of the next line."""
        self._numbers.append(line.number)
        self.held += len(line.text)

    def add(self, answer: Answer) -> None:
        """Take the verdict on one of the lines expected."""
        line, judged = answer
        self._done[line.number] = answer
        self.held += len(judged.text)

    def ready(self) -> list[Answer]:
        """Return, and forget, the verdicts that are next."""
        found = []
        while self._numbers and self._numbers[0] in self._done:
            found.append(self._done.pop(self._numbers.popleft()))
        self.held -= sum(len(line.text) + len(judged.text) for line, judged in found)
        return found


def judge_stream(
    source: int, target: BinaryIO, *, rules: Rules, processes: int, tally: Tally, progress: Progress | None = None
) -> None:
    """Judge every line of a file descriptor and write a line of JSON for each, counted in `tally`.

    Blank lines are passed over. What can be written is written at once, so that a program may wait for a verdict before
    it sends the next line. Raises NoProcess, and BrokenPipeError when nobody reads any more.
    """
    lines, order, crew = _Lines(source), _Order(), Crew(processes, rules)
    try:
        while lines.is_open or not crew.is_idle:
            wanted = source if lines.is_open and order.held < HELD_BYTES else None
            can_read, answers = crew.work(wanted, TICK_SECONDS)
            for answer in answers:
                order.add(answer)
            for line in lines.read() if can_read else ():
                if isinstance(line, Line):
                    order.expect(line)
                    crew.add(line)
                else:
                    order.expect(line[0])
                    order.add(line)
            _write(order.ready(), target, tally)
            if progress:
                progress.show(tally)
    finally:
        crew.close()


def _write(answers: list[Answer], target: BinaryIO, tally: Tally) -> None:
    for line, judged in answers:
        target.write(judged.text.encode() + b"\n")
        tally.outcomes[judged.outcome] += 1
        tally.bytes_done += len(line.text) + 1
    if answers:
        target.flush()
