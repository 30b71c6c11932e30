"""A report over a million grades: `pytest -o addopts= -s tests/benchmarks/bench_reports.py`, GRADES=100000 for fewer.

Each figure is timed by the clock and by the processor time of this process: once when nothing of its runs has been
counted, and then as everybody else finds it. Traces are short; a report never reads their text.
"""

import os
import statistics
import time

import pytest
from django.db import connection

from qftapp.charts.figures import KINDS
from qftapp.charts.stats.means import mean_share
from qftapp.labels.models import Taxonomy
from qftapp.runs.models import Run
from tests.charts.world import results
from tests.factories import LanguageModelFactory, RunFactory, approved, person

GRADES = int(os.environ.get("GRADES", "1000000"))
MODELS, ITEMS = 4, 500

TRACES = """
INSERT INTO qftapp_trace (run_id, item_version_id, sample_index, text, finish_reason, output_tokens)
SELECT %s, version, sample, 'x', 'stop', 100 + (version * 31 + sample * 17) %% 900
FROM unnest(%s::bigint[]) AS version, generate_series(0, %s - 1) AS sample
"""
GRADED = """
INSERT INTO qftapp_grade (trace_id, run_id, verifier_version, outcome, reason, diagnosis, answer, detail, is_current,
    answer_group)
SELECT id, run_id, '4', CASE WHEN (id * 7919) %% 100 < 40 THEN 'correct' ELSE 'wrong' END, '',
    CASE WHEN (id * 7919) %% 100 < 40 THEN '' ELSE (ARRAY['sign', 'factor', ''])[1 + id %% 3] END, '', '{}', true,
    item_version_id * 1000 + (id * 31) %% 40
FROM qftapp_trace WHERE run_id = %s
"""
LABELLED = 10
"""Samples of each item that somebody has labelled, each with one mark."""

ANNOTATIONS = """
INSERT INTO qftapp_annotation (trace_id, taxonomy_id, annotator_id, kind, verdict, skip, comment, seconds,
    steps_version, revision, assigned_at, saved_at)
SELECT id, %(taxonomy)s, %(by)s, 'independent', 'flawed', '', '', 60, '1', 1, now(), now()
FROM qftapp_trace WHERE sample_index < %(samples)s
"""
MARKS = """
INSERT INTO qftapp_spanlabel (annotation_id, category_id, start, "end", severity, propagates, claim, correction, note)
SELECT id, (%(categories)s::bigint[])[1 + id %% 4], 0, 1, 'major', false, '', '', '' FROM qftapp_annotation
"""


def label() -> None:
    taxonomy = Taxonomy.objects.get(slug="reasoning-errors", number=1)
    categories = list(taxonomy.categories.filter(parent=None).values_list("pk", flat=True))
    given = {"taxonomy": taxonomy.pk, "by": person("dana").pk, "samples": LABELLED, "categories": categories}
    with connection.cursor() as cursor:
        cursor.execute(ANNOTATIONS, given)
        cursor.execute(MARKS, given)
        cursor.execute("UPDATE qftapp_annotation SET submitted_at = now()")
        cursor.execute("ANALYZE qftapp_annotation, qftapp_spanlabel")


BACKTRACKS = """
INSERT INTO qftapp_tracebacktracks (trace_id, run_id, count)
SELECT id, run_id, id %% 13 FROM qftapp_trace WHERE run_id = %s
"""


@pytest.fixture
def models(db):
    versions = [approved(f"item-{number}", operational_level=("easy", "medium", "hard")[number % 3]).pk
                for number in range(ITEMS)]  # fmt: skip
    made = [LanguageModelFactory() for _ in range(MODELS)]
    for model in made:
        run = RunFactory(model=model, purpose=Run.Purpose.EVALUATE)
        with connection.cursor() as cursor:
            cursor.execute(TRACES, [run.pk, versions, GRADES // MODELS // ITEMS])
            cursor.execute(GRADED, [run.pk])
            cursor.execute(BACKTRACKS, [run.pk])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE qftapp_trace, qftapp_grade, qftapp_tracebacktracks")
    label()
    return made


def told(what: str, act) -> None:
    clock, cpu = time.perf_counter(), time.process_time()
    act()
    print(f"  {what:44} {time.perf_counter() - clock:7.3f} s, {time.process_time() - cpu:7.3f} s here")


def test_figures(models, client):
    client.force_login(person("farah"))
    query = "&".join(f"model={model.slug}" for model in models)
    print(f"\n{GRADES:,} grades of {MODELS} models on {ITEMS} items, {MODELS * ITEMS * LABELLED:,} answers labelled")
    told("first figure, nothing counted yet", lambda: client.get(f"/report/figures/accuracy/?{query}"))
    told("the page itself", lambda: client.get(f"/report/?{query}"))
    told("lengths, nothing but the tallies counted", lambda: client.get(f"/report/figures/lengths/?{query}"))
    for key in KINDS:
        told(key, lambda key=key: client.get(f"/report/figures/{key}/?{query}"))


def test_statistics(models):
    found = results(*models)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        for row in range(len(models)):
            mean_share(found.shares[row], found.clusters)
        times.append(time.perf_counter() - begin)
    print(f"\n  means of {GRADES:,} grades: {statistics.median(times) * 1000:.1f} ms")
