"""What a release of 10,000 items costs: `pytest -o addopts= -s tests/benchmarks/bench_releases.py`."""

import time
from collections.abc import Callable

from django.db import connection

from qftapp.items.models import Item, ItemVersion
from qftapp.releases import actions
from qftapp.releases.models import Release
from qftapp.releases.queries import candidates
from tests.factories import ItemFactory, ItemVersionFactory, SourceProblemFactory, person

ITEMS = 10_000
TOPICS = ("noether-currents", "wick-diagrams", "path-integral-qm", "cross-sections-decays")


def fill_the_bank() -> None:
    """Items with statements of about 2 kB, every fourth adapted, two of a source problem."""
    problems = [SourceProblemFactory() for _ in range(ITEMS // 8)]
    items = [
        ItemFactory.build(
            slug=f"item-{number:05d}",
            topic=TOPICS[number // 8 % 4],
            source_problem=problems[number // 8] if number % 4 == 0 else None,
        )
        for number in range(ITEMS)
    ]
    Item.objects.bulk_create(items)
    alice = person("alice")
    ItemVersion.objects.bulk_create(
        ItemVersionFactory.build(
            item=item, state="approved", author=alice, statement=f"Problem {item.slug}. " + "On the field. " * 140
        )
        for item in items
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def clock(name: str, act: Callable[[], object], runs: int = 1) -> None:
    """Print the best of some runs."""
    figures = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        figures.append(1000 * (time.perf_counter() - start))
    print(f"{name}: {min(figures):,.0f} ms")


def test_releases_of_ten_thousand_items(db, client):
    fill_the_bank()
    farah = person("farah")
    client.force_login(farah)
    release = Release.objects.create(name="qft-1", created_by=farah)
    pk = release.pk
    print()
    clock("candidates", lambda: candidates(release, {}), 3)
    clock("add page", lambda: client.get("/releases/qft-1/add/"), 3)
    clock("add_approved", lambda: actions.add_approved(pk, by=farah, filters={}))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ids = list(release.entries.values_list("pk", flat=True))
    clock("set_split of all", lambda: actions.set_split(pk, by=farah, entry_ids=ids, split="train"))
    shares = {"train": 80, "validation": 10, "test": 10}
    clock("assign_splits", lambda: actions.assign_splits(pk, by=farah, shares=shares))
    clock("list", lambda: client.get("/releases/"), 5)
    clock("release page", lambda: client.get("/releases/qft-1/"), 5)
    clock("release page, searched", lambda: client.get("/releases/qft-1/?q=item-09"), 5)
    clock("release page, last page", lambda: client.get("/releases/qft-1/?page=200"), 5)
    clock("entries as CSV", lambda: b"".join(client.get("/releases/qft-1/entries.csv").streaming_content))
    clock("freeze", lambda: actions.freeze(pk, by=farah))
    clock("frozen page", lambda: client.get("/releases/qft-1/"), 5)
    clock("card", lambda: client.get("/releases/qft-1/card/"), 5)
    clock("download", lambda: b"".join(client.get("/releases/qft-1/download/").streaming_content), 5)
    print(f"archive: {len(Release.objects.get().archive):,} bytes")
    other = Release.objects.create(name="qft-2", created_by=farah)
    actions.add_approved(other.pk, by=farah, filters={"topic": "wick-diagrams"})
    clock("compare", lambda: client.get("/releases/qft-2/compare/qft-1/"), 5)
    clock(
        "remove all", lambda: actions.remove(other.pk, by=farah, entry_ids=other.entries.values_list("pk", flat=True))
    )
