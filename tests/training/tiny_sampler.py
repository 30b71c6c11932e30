"""A sampler that keeps the contract of ours: it gives every item one and the same answer, so many times."""

import argparse
import json
import sys
from pathlib import Path

ANSWER = r"<think>Two-body phase space.</think> It is $\boxed{\frac{g^2 m}{8\pi}}$."


def main() -> int:
    """Write the answers; returns the exit code."""
    parser = argparse.ArgumentParser()
    for name in ("model", "items", "samples", "output", "temperature", "max-tokens", "seed"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    if not (Path(given.model) / "model.safetensors").exists():
        sys.stderr.write(f"{given.model} has no weights\n")
        return 1
    items = [json.loads(line) for line in Path(given.items).read_text(encoding="utf-8").splitlines()]
    rows = [
        {"item": item["slug"], "version": item["version"], "sample": sample, "text": ANSWER, "finish_reason": "stop"}
        for item in items
        for sample in range(int(given.samples))
    ]
    Path(given.output).mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (Path(given.output) / "traces-0.jsonl").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
