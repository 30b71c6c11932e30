"""A million traces of 8 kB in a database that stays, stage by stage, each printed with its figures.

    export QFT_MODE=local DATA_DIR=/somewhere/large
    python -m tests.benchmarks.bench_million bring words grade pages

TRACES says how many (1,000,000). Half are of one run with 100 samples of each item, the others of ten runs, each
brought from a file as an engineer would. About 25 GB of disk are needed, a third of them for files
that go again. The database is the embedded one in DATA_DIR, or that of DATABASE_URL; it must have been migrated.
"""

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
import psutil

TRACES = int(os.environ.get("TRACES", "1000000"))
SAMPLES = 100
SMALL_RUNS = 10
MODELS = 4
FORMS = (
    r"$\boxed{\frac{g^2 m}{8\pi}}$",
    r"$$\boxed{\frac{%d m g^{2}}{8 \pi}}$$",
    r"$\boxed{-\frac{%d g^2 m}{8\pi}}$",
    r"$\boxed{%d g^2 \sqrt{m} + m}$",
    r"$\boxed{\frac{g^2 m}{%d\pi}}$",
    r"$\boxed{%d g^2 q}$",
)


def rows(stock: list[str], count: int, seed: int) -> Iterator[dict[str, object]]:
    """Traces with answers of a few forms, so that some are right and many repeat."""
    from tests.benchmarks.bench_traces import text

    chance = random.Random(seed)
    for number in range(count):
        form = chance.choice(FORMS)
        answer = form % chance.randint(1, 12) if "%d" in form else form
        item, sample = divmod(number, SAMPLES)
        said = text(stock, seed * TRACES + number, answer=f"So the width is {answer}.")
        about = {"finish_reason": "stop", "input_tokens": 300, "output_tokens": len(said) // 4, "seconds": 41.5}
        yield {"item": f"item-{item}", "sample": sample, "text": said, **about}


def bring() -> None:
    """Make items, and bring eleven files in."""
    from django.conf import settings

    from qftapp.items.models import Item
    from qftapp.runs.importing import actions
    from qftapp.runs.models import Run
    from tests.benchmarks import bench_traces
    from tests.factories import LanguageModelFactory, approved, person

    for number in range(Item.objects.count(), TRACES // 2 // SAMPLES):
        approved(f"item-{number}")
    farah = person("farah")
    models = [LanguageModelFactory(slug=f"bench-{number}") for number in range(MODELS)]
    stock = bench_traces.phrases()
    path = Path(settings.DATA_DIR) / "traces.jsonl"
    print(f"raw COPY                 {bench_traces.raw_copy(stock):6.1f} MB/s", flush=True)
    for number, count in enumerate([TRACES // 2, *[TRACES // 2 // SMALL_RUNS] * SMALL_RUNS]):
        run = Run(slug=f"run-{number}", model=models[number % MODELS], purpose="teach")
        bench_traces.write(path, rows(stock, count, number))
        print(f"import of {count:9,} rows ", end="", flush=True)
        bench_traces.bring(path, actions.make_run(run, by=farah), is_kept=False)
        sys.stdout.flush()
    print(f"raw COPY again           {bench_traces.raw_copy(stock):6.1f} MB/s", flush=True)


def make_words() -> None:
    """Make all traces searchable as the worker does."""
    from django.db import connection

    from qftapp.runs import words
    from qftapp.runs.models import TraceWords
    from qftapp.verification.cores import cores

    connections = int(os.environ.get("CONNECTIONS", "0")) or cores()
    done, is_over = TraceWords.objects.count(), False
    started = last = time.perf_counter()
    while not is_over:
        is_over = words.make_words(connections=connections)
        count, now = TraceWords.objects.count(), time.perf_counter()
        print(f"{count:9,} traces have words, {(count - done) / (now - last):5,.0f} a second", flush=True)
        done, last = count, now
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"words                    {time.perf_counter() - started:6,.0f} s on {connections} connections")


GRADES = """
INSERT INTO qftapp_grade (trace_id, run_id, verifier_version, outcome, reason, diagnosis, answer, detail, answer_group,
    is_current)
SELECT trace.id, trace.run_id, verifier_version, outcome, reason, diagnosis, answer, detail,
    min(trace.id) OVER (PARTITION BY trace.run_id, item_version_id, answer), true
FROM qftapp_trace AS trace
JOIN (SELECT *, row_number() OVER () - 1 AS place FROM (SELECT * FROM qftapp_grade LIMIT 5000) AS first) AS given
    ON given.place = trace.id * 7919 % 5000
WHERE NOT EXISTS (SELECT FROM qftapp_grade AS grade WHERE grade.trace_id = trace.id)
"""


def grade() -> None:
    """Have the last run graded by the verifier; the grades of the others are drawn from its first 5,000."""
    from django.db import connection
    from django.utils import timezone

    from qftapp.runs.grading import execution
    from qftapp.runs.models import Grading
    from tests.benchmarks.bench_grading import processor_seconds

    ours = psutil.Process()
    held = []

    def look(grading: Grading) -> None:
        everyone = (ours, *ours.children(recursive=True))
        held.append((ours.memory_info().rss, sum(process.memory_info().rss for process in everyone)))

    grading = Grading.objects.get(run__slug=f"run-{SMALL_RUNS}")
    spent, started = processor_seconds(), time.perf_counter()
    execution.execute(grading.pk, tell=look)
    seconds = time.perf_counter() - started
    grading.refresh_from_db()
    rate = grading.progress / (processor_seconds() - spent)
    most, with_children = (max(each) / 1e6 for each in zip(*held, strict=True))
    print(f"grading of {grading.progress:,} traces  {rate:,.0f} a second of a core, {seconds:,.0f} s")
    print(f"    {most:,.0f} MB of memory, {with_children:,.0f} MB with its processes", flush=True)
    with connection.cursor() as cursor:
        cursor.execute(GRADES)
        cursor.execute("ANALYZE qftapp_grade")
    now = timezone.now()
    Grading.objects.exclude(pk=grading.pk).update(state="done", finished_at=now, accepted_at=now)


def pages() -> None:
    """Time the pages."""
    from tests.benchmarks import million_pages

    million_pages.measure()


STAGES = {"bring": bring, "words": make_words, "grade": grade, "pages": pages}


def main() -> None:
    django.setup()
    from django.conf import settings

    with settings.EMBEDDED_SERVER.use():
        for stage in sys.argv[1:]:
            STAGES[stage]()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qftapp.settings")
    main()
