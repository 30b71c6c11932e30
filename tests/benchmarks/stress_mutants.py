"""Many wrong answers, none of which may be accepted: python -m tests.benchmarks.stress_mutants --count 100000.

Each is judged as any answer is. What is accepted is computed again by other means (see `truth`): it is rightly accepted
if it is gold in another form, or within the tolerance of the contract; everything else is printed.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

from qftapp.verification import Contract, Outcome, verify
from tests.benchmarks import truth
from tests.benchmarks.mutants import mutants, sources

SECONDS = 3.0


class Fault(NamedTuple):
    """An answer that is accepted and wrong, or that breaks the verifier, and what repeats its verdict."""

    item: str
    response: str
    what: str
    seed: int


class Share(NamedTuple):
    """What came of one share of the work."""

    counts: Counter[str]
    faults: list[Fault]


class Task(NamedTuple):
    """So many mutants of one item, from a seed."""

    place: int
    count: int
    seed: int


def judge(task: Task) -> Share:
    """Judge the mutants of a task."""
    source = sources()[task.place]
    counts: Counter[str] = Counter()
    faults = []
    for response in islice(mutants(source.contract, random.Random(task.seed)), task.count):
        try:
            came_to, what = _judged(source.contract, response, task.seed)
        except Exception as error:
            came_to, what = "EXCEPTIONS", repr(error)
        counts[came_to] += 1
        if what:
            faults.append(Fault(source.name, response, f"{came_to}: {what}", task.seed))
        if came_to == Outcome.BROKEN_ITEM:
            break  # of an item whose gold cannot be computed nothing is learnt
    return Share(counts, faults)


def _judged(contract: Contract, response: str, seed: int) -> tuple[str, str]:
    """Return what became of a mutant and, if it should not have, what was seen."""
    verdict = verify(contract, response, seed=seed, deadline_seconds=SECONDS)
    if verdict.outcome is not Outcome.CORRECT:
        return verdict.outcome.value, ""
    try:
        error = truth.worst_error(contract, response)
    except truth.Undecided:
        return "accepted, too slow to be computed again", ""
    if error <= truth.FLOATING:
        return "gold in another form", ""
    if error <= truth.permitted(contract):
        return "within the tolerance", ""
    return "FALSE ACCEPTS", f"the error is {error:.3g} of gold"


def tasks(count: int, seed: int) -> Iterator[Task]:
    """Yield tasks of `count` mutants together, every item in turn with as many as the others."""
    each, more = divmod(count, len(sources()))
    for place in range(len(sources())):
        if wanted := each + (place < more):
            yield Task(place, wanted, seed)


def main() -> int:
    """Judge, print every fault and the counts; return 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="of mutants; fewer where items are exhausted")
    parser.add_argument("--seed", type=int, default=1, help="of the changes and of the points")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    faults = 0
    started = time.monotonic()
    with get_context("spawn").Pool(asked.processes) as pool:
        for share in pool.imap_unordered(judge, tasks(asked.count, asked.seed)):
            counts += share.counts
            faults += len(share.faults)
            for fault in share.faults:
                print(f"\n{fault.what}, seed {fault.seed}\n  of {fault.item}\n  {fault.response}")
            if sys.stderr.isatty():
                print(f"\r\x1b[K{counts.total():,} of {asked.count:,}", end="", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print(f"\n{counts.total():,} mutants of {len(sources())} items in {seconds:.0f} s")
    for name, number in counts.most_common():
        print(f"{number:9,}  {name}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
