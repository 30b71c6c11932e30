"""A trainer followed by what it writes: every line of its progress reaches the application, in order, counted once.

The files are the queue. What the application has confirmed is remembered beside them, so that neither a lost network
nor a new start of the worker counts a metric twice, or not at all.
"""

import json
import logging
import math
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.client import Client, Refused
from training.job_folder import JobFolder, Sent, hash_of

Json = dict[str, Any]

log = logging.getLogger(__name__)

MOST_NUMBERS = 2_000
"""Metrics of one report."""

HEARTBEAT = 20.0
"""Seconds after which a report is sent that has nothing new."""

BUNCH = 64 * 2**20
"""Bytes of rollouts that are handed in together."""

_NO_NAME = re.compile(r"[^\w./@:+-]")


class Follower:
    """Sends what is new of one job, and hears whether it is still wanted."""

    def __init__(self, folder: JobFolder, client: Client) -> None:
        self.folder = folder
        self.client = client
        job = folder.job
        self.slug, self.claim, self._rollouts = job["slug"], job["claim"], job.get("rollouts")
        self.sent: Sent = folder.sent
        self._heard = -math.inf

    def send(self) -> str:
        """Send all that is new, or a heartbeat where it is time; return the job's state. Raises Lost, Unreachable."""
        state = ""
        for kind, lines, offset in self._batches():
            self.sent.has_ended = kind == "end"
            if kind == "metrics":
                state = self._report(lines)
            elif kind == "checkpoint":
                self._checkpoint(lines[0])
            else:
                self.sent.is_finished = bool(lines[0].get("finished"))
            self._confirm(offset)
        if time.monotonic() - self._heard >= HEARTBEAT:
            state = self._report([])
        return state or "running"

    def send_rollouts(self) -> None:
        """Hand in the rollouts of steps that no resumption will do again: those up to the newest checkpoint."""
        last = self.sent.step if self.sent.is_finished else self.sent.checkpoint.get("step", 0)
        waiting = [] if self._rollouts is None else self._complete(last)
        while waiting:
            bunch: list[Path] = []
            size = 0
            while waiting and (not bunch or size + waiting[0].stat().st_size <= BUNCH):
                bunch.append(waiting.pop(0))
                size += bunch[-1].stat().st_size
            self._hand_in(bunch)
            self.sent.rollouts += [path.name for path in bunch]
            self._confirm(self.sent.offset)

    def register_last(self) -> Json | None:
        """Say which checkpoint is the last; return the evaluation that is wanted of it."""
        if not self.sent.checkpoint:
            return None
        answer = self.client.checkpoint(self.slug, self.claim, {**self.sent.checkpoint, "is_last": True})
        evaluation: Json | None = answer["evaluation"]
        return evaluation

    def _batches(self) -> Iterator[tuple[str, list[Json], int]]:
        """Yield what follows what was confirmed: lines of one kind, and where in the file they end."""
        batch: list[Json] = []
        numbers = 0
        end = self.sent.offset
        for line, offset in self._new_lines():
            kind = line.get("kind")
            if kind == "metrics":
                batch.append(line)
                numbers += len(line.get("metrics", ()))
            if batch and (kind != "metrics" or numbers >= MOST_NUMBERS):
                yield "metrics", batch, offset if kind == "metrics" else end
                batch, numbers = [], 0
            if kind in ("checkpoint", "end"):
                yield kind, [line], offset
            end = offset
        if batch:
            yield "metrics", batch, end

    def _new_lines(self) -> Iterator[tuple[Json, int]]:
        """Yield the whole lines that were not confirmed, each with where it ends."""
        path = self.folder.progress
        size = path.stat().st_size if path.exists() else 0
        if size < self.sent.offset:  # somebody has emptied the folder
            self.sent.offset = 0
        if size == self.sent.offset:
            return
        with path.open("rb") as file:
            file.seek(self.sent.offset)
            offset = self.sent.offset
            for line in file:
                if not line.endswith(b"\n"):
                    return
                offset += len(line)
                yield _read(line), offset

    def _report(self, lines: list[Json]) -> str:
        if lines:
            self.sent.step, self.sent.steps = int(lines[-1]["step"]), int(lines[-1].get("steps", 0))
        said = {
            "progress": self.sent.step,
            "steps": self.sent.steps,
            "metrics": [number for line in lines for number in _numbers(line)],
            "log_tail": self.folder.log_tail(),
        }
        try:
            state = self.client.report(self.slug, self.claim, said)
        except Refused as refusal:
            # What the application never takes must not keep the rest from it.
            log.error("these metrics are lost: %s", refusal)
            state = self.client.report(self.slug, self.claim, {**said, "metrics": [], "log_tail": str(refusal)})
        self._heard = time.monotonic()
        return state

    def _checkpoint(self, line: Json) -> None:
        path = self.folder.output / str(line["path"])
        if not path.is_dir():
            log.warning("checkpoint %s is gone before it was registered", path)
            return
        said = {"step": int(line["step"]), "locator": str(path), "sha256": hash_of(path)}
        try:
            self.client.checkpoint(self.slug, self.claim, {**said, "is_last": False})
        except Refused as refusal:
            log.error("this checkpoint is not registered: %s", refusal)
        else:
            self.sent.checkpoint = said

    def _complete(self, last: int) -> list[Path]:
        """Return the files of rollouts up to a step that were not handed in, in the order of their steps."""
        found = {}
        for path in self.folder.rollouts.glob("step-*.jsonl"):
            step = path.stem.removeprefix("step-")
            if step.isdecimal() and int(step) <= last and path.name not in self.sent.rollouts:
                found[int(step)] = path
        return [found[step] for step in sorted(found)]

    def _hand_in(self, paths: list[Path]) -> None:
        bunch = self.folder.path / f"{paths[0].stem}-to-{paths[-1].stem}.jsonl"
        with bunch.open("wb") as file:
            for path in paths:
                file.write(path.read_bytes())
        try:
            self.client.send_traces(str(self._rollouts), bunch)
        except Refused as refusal:
            log.error("these rollouts are not in the application: %s", refusal)
        finally:
            bunch.unlink()

    def _confirm(self, offset: int) -> None:
        self.sent.offset = offset
        self.folder.sent = self.sent


def _read(line: bytes) -> Json:
    """Return what a line holds; nothing where a killed process has torn it."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) and isinstance(value.get("step"), int) else {}


def _numbers(line: Json) -> Iterator[Json]:
    """Yield the metrics of a line; a value that is no number is null, so that the curve shows the gap."""
    for name, value in line.get("metrics", {}).items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value) if math.isfinite(value) else None
            yield {"name": _NO_NAME.sub("_", name)[:80], "step": line["step"], "value": number}
