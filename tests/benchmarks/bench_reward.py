"""What the reward costs: seconds for the completions of a GRPO step, on cores of this machine. Printed, not asserted.

Next to generation and the update, which take a minute and more for 7 B on one GPU, it should not be seen.
"""

import json
import os
import time

from tests.factories import contract
from training.judging import Pool

PROMPTS, GENERATIONS = 16, 8
SECONDS = 5.0
RIGHT = "<think>\n{}\n</think>\n$\\boxed{{\\frac{{g^2 m}}{{8\\pi}}}}$"
WRONG = "<think>\n{}\n</think>\n$\\boxed{{\\frac{{g^2 m^{}}}{{4\\pi}}}}$"
CODE = "```python\nimport math\ndef decay_width(m, g):\n    return {} * g**2 * m / (8 * math.pi)\n```"
LOOP = "```python\ndef decay_width(m, g):\n    while True:\n        pass\n```"
REASONING = "The squared amplitude summed over spins is $2g^2m^2$; two-body phase space gives $1/(8\\pi)$. " * 300


def step(kind: str) -> list[tuple[str, str]]:
    """The completions of a step, a tenth of them right."""
    pairs = []
    for prompt in range(PROMPTS):
        said = json.dumps(contract(tolerance={"kind": "relative", "value": 1e-6 / (1 + prompt)}))
        for number in range(GENERATIONS):
            if kind == "code":
                text = CODE.format(number)
            else:
                text = RIGHT.format(REASONING) if number == 0 else WRONG.format(REASONING, number + 2)
            pairs.append((said, text))
    return pairs


def main() -> None:
    """Print the seconds of a first step, of later ones, and of one with a loop."""
    pool = Pool(processes=0, seconds=SECONDS, batch_seconds=600)
    print(f"{PROMPTS} prompts × {GENERATIONS} completions, {len(os.sched_getaffinity(0))} processes")
    try:
        for kind in ("boxed", "code"):
            for name in ("first step", "later step"):
                print(f"{kind:6} {name:12} {taken(pool, step(kind)):6.2f} s")
        looping = [*step("boxed")[:-1], (step("boxed")[-1][0], LOOP)]
        print(f"boxed  with a loop  {taken(pool, looping):6.2f} s, {SECONDS:.0f} of them its own")
    finally:
        pool.close()


def taken(pool: Pool, pairs: list[tuple[str, str]]) -> float:
    """Seconds for judging them."""
    started = time.monotonic()
    pool.judged(pairs)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
