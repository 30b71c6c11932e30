"""What a bank of 10,000 items costs its readers: `pytest -o addopts= -s tests/benchmarks/bench_items.py`."""

import random
import statistics
import time
import tomllib
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from qftapp.actors.models import Event
from qftapp.items import importing, jsonl, queries
from qftapp.items.models import Item, ItemVersion
from qftapp.items.topics import TOPICS
from tests.factories import CAST, ItemFactory, ItemVersionFactory, SourceFactory, SourceProblemFactory, person

ITEMS = 10_000
RANDOM = random.Random(7)


def sentences() -> list[str]:
    """Every sentence of the demo items."""
    folder = settings.BASE_DIR / "qftapp" / "demo" / "items"
    texts = [item["statement"] for path in folder.glob("*.toml") for item in tomllib.loads(path.read_text())["items"]]
    return sorted({sentence.strip() for text in texts for sentence in text.split(". ") if len(sentence) > 30})


def statement(stock: list[str], number: int) -> str:
    """About 1.5 kB of prose with formulas that no other item repeats."""
    words = " ".join(RANDOM.sample(stock, 9)).split(" ")
    RANDOM.shuffle(words)
    return f"Problem {number}. {' '.join(words)}"


def fill_the_bank() -> None:
    """Items of every topic and state, every fifth with a draft after its approved version, two acts for each."""
    stock, people = sentences(), [person(name) for name in CAST]
    problems = [SourceProblemFactory(source=source) for source in SourceFactory.create_batch(20) for _ in range(100)]
    topics = list(TOPICS)
    items = [
        ItemFactory.build(
            slug=f"item-{number:05d}",
            topic=topics[number % len(topics)],
            source_problem=RANDOM.choice(problems) if number % 3 == 0 else None,
            operational_level=RANDOM.choice(Item.OperationalLevel.values),
        )
        for number in range(ITEMS)
    ]
    Item.objects.bulk_create(items)
    versions = []
    for number, item in enumerate(items):
        state = ["approved", "approved", "approved", "review", "draft", "retired"][number % 6]
        given = {"item": item, "author": people[number % 2]}
        versions.append(ItemVersionFactory.build(state=state, statement=statement(stock, number), **given))
        if number % 5 == 0 and state == "approved":
            versions.append(ItemVersionFactory.build(number=2, statement=statement(stock, number), **given))
    ItemVersion.objects.bulk_create(versions, batch_size=500)
    Event.objects.bulk_create(
        Event(actor=people[0], verb="item_version.submitted", subject=f"item_version:{version.pk}", data={})
        for version in versions
        for _ in range(2)
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def clock(name: str, act: Callable[[], object], runs: int = 20) -> None:
    """Print the median and the 95th percentile of some runs."""
    act()
    figures = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        figures.append(1000 * (time.perf_counter() - start))
    p95 = statistics.quantiles(figures, n=20)[-1] if runs > 1 else figures[0]
    print(f"{name:<44} p50 {statistics.median(figures):8,.1f} ms   p95 {p95:8,.1f} ms")


def test_ten_thousand_items(transactional_db, client):
    fill_the_bank()
    client.force_login(person("bruno"))
    print()
    for name, address in {
        "home": "/",
        "list": "/items/",
        "list by name": "/items/?sort=slug",
        "list by topic": "/items/?sort=topic",
        "list, page 150": "/items/?page=150",
        "list, fragment": "/items/",
        "search, frequent word": "/items/?q=field",
        "search, rare word": "/items/?q=bogoliubov",
        "search, absent word": "/items/?q=zzzzzz",
        "search, two letters": "/items/?q=qz",
        "search, slug": "/items/?q=item-0777",
        "search, source": "/items/?q=Volume+7",
        "search and filter": "/items/?q=mass&domain=qft&state=approved",
        "filter by state": "/items/?state=approved",
        "filter by topic": "/items/?topic=yukawa",
        "filter by author": "/items/?author=alice",
        "filter by source": f"/items/?source={SourceFactory._meta.model.objects.first().slug}",
        "filter by origin and level": "/items/?origin=adapted&operational_level=hard",
        "an item": "/items/item-00000/",
        "sources": "/sources/",
    }.items():
        headers = {"HX-Request": "true"} if "fragment" in name else {}
        clock(name, lambda address=address, headers=headers: client.get(address, headers=headers))
    for kind in ("csv", "json", "jsonl"):
        clock(f"all as {kind}", lambda kind=kind: client.get(f"/items.{kind}").getvalue(), 3)
    probe = ItemVersion.objects.get(item__slug="item-04444", number=1)
    clock("near repeats of a statement", lambda: queries.near_repeats(probe.statement, of_item=0))
    clock("near repeats of nothing like it", lambda: queries.near_repeats("Find the mass of the W. " * 30, of_item=0))
    clock("import of 1,000 rows", import_a_thousand, 1)


def import_a_thousand() -> None:
    versions = ItemVersion.objects.select_related("item__source_problem__source").order_by("id")[:1000]
    rows = [jsonl.row_of(version) for version in versions]
    mark = RANDOM.randrange(10**9)
    for row in rows:
        row["slug"] += f"-{mark}-{row['statement'][:30].__hash__() % 997}"
    payload = b"".join(jsonl.write(rows))
    batch = importing.start(by=person("alice"), format="items", filename="rows.jsonl", payload=payload)
    report = importing.ingest(batch.pk).report
    assert len(report["arrived"]) + len(report["refused"]) + report["present"] == 1000, report
