"""What a run in the sandbox costs: `python -m tests.benchmarks.bench_sandbox`."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from qftapp.verification.sandbox import Call, Job, run, run_many, warm_up

RUNS = 100
WIDTH = "import math\ndef width(m, g):\n    return g**2 / (16 * math.pi * m)"
SYMBOLIC = "import sympy\ndef width(m, g):\n    x = sympy.Symbol('x')\n    return sympy.diff(x**3 * g, x).subs(x, m)"
CALLS = [Call((1.0 + number, 2.0), ("m", "g")) for number in range(12)]


def milliseconds(act: Callable[[], object]) -> str:
    """Return the median, 90th percentile and minimum of many repetitions."""
    figures = []
    for _ in range(RUNS):
        start = time.perf_counter()
        act()
        figures.append(1000 * (time.perf_counter() - start))
    figures.sort()
    return f"median {statistics.median(figures):.1f} ms, p90 {figures[9 * RUNS // 10]:.1f}, best {figures[0]:.1f}"


def main() -> None:
    """Print the figures."""
    start = time.perf_counter()
    problem = warm_up()
    print(f"start of the zygote: {time.perf_counter() - start:.2f} s {problem}")
    print("one function at 12 points:", milliseconds(lambda: run(WIDTH, "width", CALLS)))
    print("one SymPy function at 12 points:", milliseconds(lambda: run(SYMBOLIC, "width", CALLS)))
    jobs = [Job(WIDTH, "width", CALLS)] * 20
    print("twenty functions in one process:", milliseconds(lambda: run_many(jobs)))
    start = time.perf_counter()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: run(WIDTH, "width", CALLS), range(RUNS)))
    print(f"from eight threads: {RUNS / (time.perf_counter() - start):.0f} runs/s")


if __name__ == "__main__":
    main()
