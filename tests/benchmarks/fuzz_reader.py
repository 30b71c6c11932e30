"""Whether any text breaks the reader: python -m tests.benchmarks.fuzz_reader --seconds 60.

Golden answers are damaged, then read, taken for gold, or judged. What raises anything but ExpressionError, or takes
more than two seconds, is printed. With --atheris (pip install atheris) libFuzzer looks for texts that reach new code.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.damage import damaged_bytes, damaged_tokens

if TYPE_CHECKING:
    from tests.benchmarks.reader_trial import Trial


def search(trial: "Trial", seconds: float, seed: int) -> int:
    """Damage answers for so long, print the first text that breaks something at each place; return how many places."""
    faults: set[str] = set()
    number = 0
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        number += 1
        try:
            attempt(trial, random.Random(f"{seed}.{number}"))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            name = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
            if name not in faults:
                print(f"\n{name}: {error}\n  {trial.text!r}")
            faults.add(name)
    print(f"\n{number:,} texts, seed {seed}, {len(faults)} faults")
    print(", ".join(f"{what} at most {slowest:.2f} s" for what, slowest in trial.slowest.items()))
    for name, count in trial.counts.most_common():
        print(f"{count:9,}  {name}")
    return len(faults)


def attempt(trial: "Trial", chance: random.Random) -> None:
    """Damage one answer and try it."""
    contract, answer = chance.choice(trial.items)
    way = chance.choice(("read", "read", "guess", "judge"))
    text = answer if way == "judge" else _boxed(answer)
    text = damaged_bytes(text, chance) if chance.random() < 0.3 else damaged_tokens(text, trial.answers, chance)
    trial.attempt(way, contract, text)


def _boxed(answer: str) -> str:
    """Return what stands in the last box of an answer, the whole of it where there is none."""
    return answer.rpartition(r"\boxed{")[2].rpartition("}")[0] or answer


def search_by_coverage(seconds: float) -> None:
    """Let libFuzzer look for texts; it prints the first fault and ends this process with it."""
    import atheris

    with atheris.instrument_imports(include=["qftapp.verification.latex", "qftapp.verification.expressions"]):
        from tests.benchmarks.reader_trial import Trial
    trial = Trial()

    def one(data: bytes) -> None:
        contract, _ = trial.items[int.from_bytes(data[:2], "big") % len(trial.items)]
        text = data[2:].decode(errors="replace")
        trial.attempt("read", contract, text)
        trial.attempt("guess", contract, text)

    with tempfile.TemporaryDirectory() as folder:
        for place, (_, answer) in enumerate(trial.items):
            (Path(folder) / str(place)).write_bytes(place.to_bytes(2, "big") + _boxed(answer).encode())
        words = [sys.argv[0], f"-max_total_time={seconds:.0f}", "-max_len=2000", f"-artifact_prefix={folder}/", folder]
        atheris.Setup(words, one)
        atheris.Fuzz()


def main() -> int:
    """Search and print; return 1 if something broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the damage")
    parser.add_argument("--atheris", action="store_true", help="let libFuzzer choose the texts")
    asked = parser.parse_args()
    if asked.atheris:
        search_by_coverage(asked.seconds)
        return 0
    from tests.benchmarks.reader_trial import Trial  # late, since atheris instruments what it imports

    return 1 if search(Trial(), asked.seconds, asked.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
