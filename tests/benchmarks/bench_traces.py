"""What traces of 8 kB cost: `pytest -o addopts= -s tests/benchmarks/bench_traces.py`, with TRACES=1000000 for many.

Raw COPY of the same rows into a table like that of traces is measured in the same run, before and after our import.
"""

import os
import random
import shutil
import statistics
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson
import psutil
import pytest
from django.conf import settings
from django.db import connection

from qftapp.runs import words
from qftapp.runs.importing import actions, preview, working
from qftapp.runs.models import Run, Trace, TraceWords
from qftapp.runs.searching import search
from tests.factories import LanguageModelFactory, approved, person

TRACES = int(os.environ.get("TRACES", "100000"))
SAMPLES = 100
CHARACTERS = 8_000
RAW_ROWS = 20_000
RANDOM = random.Random(5)


def phrases() -> list[str]:
    """Runs of twelve words from the demo items' statements and solutions."""
    folder = settings.BASE_DIR / "qftapp" / "demo" / "items"
    items = [item for path in sorted(folder.glob("*.toml")) for item in tomllib.loads(path.read_text())["items"]]
    stock = " ".join(item["statement"] + " " + item["solution"] for item in items).split()
    return [" ".join(stock[at : at + 12]) for at in range(0, len(stock) - 12, 5)]


def text(stock: list[str], number: int, answer: str = "") -> str:
    """A trace that no other repeats: prose with formulas, thoughts first."""
    said = " ".join(RANDOM.choices(stock, k=CHARACTERS // 70))
    answer = answer or f"So $\\boxed{{{number} g^2/(16\\pi^2)}}$."
    return f"<think>\nAttempt {number}. {said[: CHARACTERS - 400]}\n</think>\n\n{answer}"


def rows(stock: list[str], count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        about = {"finish_reason": "stop", "input_tokens": 300, "output_tokens": 2400, "seconds": 41.5}
        item, sample = divmod(number, SAMPLES)
        yield {"item": f"item-{item}", "sample": sample, "text": text(stock, number), **about}


def raw_copy(stock: list[str]) -> float:
    """MB of text a second into a table with the columns and indexes of traces, from lines that are ready."""
    lines = []
    for number, row in enumerate(rows(stock, RAW_ROWS)):
        escaped = str(row["text"]).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
        lines.append(f"{number}\t1\t{number}\t0\t{escaped}\tstop\t300\t2400\t41.5\n".encode())
    columns = "id, run_id, item_version_id, sample_index, text, finish_reason, input_tokens, output_tokens, seconds"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE raw_copy (LIKE qftapp_trace INCLUDING ALL)")
        start = time.perf_counter()
        with cursor.copy(f"COPY raw_copy ({columns}) FROM STDIN") as copy:
            for line in lines:
                copy.write(line)
        seconds = time.perf_counter() - start
        cursor.execute("DROP TABLE raw_copy")
    return sum(map(len, lines)) / seconds / 1e6


class Peak:
    """The most memory that this process has held meanwhile, above what it held before."""

    def __enter__(self) -> "Peak":
        self.before = self.most = psutil.Process().memory_info().rss
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def _look(self) -> None:
        while not self.is_over.wait(0.05):
            self.most = max(self.most, psutil.Process().memory_info().rss)

    def __exit__(self, *raised: object) -> None:
        self.is_over.set()
        self.thread.join()

    @property
    def megabytes(self) -> float:
        return (self.most - self.before) / 1e6


def clock(name: str, act: Callable[[], object], runs: int = 20) -> None:
    """Print the median and the 95th percentile of some runs."""
    act()
    figures = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        figures.append(1000 * (time.perf_counter() - start))
    print(
        f"{name:<44} p50 {statistics.median(figures):8,.1f} ms   p95 {statistics.quantiles(figures, n=20)[-1]:8,.1f} ms"
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(dir=settings.DATA_DIR))
    yield path
    shutil.rmtree(path)


def write(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("wb") as file:
        for row in rows:
            file.write(orjson.dumps(row) + b"\n")


def bring(path: Path, run: Run, *, is_kept: bool = True) -> float:
    """Import the file and print how quickly; returns MB a second. One that is not kept goes once it is handed in."""
    farah = person("farah")
    with path.open("rb") as stream:
        found = actions.hand_in(stream, run=run, by=farah, filename=path.name)
    if not is_kept:
        path.unlink()
    columns = preview.guessed(preview.first_rows(Path(found.file.path), found.format), found.format)
    actions.begin(found.pk, by=farah, columns=columns, in_background=False)
    start = time.perf_counter()
    with Peak() as peak:
        done = working.execute(found.pk)
    seconds = time.perf_counter() - start
    counts = {name: done.report[name] for name in ("arrived", "present", "refused")}
    rate = found.bytes / seconds / 1e6
    speed = f"{rate:6.1f} MB/s   {done.report['rows'] / seconds:9,.0f} traces/s"
    print(f"{speed}   {peak.megabytes:5.0f} MB of memory   {counts}")
    return rate


def test_traces(transactional_db, settings, folder):
    settings.MEDIA_ROOT = folder / "files"
    stock = phrases()
    for number in range(-(-TRACES // SAMPLES)):
        approved(f"item-{number}")
    run = actions.make_run(Run(slug="bench", model=LanguageModelFactory(), purpose="teach"), by=person("farah"))
    path = folder / "traces.jsonl"
    write(path, rows(stock, TRACES))
    print(f"\n{TRACES:,} traces, {path.stat().st_size / 1e6:,.0f} MB")
    before = raw_copy(stock)
    print(f"{'raw COPY':<44} {before:6.1f} MB/s")
    print(f"{'import':<44} ", end="")
    rate = bring(path, run)
    after = raw_copy(stock)
    print(f"{'raw COPY again':<44} {after:6.1f} MB/s; the import has {200 * rate / (before + after):.0f} % of it")
    print(f"{'import of the same file':<44} ", end="")
    bring(path, run)
    path.unlink()
    make_words()
    find()


def make_words() -> None:
    start = time.perf_counter()
    assert words.make_words(seconds=36_000)
    seconds = time.perf_counter() - start
    assert TraceWords.objects.count() == TRACES
    print(f"{'words':<44} {TRACES / seconds:9,.0f} traces/s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_total_relation_size('qftapp_trace'), pg_total_relation_size('qftapp_tracewords')")
        traces, made = cursor.fetchone()
    print(f"{'on disk':<44} {traces / 1e6:9,.0f} MB of traces, {made / 1e6:,.0f} MB of words")


def find() -> None:
    """The newest fifty that a search finds, as the list of traces asks for them."""
    for name, asked in {
        "search, frequent word": "field",
        "search, two words": r"\beta function",
        "search, rare word": "bogoliubov",
        "search, one trace": f'"attempt {TRACES // 3}"',
        "search, absent word": "zzzzzz",
        "search, frequent phrase": '"the scalar field"',
        "search, formula": r"g^2/(16\pi^2)",
        "search, frequent without another": "field -mass",
    }.items():
        found = Trace.objects.filter(search(asked)).order_by("-pk").values_list("pk", flat=True)
        clock(name, lambda found=found: list(found.all()[:50]))
    clock("the newest fifty", lambda: list(Trace.objects.order_by("-pk").values_list("pk", flat=True)[:50]))
