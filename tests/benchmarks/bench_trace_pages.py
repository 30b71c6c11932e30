"""How long lists of traces and the page of a run take with many traces, and how many rows each plan touches.

    python -m pytest -q -s -o addopts=--import-mode=importlib tests/benchmarks/bench_trace_pages.py

TRACES says how many (200,000). Each is small: the lists read no text, so its length tells only in the search.
"""

import itertools
import os
import random
import statistics
import time

import orjson
import pytest
from django.db import connection
from django.urls import reverse

from qftapp.runs import finding, queries
from qftapp.runs.models import Run
from qftapp.runs.summaries import summarise
from qftapp.runs.tallies import tallies
from tests import factories

pytestmark = pytest.mark.django_db

TRACES = int(os.environ.get("TRACES", "200000"))
COMBINATIONS = int(os.environ.get("COMBINATIONS", "250"))
RUNS, ITEMS = 20, 500

FILL = """
INSERT INTO qftapp_trace (run_id, item_version_id, sample_index, text, finish_reason, output_tokens)
SELECT (%(runs)s::bigint[])[1 + (n * 7 + n / 1000) %% %(run_count)s],
    (%(versions)s::bigint[])[1 + (n / %(run_count)s) %% %(item_count)s],
    n / (%(run_count)s * %(item_count)s),
    repeat('beta function of quantum chromodynamics ', 1 + (power(random(), 12) * 2000)::int) || 'word' || n %% 5000,
    'stop', 10 + n %% 8000
FROM generate_series(0, %(count)s - 1) AS n
"""
GRADES = """
INSERT INTO qftapp_grade (trace_id, run_id, verifier_version, outcome, reason, diagnosis, answer, detail, answer_group,
    is_current)
SELECT id, run_id, '2', outcome, '', CASE WHEN outcome = 'wrong' THEN
    CASE WHEN id %% 4001 = 0 THEN 'phase' WHEN id %% 3 = 0 THEN 'factor' ELSE 'sign' END ELSE '' END,
    'g^2', '{}', id - id %% 7, true
FROM (SELECT id, run_id, CASE WHEN (id / 3) %% 2 = 0 THEN 'correct' WHEN id %% 5003 = 1 THEN 'timeout'
    WHEN id %% 11 = 1 THEN 'unreadable' ELSE 'wrong' END AS outcome FROM qftapp_trace) AS judged
"""
WORDS = "INSERT INTO qftapp_tracewords (trace_id, words) SELECT id, to_tsvector('simple', text) FROM qftapp_trace"

CHOICES = {
    "run": ("", "run-of-7"),
    "item": ("", "asked-3"),
    "model": ("", "model-of-2"),
    "outcome": ("", "wrong", "timeout"),
    "diagnosis": ("", "factor", "phase"),
    "length": ("", "0", "4"),
    "q": ("", "beta", "word77"),
}


@pytest.fixture
def many(client):
    models = [factories.LanguageModelFactory(slug=f"model-of-{number}") for number in range(4)]
    runs = [factories.RunFactory(slug=f"run-of-{number}", model=models[number % 4]) for number in range(RUNS)]
    versions = [factories.approved(f"asked-{number}") for number in range(ITEMS)]
    values = {
        "runs": [run.pk for run in runs],
        "versions": [version.pk for version in versions],
        "run_count": RUNS,
        "item_count": ITEMS,
        "count": TRACES,
    }
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute(GRADES, {})
        cursor.execute(WORDS)
        for table in ("trace", "grade", "tracewords", "run", "itemversion", "item"):
            cursor.execute(f"ANALYZE qftapp_{table}")
    client.force_login(factories.person("farah"))
    return client


def touched(plan: dict) -> float:
    """Rows that the scans of a plan read, those thrown away included."""
    own = 0.0
    if "Scan" in plan["Node Type"]:
        rows = (
            plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        )
        own = rows * plan["Actual Loops"]
    return own + sum(map(touched, plan.get("Plans", ())))


def explained(filters: dict[str, str], before: int | None) -> float:
    """Rows touched by all queries that find a page of ids."""
    total = 0.0
    for scope in finding.scopes(filters, {} if before is None else {"lt": before}, limit=51):
        total += touched(orjson.loads(scope.explain(format="json", analyze=True))[0]["Plan"])
    return total


def test_every_combination_of_filters_reads_a_small_part_of_the_table(many):
    worst: list[tuple[float, float, dict[str, str], str]] = []
    taken = []
    middle = finding.trace_ids({}, limit=TRACES // 2 + 1)[-1] if TRACES <= 300_000 else None
    combinations = list(itertools.product(*CHOICES.values()))
    for values in random.Random(1).sample(combinations, min(len(combinations), COMBINATIONS)):
        filters = {name: value for name, value in zip(CHOICES, values, strict=True) if value}
        for before in (None, middle):
            started = time.perf_counter()
            queries.trace_page(filters, before=before)
            seconds = time.perf_counter() - started
            taken.append(seconds)
            if seconds > 0.02:
                worst.append((seconds, explained(filters, before), filters, "middle" if before else "newest"))
    quantiles = statistics.quantiles(taken, n=100)
    times = ", ".join(
        f"{name} {1000 * value:.1f} ms" for name, value in (("p50", quantiles[49]), ("p95", quantiles[94]))
    )
    print(f"\n{TRACES:,} traces, {len(taken)} pages: {times}, max {1000 * max(taken):.1f} ms")
    for seconds, rows, filters, place in sorted(worst, key=lambda row: -row[0])[:25]:
        print(f"  {1000 * seconds:7.1f} ms {rows:9,.0f} rows  {place}  {filters}")


@pytest.mark.parametrize("name", ["runs", "traces"])
def test_lists(many, name):
    for address in (reverse(name), reverse("run", args=["run-of-7"]), reverse("item_runs", args=["asked-3"])):
        taken = []
        for _ in range(5):
            started = time.perf_counter()
            assert many.get(address).status_code == 200
            taken.append(time.perf_counter() - started)
        print(f"\n{address}: {1000 * statistics.median(taken):.0f} ms")
    runs = list(Run.objects.all())
    started = time.perf_counter()
    tallies([run.pk for run in runs])
    print(f"tallies of {len(runs)} runs: {1000 * (time.perf_counter() - started):.0f} ms")
    started = time.perf_counter()
    summarise(runs[0])
    print(f"summary of a run: {1000 * (time.perf_counter() - started):.0f} ms")
