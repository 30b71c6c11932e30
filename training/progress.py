"""What a trainer tells while it runs: one JSON object a line in progress.jsonl, which only grows.

{"kind": "metrics", "step", "steps", "seconds", "metrics": {name: number}}, {"kind": "checkpoint", "step", "path"},
{"kind": "end", "step", "finished"}. Seconds count from the start of the process. After a resume, steps since the last
checkpoint come again: the last line of a step counts.
"""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "progress.jsonl"


class Progress:
    """The file of one trainer; the process that does not write is told so."""

    def __init__(self, output: Path, *, writes: bool = True) -> None:
        self._path = output / FILE
        self._writes = writes
        self._started = time.monotonic()
        self.step = 0
        if writes:
            output.mkdir(parents=True, exist_ok=True)
            self._end_torn_line()

    def metrics(self, step: int, steps: int, found: Mapping[str, Any]) -> None:
        """Write the finite numbers of a step."""
        self.step = step
        numbers = {name: value for name, value in found.items() if _is_finite(value)}
        seconds = round(time.monotonic() - self._started, 3)
        self._write({"kind": "metrics", "step": step, "steps": steps, "seconds": seconds, "metrics": numbers})

    def checkpoint(self, step: int) -> None:
        """Write that a checkpoint is complete."""
        self.step = step
        self._write({"kind": "checkpoint", "step": step, "path": f"checkpoint-{step}"})

    def end(self, *, finished: bool) -> None:
        """Write that the trainer ends, and whether it has done all its steps."""
        self._write({"kind": "end", "step": self.step, "finished": finished})

    def _write(self, line: dict[str, Any]) -> None:
        if self._writes:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def _end_torn_line(self) -> None:
        """Begin a line of its own after one that a killed process left without an end."""
        if self._path.exists() and (said := self._path.read_bytes()) and not said.endswith(b"\n"):
            with self._path.open("ab") as file:
                file.write(b"\n")


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
