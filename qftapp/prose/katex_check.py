"""Which formulas of a text KaTeX cannot set: the page's own KaTeX, macros and bounds, run in V8 on the server."""

import atexit
import ctypes
import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from py_mini_racer import JSOOMException, JSTimeoutException, MiniRacer

from qftapp.prose.render import Formula, formulas

BUNDLE = Path(settings.BASE_DIR) / "dist" / "katex-check.js"
DEADLINE_SECONDS = 2.0
MAX_HEAP_BYTES = 256 * 2**20


class KatexUnavailable(RuntimeError):
    """The bundle of KaTeX has not been built."""


@dataclass(frozen=True, slots=True)
class MathProblem:
    """A formula that does not set: its LaTeX, why, and its offset in the text."""

    source: str
    reason: str
    position: int


def problems(text: str) -> list[MathProblem]:
    """Return the formulas of `text` that KaTeX cannot set, in their order; an empty list if all set.

    Safe in threads and after a fork. Raises KatexUnavailable if the assets have not been built.
    """
    found = formulas(text)
    reasons = _engine_of_process.reasons(found) if found else []
    return [
        MathProblem(formula.source, reason, formula.position)
        for formula, reason in zip(found, reasons, strict=True)
        if reason is not None
    ]


class _Engine:
    """KaTeX in a V8 of its own, started with the first formula."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: MiniRacer | None = None

    def reasons(self, found: Sequence[Formula]) -> list[str | None]:
        """Return for each formula why it does not set, or None."""
        with self._lock:
            together = self._ask(found)
            if together is not None:
                return together
            # One of them exhausted the engine: ask for each alone, to know which.
            return [(self._ask([formula]) or ["It takes too much time or memory to set."])[0] for formula in found]

    def close(self) -> None:
        """Stop V8; left to the interpreter's end, it waits for a thread that is gone by then."""
        if self._context is not None:
            self._context.close()
        self._context = None

    def abandon(self) -> None:
        """Never stop V8: in a forked child its thread does not exist, and stopping it would wait for ever."""
        if self._context is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._context))

    def _ask(self, found: Sequence[Formula]) -> list[str | None] | None:
        """Return the reasons, None if time or memory ran out."""
        pairs = json.dumps([[formula.source, formula.display] for formula in found])
        context = self._context or self._start()
        try:
            answer = context.eval(f"JSON.stringify(checkFormulas({pairs}))", timeout_sec=DEADLINE_SECONDS)
        except (JSTimeoutException, JSOOMException):
            # Returns once the interruption has reached V8, which then works on.
            context.eval("0")
            return None
        reasons: list[str | None] = json.loads(str(answer))
        return reasons

    def _start(self) -> MiniRacer:
        if not BUNDLE.is_file():
            raise KatexUnavailable(f"{BUNDLE} is missing; run npm run build")
        # V8 answers through the event loop that runs where it is started, here perhaps one of a caller who blocks it
        # while he waits; a thread of its own has none, so that V8 gets a loop of its own.
        with ThreadPoolExecutor(1) as starter:
            self._context = starter.submit(MiniRacer).result()
        self._context.set_hard_memory_limit(MAX_HEAP_BYTES)
        self._context.eval(BUNDLE.read_text(encoding="utf-8"))
        return self._context


_engine_of_process = _Engine()


def _after_fork() -> None:
    global _engine_of_process
    _engine_of_process.abandon()
    _engine_of_process = _Engine()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _engine_of_process.close())
