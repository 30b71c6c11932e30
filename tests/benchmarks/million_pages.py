"""How long the pages take with a million traces, and how large tables, indexes and the process become.

With DATABASE_POOL_SIZE=1 the processor time is that of this process and of its one connection.
"""

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator

import psutil
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Max
from django.test import Client

from qftapp.runs.models import Grading, Trace, TraceImport

TIMES = int(os.environ.get("TIMES", "20"))
SLOW_MS = 200
SEARCHES = {
    "rare word": "bogoliubov",
    "one trace": '"attempt 123457"',
    "word of a hundredth": "ghost",
    "frequent word": "field",
    "two words": r"\beta function",
    "phrase": '"the scalar field"',
    "formula": r"g^2/(16\pi^2)",
    "absent word": "zzzzzz",
    "word without another": "field -mass",
    "rare and frequent": "bogoliubov field",
}
FILTERS = (
    "run=run-0", "run=run-7", "model=bench-2", "item=item-3", "item=item-4000", "outcome=correct", "outcome=wrong",
    "outcome=timeout", "outcome=unreadable", "diagnosis=factor", "diagnosis=phase", "length=2", "length=0",
    "run=run-7&outcome=wrong", "run=run-0&outcome=timeout", "model=bench-1&outcome=correct&length=2",
    "item=item-3&outcome=correct", "run=run-0&item=item-3", "run=run-7&diagnosis=factor&length=2",
    "model=bench-3&item=item-3&outcome=wrong",
)  # fmt: skip


def measure() -> None:
    """Print the times of every page, then the sizes."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.get(username="farah"))
    top = Trace.objects.aggregate(top=Max("pk"))["top"]
    for name, address in (*lists(top), *pages(top)):
        clock(client, name, address)
    print(f"the process holds {psutil.Process().memory_info().rss / 1e6:,.0f} MB")
    sizes()


def lists(top: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """The lists of traces: plain, filtered, searched, each at its beginning and far from it."""
    chance = random.Random(4)
    searched = [(f"search, {name}", f"q={asked}") for name, asked in SEARCHES.items()]
    searched.append(("search in a run", "run=run-7&q=bogoliubov"))
    searched.append(("frequent word in a run and outcome", "run=run-7&outcome=wrong&q=field"))
    for name, query in [("all", ""), *((query, query) for query in FILTERS), *searched]:
        address = f"/traces/?{query.replace('+', '%2B').replace(' ', '+')}"
        yield f"traces, {name}", lambda address=address: address
        yield "    far back", lambda address=address: f"{address}&before={chance.randrange(top)}"
    yield "traces, all, upwards", lambda: f"/traces/?after={chance.randrange(top)}"


def pages(top: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """All other pages that stand on traces."""
    chance = random.Random(5)
    grading, imported = Grading.objects.latest("pk"), TraceImport.objects.earliest("pk")
    fixed = (
        "/", "/runs/", "/runs/run-0/", "/runs/run-0/?sort=-right&page=40", "/runs/run-7/", "/runs/?model=bench-2",
        "/items/item-3/runs/", "/items/item-4000/runs/", "/models/", "/models/bench-0/", "/prompts/",
        "/compare/?item=item-3&runs=run-0,run-1,run-2,run-3", "/runs/run-0/gradings/", f"/gradings/{grading.pk}/",
        "/contests/", "/broken-items/", "/trace-imports/", f"/trace-imports/{imported.pk}/", "/runs.csv", "/new-run/",
        "/api/runs/", "/api/runs/run-0/", "/api/traces/", "/api/traces/?run=run-7&outcome=wrong", "/api/gradings/",
    )  # fmt: skip
    for address in fixed:
        yield address, lambda address=address: address
    yield "a trace", lambda: f"/traces/{chance.randrange(top // 2, top)}/"
    yield "a trace, in a list", lambda: f"/traces/{chance.randrange(top // 2, top)}/?outcome=correct&length=2"
    yield "a trace, in a search", lambda: f"/traces/{chance.randrange(top // 2, top)}/?q=field"
    yield "a trace's grade", lambda: f"/traces/{chance.randrange(top // 2, top)}/grade/"


def clock(client: Client, name: str, address: Callable[[], str]) -> None:
    """Print the median and the 95th percentile of a page."""
    figures: list[float] = []
    spent = 0.0
    for number in range(TIMES + 1):
        if number == 1:
            spent = processor_seconds()
        asked = address()
        start = time.perf_counter()
        answer = client.get(asked)
        _ = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if number:
            figures.append(1000 * (time.perf_counter() - start))
        assert answer.status_code in (200, 404), (asked, answer.status_code)
    middle, high = statistics.median(figures), statistics.quantiles(figures, n=20)[-1]
    spent = 1000 * (processor_seconds() - spent) / TIMES
    mark = "  SLOW" if high > SLOW_MS else ""
    times = f"p50 {middle:8,.0f} ms   p95 {high:8,.0f} ms   processor {spent:6,.0f} ms{mark}"
    print(f"{name:<52} {times}", flush=True)


def processor_seconds() -> float:
    """What this process and its one connection have used, which other work on the machine does not change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        database = psutil.Process(cursor.fetchone()[0]).cpu_times()
    ours = psutil.Process().cpu_times()
    return float(database.user + database.system + ours.user + ours.system)


def sizes() -> None:
    """Print what the tables and their larger indexes take on the disk."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT relname, relkind, pg_table_size(oid), pg_indexes_size(oid), pg_relation_size(oid), reltuples
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
            AND pg_relation_size(oid) > 10e6 ORDER BY relkind DESC, pg_total_relation_size(oid) DESC
        """)
        for name, kind, table, indexes, own, rows in cursor.fetchall():
            said = (
                f"{table / 1e6:8,.0f} MB, indexes {indexes / 1e6:7,.0f} MB" if kind == "r" else f"{own / 1e6:8,.0f} MB"
            )
            print(f"{'table' if kind == 'r' else 'index'} {name:<46} {said}   {rows:12,.0f} rows")
