"""Our verdicts and Math-Verify's on the same labelled pairs: python -m tests.benchmarks.bench_verify FOLDER.

Without a folder they are those of tests/verification/golden. Accepted means outcome correct; whatever else was said is
a refusal. One process for each grader, one after the other, each with its own deadlines. Cold verdicts guess the
contract and compute gold, warm ones find both known, again is for the same answer a second time; all in seconds of the
processor, beside which Math-Verify reads gold once for its warm ones too.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.graders import GRADERS, Judgement, judgements, version
from tests.benchmarks.house_rules import disagreements
from tests.benchmarks.pairs import Pair, read_pairs

GOLDEN = Path(__file__).parents[1] / "verification" / "golden"
INDEPENDENT = ("latex2sympy2_ext_tests", "sympy_latex_tests", "doenet_math_expressions", "fungrim", "stack_algequiv")
GROUPS = {
    "QFT": lambda source: source == "qft_pairs",
    "independent symbolic": lambda source: source in INDEPENDENT,
    "graders' own tests": lambda source: source.endswith("_tests") and source not in INDEPENDENT,
    "all": lambda source: True,
}
HEADINGS = ("pairs", "accuracy", "false acc.", "false ref.", "CPU s", "cold/s", "warm/s", "again/s")
HEADINGS += ("p50 ms", "p99 ms", "max ms")

Results = list[tuple[Pair, Judgement]]


class Summary(NamedTuple):
    """What a grader achieved on some pairs.

    Verdicts a second are by its processor time, which others at work on the machine spoil least: `cold` from the texts
    of gold and answer on, `warm` of further answers to a known item, `again` of an answer that was judged before. The
    last three are milliseconds of processor time that a cold verdict takes.
    """

    pairs: int
    accuracy: float
    false_accepts: int
    false_refusals: int
    cpu: float
    cold: float
    warm: float
    again: float
    median: float
    late: float
    worst: float


def summary(results: Results) -> Summary:
    """Return the figures of some judgements, of at least one pair."""
    taken = sorted(1e3 * judgement.cpu for _, judgement in results)
    cold, warm, again = (
        sum(times) for times in zip(*((each.cpu, each.warm, each.again) for _, each in results), strict=True)
    )
    false_accepts = sum(judgement.is_accepted and not pair.is_right for pair, judgement in results)
    false_refusals = sum(pair.is_right and not judgement.is_accepted for pair, judgement in results)
    return Summary(
        len(results),
        1 - (false_accepts + false_refusals) / len(results),
        false_accepts,
        false_refusals,
        cold,
        *(len(results) / max(seconds, 1e-9) for seconds in (cold, warm, again)),
        statistics.median(taken),
        taken[int(0.99 * (len(taken) - 1))],
        taken[-1],
    )


def main() -> None:
    """Measure, print, and write the disagreements if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=GOLDEN, help="of .jsonl files with labelled pairs")
    parser.add_argument("--only", choices=GRADERS, help="one grader")
    parser.add_argument("--sources", nargs="+", metavar="NAME", help="files to take, without .jsonl")
    parser.add_argument("--disagreements", type=Path, metavar="FILE", help="write what is judged unlike its label")
    asked = parser.parse_args()
    pairs = [pair for pair in read_pairs(asked.folder) if not asked.sources or pair.source in asked.sources]
    if not pairs:
        parser.error(f"no pairs in {asked.folder}")
    found = {name: _measured(name, pairs) for name in ([asked.only] if asked.only else GRADERS)}
    _print(found)
    if "ours" in found:
        _print_rules(found["ours"])
    if asked.disagreements:
        _write(asked.disagreements, found)


def _measured(name: str, pairs: list[Pair]) -> Results:
    results = []
    for result in judgements(name, pairs):
        results.append(result)
        if sys.stderr.isatty():
            print(f"\r\x1b[K{name}: {len(results):,} of {len(pairs):,}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    return results


def _print(found: dict[str, Results]) -> None:
    sources = list(dict.fromkeys(pair.source for results in found.values() for pair, _ in results))
    groups = {name: [s for s in sources if belongs(s)] for name, belongs in GROUPS.items()}
    print(f"{'':24} {'':18}" + "".join(f"{heading:>11}" for heading in HEADINGS))
    for title, chosen in [*((source, [source]) for source in sources), *groups.items()]:
        if not chosen or (title == "all" and len(sources) == 1):
            continue
        speeds = []
        for name, results in found.items():
            figures = summary([result for result in results if result[0].source in chosen])
            speeds.append((figures.cold, figures.warm))
            print(f"{title:24} {version(name):18}" + _row(figures))
        if title in GROUPS and len(speeds) > 1:
            cold, warm = (ours / theirs for ours, theirs in zip(*speeds, strict=True))
            print(f"{title:24} {'ratio of speeds':18} cold {cold:.0f}, warm {warm:.0f}")


def _print_rules(results: Results) -> None:
    """Say by which rules of docs/truth-table.md our verdicts differ from the labels of each source."""
    print("\nours: agreements, and disagreements by rule of docs/truth-table.md")
    for source in dict.fromkeys(pair.source for pair, _ in results):
        chosen = [result for result in results if result[0].source == source]
        counts = disagreements(chosen)
        parts = [f"{title} {count}" for title, count in counts.most_common()]
        print(f"{source:24} {len(chosen) - counts.total():6,}   {'; '.join(parts)}")


def _row(figures: Summary) -> str:
    n, accuracy, accepts, refusals, cpu, cold, warm, again, *times = figures
    return f"{n:11,}{accuracy:11.3f}{accepts:11,}{refusals:11,}{cpu:11,.1f}{cold:11,.0f}{warm:11,.0f}{again:11,.0f}" + (
        "".join(f"{time:11,.1f}" for time in times)
    )


def _write(path: Path, found: dict[str, Results]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for name, results in found.items():
            for row in _disagreements(results):
                file.write(json.dumps({"grader": name, **row}, ensure_ascii=False) + "\n")


def _disagreements(results: Results) -> Iterable[dict[str, object]]:
    for pair, judgement in results:
        if judgement.is_accepted != pair.is_right:
            yield {
                "id": pair.id,
                "error": "false refusal" if pair.is_right else "false accept",
                "gold": pair.gold,
                "answer": pair.answer,
                "outcome": judgement.outcome,
                "reason": judgement.reason,
            }


if __name__ == "__main__":
    main()
