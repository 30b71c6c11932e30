"""Training shown live on a CPU: a tiny model learns charges from answers, and which of two signs from the verifier.

python -m training.demo [DIRECTORY]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training import lookups
from training.progress import FILE

CONFIGS = Path(__file__).parent / "configs" / "laptop"
SFT_STEPS, GRPO_STEPS = 60, 15
WIDTH, LINES = 40, 15


def main(arguments: Sequence[str] | None = None) -> int:
    """Run SFT and GRPO in a folder and show them; returns the exit code of what failed, else 0."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    folder = Path(given[0] if given else tempfile.mkdtemp(prefix="demo-training-"))
    folder.mkdir(parents=True, exist_ok=True)
    sft = lookups.write(folder / "sft.jsonl", lookups.sft_rows())
    rl = lookups.write(folder / "rl.jsonl", [lookups.rl_row(name) for name in lookups.NAMES])
    print(f"{len(lookups.NAMES)} items on charges of particles, and as many that begin alike, on antiparticles.")
    print("The model is shown how they begin: after SFT it is right half of the time. GRPO is on the particles alone.")
    tiny, trained = folder / "tiny", folder / f"sft/checkpoint-{SFT_STEPS}"
    code = _program("training.tiny", sft, str(tiny))
    code = code or _shown("sft", tiny, sft, folder / "sft", SFT_STEPS, "mean_token_accuracy")
    code = code or _shown("grpo", trained, rl, folder / "grpo", GRPO_STEPS, "reward")
    if not code:
        _compare(folder / "grpo/rollouts")
        print(f"\nData, progress, completions and checkpoints: {folder}")
    return code


def _shown(method: str, model: Path, data: str, output: Path, steps: int, metric: str) -> int:
    """Run a trainer and draw a metric as it comes."""
    print(f"\n{method}: {metric.replace('_', ' ')} by step (its libraries take some seconds to load)", flush=True)
    flags = ["--config", str(CONFIGS / f"{method}.yaml"), "--model", str(model), "--data", data]
    process = _started(f"training.{method}", *flags, "--output", str(output), "--steps", str(steps))
    shown = 0
    while process.poll() is None:
        shown = _draw(output, metric, shown, steps)
        time.sleep(0.2)
    _draw(output, metric, shown, steps)
    return process.returncode


def _program(name: str, *arguments: str) -> int:
    return _started(name, *arguments).wait()


def _started(name: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # more threads are slower at this size
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", name, *arguments], env=environment, stdout=quiet)


def _draw(output: Path, metric: str, shown: int, steps: int) -> int:
    """Draw some of the lines that came after so many, the first and the last too; returns how many there are."""
    file = output / FILE
    lines = file.read_text().splitlines() if file.exists() else []
    for line in map(json.loads, lines[shown:]):
        value = line.get("metrics", {}).get(metric)
        if value is not None and (line["step"] == 1 or line["step"] % max(1, steps // LINES) == 0):
            bar = "█" * round(WIDTH * value)
            print(f"{line['step']:4} {bar:{WIDTH}} {value:.2f}   {line['seconds']:6.1f} s", flush=True)
    return len(lines)


def _compare(rollouts: Path) -> None:
    """Show what the model answered to some items in the first step and in the last."""
    first, last = (_by_item(rollouts / f"step-{step}.jsonl") for step in (1, GRPO_STEPS))
    print(f"\n{'item':18} {'first step':24} last step")
    for item in sorted(first.keys() & last.keys())[:8]:
        print(f"{item:18} {_said(first[item]):24} {_said(last[item])}")


def _by_item(path: Path) -> dict[str, dict[str, Any]]:
    return {row["item"]: row for row in map(json.loads, path.read_text().splitlines())}


def _said(row: dict[str, Any]) -> str:
    answer = row["text"].rpartition("</think>")[2].strip().replace("\n", " ")
    return f"{answer[:12]} {row['grade']}"


if __name__ == "__main__":
    sys.exit(main())
