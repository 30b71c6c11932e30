"""A trainer that keeps the contract of ours and learns nothing: what a worker sees of it is real.

It takes `steps` from its config; `seconds` is how long each takes, `crash` the step at which it dies, `fault` refuses
the config, `stopped_code` is its exit code after SIGTERM. All four are config of this program alone.
"""

import argparse
import json
import math
import signal
import sys
import time
from pathlib import Path

import yaml


def main() -> int:
    """Take the steps; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    config = yaml.safe_load(Path(parser.parse_args().config).read_text(encoding="utf-8"))
    if config.get("fault"):
        sys.stderr.write(config["fault"])
        return 2
    rows = [json.loads(line) for line in Path(config["data"]).read_text(encoding="utf-8").splitlines()]
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.append(number))
    output = Path(config["output"])
    done = [int(path.name.removeprefix("checkpoint-")) for path in output.glob("checkpoint-*")]
    return _train(config, output, rows, max(done, default=0), stopping)


def _train(config: dict, output: Path, rows: list[dict], step: int, stopping: list[int]) -> int:
    steps = config["steps"]
    sys.stdout.write(f"{len(rows)} rows, {steps} steps, from step {step} on, {config['model']}\n")
    sys.stdout.flush()
    while step < steps and not stopping:
        time.sleep(config.get("seconds", 0.01))
        step += 1
        if step == config.get("crash") and not (output / "crashed").exists():
            (output / "crashed").touch()
            return 1
        _say(output, kind="metrics", step=step, steps=steps, seconds=0.1, metrics=_metrics(step))
        _rollout(output, step, rows[step % len(rows)])
        if step % config.get("save_every", 50) == 0 or step == steps:
            _save(output, step)
    if stopping:
        _save(output, step)
    _say(output, kind="end", step=step, finished=step >= steps)
    return config.get("stopped_code", 0) if stopping else 0


def _metrics(step: int) -> dict[str, float]:
    return {"loss": 3 * math.exp(-step / 20), "reward": 1 - math.exp(-step / 30), "outcome/correct": 0.5, "kl": 0.01}


def _rollout(output: Path, step: int, row: dict) -> None:
    (output / "rollouts").mkdir(exist_ok=True)
    said = {
        "item": row["item"],
        "version": row["version"],
        "sample_index": step,
        "text": f"Step {step}.",
        "reward": 0.0,
    }
    (output / "rollouts" / f"step-{step}.jsonl").write_text(json.dumps(said) + "\n", encoding="utf-8")


def _save(output: Path, step: int) -> None:
    folder = output / f"checkpoint-{step}"
    if not folder.exists():
        folder.mkdir()
        (folder / "model.safetensors").write_text(f"weights of step {step}", encoding="utf-8")
        _say(output, kind="checkpoint", step=step, path=folder.name)


def _say(output: Path, **line: object) -> None:
    with (output / "progress.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
