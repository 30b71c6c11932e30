"""The real programs of training, run as their users run them, and what they tell."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.servers import OFFLINE

WAIT_SECONDS = 540


def run(
    program: str,
    *arguments: str,
    stop_at: int = 0,
    python: Sequence[str] = (sys.executable,),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    """Run `python -m training.<program>`; with `stop_at` it is sent SIGTERM as soon as it has told of that step."""
    output = Path(arguments[arguments.index("--output") + 1])
    log = output.with_suffix(".log")
    with log.open("w") as said:
        process = subprocess.Popen(
            [*python, "-m", f"training.{program}", *arguments],
            env={**os.environ, **OFFLINE, **environment},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            while stop_at and process.poll() is None and last_step(output) < stop_at:
                time.sleep(0.1)
            if stop_at:
                process.send_signal(signal.SIGTERM)
            process.wait(WAIT_SECONDS)
        finally:
            process.kill()
            process.wait()
    return subprocess.CompletedProcess(process.args, process.returncode, log.read_text())


def rollouts(output: Path) -> dict[int, list[dict[str, Any]]]:
    """The completions that are kept, by step."""
    files = (output / "rollouts").glob("step-*.jsonl")
    return {int(path.stem[5:]): [json.loads(line) for line in path.read_text().splitlines()] for path in files}


def progress(output: Path, kind: str) -> list[dict[str, Any]]:
    """The lines of a kind that a trainer has written."""
    file = output / "progress.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    return [line for line in map(json.loads, lines) if line["kind"] == kind]


def last_step(output: Path) -> int:
    """The step that was told last."""
    return max((line["step"] for line in progress(output, "metrics")), default=0)


def metric(output: Path, name: str) -> list[float]:
    """A metric by steps; of a step that was made twice the last counts."""
    found = {line["step"]: line["metrics"][name] for line in progress(output, "metrics") if name in line["metrics"]}
    return [found[step] for step in sorted(found)]
