"""One line on a terminal that says how far the work is."""

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from qftapp.verification.bulk.stream import Tally

PAUSE_SECONDS = 0.5
_CLEARED = "\r\x1b[K"


class Progress:
    """The line; `size` is that of the input in bytes, None where it is not known."""

    def __init__(self, terminal: TextIO, size: int | None) -> None:
        self._terminal = terminal
        self._size = size
        self._started = time.monotonic()
        self._shown = self._started

    def show(self, tally: "Tally") -> None:
        """Write the line anew, unless that has just been done."""
        if time.monotonic() < self._shown + PAUSE_SECONDS:
            return
        self._shown = time.monotonic()
        self._terminal.write(_CLEARED + ", ".join((*self._so_far(tally), *self._left(tally))))
        self._terminal.flush()

    def end(self, tally: "Tally") -> None:
        """Replace the line by a summary."""
        parts = ", ".join(f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in tally.outcomes.most_common())
        summary = "; ".join((", ".join(self._so_far(tally)), parts))
        self._terminal.write(f"{_CLEARED}{summary.removesuffix('; ')}\n")
        self._terminal.flush()

    def _so_far(self, tally: "Tally") -> tuple[str, ...]:
        seconds = time.monotonic() - self._started
        return f"{tally.count:,} verdicts in {_time(seconds)}", f"{tally.count / max(seconds, 0.001):,.0f}/s"

    def _left(self, tally: "Tally") -> tuple[str, ...]:
        if not self._size or not tally.bytes_done:
            return ()
        seconds = (time.monotonic() - self._started) * (self._size / tally.bytes_done - 1)
        return (f"{_time(max(seconds, 0))} left",)


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"
