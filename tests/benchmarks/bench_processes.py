"""Verdicts per second of several processes at once: python -m tests.benchmarks.bench_processes.

Threads share one precision and one interpreter, processes nothing: bulk grading takes as many of them as processors.
"""

import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from qftapp.verification import verify
from tests.benchmarks.bench_verification import BOX, EXPRESSION_GOLD, item

SAMPLES = 4000
TASKS = 8


def grade(count: int) -> int:
    """Judge one answer in a box many times; gold is computed once."""
    case = item(EXPRESSION_GOLD)
    return sum(verify(case, BOX).outcome == "correct" for _ in range(count))


def rate(workers: Executor) -> float:
    """Return the verdicts per second of some workers, warm."""
    list(workers.map(grade, [1] * TASKS))
    start = time.perf_counter()
    assert sum(workers.map(grade, [SAMPLES // TASKS] * TASKS)) == SAMPLES
    return SAMPLES / (time.perf_counter() - start)


def main() -> None:
    """Measure one process, then as many as there are processors, then as many threads."""
    processors = os.cpu_count() or 1
    for count in sorted({1, 2, processors}):
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as processes:
            print(f"{count:3} process{'es' if count > 1 else '  '} {rate(processes):8.0f} verdicts/s")
    with ThreadPoolExecutor(processors) as threads:
        print(f"{processors:3} threads   {rate(threads):8.0f} verdicts/s")


if __name__ == "__main__":
    main()
