"""Verdicts per second and the latency of an examination: python -m tests.benchmarks.bench_verification."""

import statistics
import time
from collections.abc import Callable

from qftapp.verification import Contract, verify
from qftapp.verification.sandbox import warm_up
from qftapp.verification.soundness import examine
from tests.verification.builders import code, contract, expression, python, symbol

SECONDS = 2.0

PYTHON_GOLD = python(
    "import math\n\ndef width(m, g, M):\n"
    "    if M < 2*m:\n        return 0.0\n"
    "    return g**2 / (16 * math.pi * M) * math.sqrt(1 - 4*m**2 / M**2) + g**4 / (256 * math.pi**3 * M)\n"
)
EXPRESSION_GOLD = expression("g**2/(16*pi*M)*sqrt(1 - 4*m**2/M**2) + g**4/(256*pi**3*M)")
SYMBOLS = [symbol("m", "positive"), symbol("g"), symbol("M", "positive")]
BOX = r"\boxed{g^2/(16*pi*M^2)*sqrt(M^2 - 4*m^2) + (g/4)^4/(pi^3*M)}"


def item(gold: dict[str, str]) -> Contract:
    """Return a decay width above threshold."""
    return contract(symbols=SYMBOLS, assumptions=["M > 2*m"], gold=gold)


def measure(title: str, act: Callable[[], object]) -> None:
    """Print median and 99th percentile of the milliseconds an act takes, and how often a second holds it."""
    act()
    taken = []
    stop = time.perf_counter() + SECONDS
    while time.perf_counter() < stop:
        start = time.perf_counter()
        act()
        taken.append(1e3 * (time.perf_counter() - start))
    late = sorted(taken)[int(0.99 * (len(taken) - 1))]
    print(f"{title:48} {statistics.median(taken):8.2f} ms  p99 {late:8.2f} ms  {1e3 / statistics.mean(taken):8.0f} /s")


def main() -> None:
    """Measure with a warm sandbox."""
    warm_up()
    answer = code(PYTHON_GOLD["source"])
    cases = {"expression": item(EXPRESSION_GOLD), "python": item(PYTHON_GOLD)}
    for name, case in cases.items():
        measure(f"verify: gold {name}, answer in a box", lambda case=case: verify(case, BOX))
        measure(f"verify: gold {name}, answer in Python", lambda case=case: verify(case, answer))
    for name, case in cases.items():
        measure(f"examine: gold {name}", lambda case=case: examine(case, second_solution=EXPRESSION_GOLD["source"]))
    measure("examine: gold python, second solution python", lambda: examine(cases["python"], second_solution=answer))


if __name__ == "__main__":
    main()
