"""What the reward costs: seconds for the completions of a GRPO step, on cores of this machine. Printed, not asserted.

Last its share of a step of the tiny model, whose completions take next to nothing: the most that it can come to. A step
of 7 B on one GPU takes a minute and more.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from training.judging import Pool
from training.lookups import contract
from training.progress import FILE

PROMPTS, GENERATIONS = 16, 8
SECONDS = 5.0
RIGHT = "<think>\n{}\n</think>\n$\\boxed{{\\frac{{g^2 m}}{{8\\pi}}}}$"
WRONG = "<think>\n{}\n</think>\n$\\boxed{{\\frac{{g^2 m^{}}}{{4\\pi}}}}$"
CODE = "```python\nimport math\ndef decay_width(m, g):\n    return {} * g**2 * m / (8 * math.pi)\n```"
LOOP = "```python\ndef decay_width(m, g):\n    while True:\n        pass\n```"
GOLD = "import math\n\ndef decay_width(m, g):\n    return g**2 * m / (8 * math.pi)\n"
FIELDS = {"low": None, "high": None, "exclude": [], "unit": "", "decoy": False, "meaning": "", "domain": "positive"}
WIDTH = {
    "kind": "expression",
    "entry_point": "decay_width",
    "constant": False,
    "symbols": [{"name": name, "latex": name, **FIELDS} for name in ("m", "g")],
    "gold": {"language": "python", "source": GOLD},
}
REASONING = "The squared amplitude summed over spins is $2g^2m^2$; two-body phase space gives $1/(8\\pi)$. " * 300


def step(kind: str, turn: int = 0) -> list[tuple[str, str]]:
    """The completions of a step, some of them right; other wrong ones at each turn, since verdicts are remembered."""
    pairs = []
    for prompt in range(PROMPTS):
        said = json.dumps(contract(**WIDTH, tolerance={"kind": "relative", "value": 1e-6 / (1 + prompt)}))
        for number in range(GENERATIONS):
            if kind == "code":
                text = CODE.format(number + 10 * turn)
            else:
                text = RIGHT.format(REASONING) if number == 0 else WRONG.format(REASONING, number + 2 + 10 * turn)
            pairs.append((said, text))
    return pairs


def main() -> None:
    """Print the seconds of a first step, of later ones, and of one with a loop."""
    pool = Pool(processes=0, seconds=SECONDS, batch_seconds=600)
    print(f"{PROMPTS} prompts × {GENERATIONS} completions, {len(os.sched_getaffinity(0))} processes")
    try:
        for kind in ("boxed", "code"):
            for turn, name in enumerate(("first step", "later step")):
                print(f"{kind:6} {name:12} {taken(pool, step(kind, turn)):6.2f} s")
        looping = [*step("boxed")[:-1], (step("boxed")[-1][0], LOOP)]
        print(f"boxed  with a loop  {taken(pool, looping):6.2f} s, {SECONDS:.0f} of them its own")
    finally:
        pool.close()
    with tempfile.TemporaryDirectory() as folder:
        reward, whole = share(Path(folder))
    print(f"tiny model: {reward:.2f} s of the {whole:.2f} s of a step, {reward / whole:.0%}")


def share(folder: Path) -> tuple[float, float]:
    """Seconds of the reward and of the whole step, the median of the demo's steps after the first."""
    subprocess.run([sys.executable, "-m", "training.demo", folder], check=True, stdout=subprocess.DEVNULL)
    lines = map(json.loads, (folder / "grpo" / FILE).read_text().splitlines())
    steps = [line["metrics"] for line in lines if line["kind"] == "metrics"][1:]
    return median(step["reward_time"] for step in steps), median(step["step_time"] for step in steps)


def taken(pool: Pool, pairs: list[tuple[str, str]]) -> float:
    """Seconds for judging them."""
    started = time.monotonic()
    pool.judged(pairs)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
