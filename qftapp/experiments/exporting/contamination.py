"""What stands between an export and the tests: items, source problems and near-duplicates of frozen test entries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from qftapp.experiments.exporting.entries import Entry
from qftapp.experiments.exporting.likeness import Likeness, likeness_of, near_duplicates
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release, ReleaseEntry

REMEMBERED = 50_000
"""Versions whose likeness a process remembers; what a version says never changes once it is in a frozen release."""

NAMED = 10
"""Pairs that a refusal names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A version that stands in the test split of a frozen release."""

    version_id: int
    item_id: int
    slug: str
    number: int
    source_problem_id: int | None
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An item that was to be trained on, the test entry it gives away, and why."""

    item: str
    test_item: str
    releases: tuple[str, ...]
    why: str
    score: float = 1.0

    def __str__(self) -> str:
        what = {"item": "the same item", "source_problem": "the same source problem"}.get(
            self.why, f"{self.why}, {self.score:.0%} alike"
        )
        return f"{self.item} – {self.test_item} in {', '.join(self.releases)} ({what})"

    def to_json(self) -> dict[str, Any]:
        """The pair as plain JSON."""
        return {
            "item": self.item,
            "test_item": self.test_item,
            "releases": list(self.releases),
            "why": self.why,
            "score": self.score,
        }


def test_entries(release: Release) -> list[Tested]:
    """Return the test entries of every frozen release and of this one, by slug."""
    counts = Q(release__frozen_at__isnull=False) | Q(release=release)
    found = ReleaseEntry.objects.filter(counts, split=ReleaseEntry.Split.TEST).order_by()
    item = "item_version__item"
    fields = ("item_version", item, f"{item}__slug", "item_version__number", f"{item}__source_problem")
    names: dict[tuple[int, int, str, int, int | None], list[str]] = defaultdict(list)
    for pk, item_id, slug, number, problem, name in found.values_list(*fields, "release__name"):
        names[pk, item_id, slug, number, problem].append(name)
    listed = [Tested(*version, tuple(sorted(held))) for version, held in names.items()]
    return sorted(listed, key=lambda test: (test.slug, test.number))


def contaminated(entries: list[Entry], tests: list[Tested]) -> list[Pair]:
    """Return each entry that gives a test entry away, with the first such entry and the plainest reason, by slug."""
    by_item = {test.item_id: test for test in reversed(tests)}
    by_problem = {test.source_problem_id: test for test in reversed(tests) if test.source_problem_id}
    found: dict[int, Pair] = {}
    for place, entry in enumerate(entries):
        if test := by_item.get(entry.item_id):
            found[place] = Pair(entry.slug, test.slug, test.releases, "item")
        elif entry.source_problem_id and (test := by_problem.get(entry.source_problem_id)):
            found[place] = Pair(entry.slug, test.slug, test.releases, "source_problem")
    versions = {entry.version_id for entry in entries} | {test.version_id for test in tests}
    known = _likenesses(versions)
    near = near_duplicates([known[entry.version_id] for entry in entries], [known[test.version_id] for test in tests])
    for pair in sorted(near, key=lambda pair: (pair.left, -pair.score, pair.right)):
        if pair.left not in found:
            test = tests[pair.right]
            found[pair.left] = Pair(entries[pair.left].slug, test.slug, test.releases, pair.by, pair.score)
    return [found[place] for place in sorted(found)]


def told(pairs: list[Pair]) -> str:
    """The pairs as a sentence, the first few by name."""
    more = len(pairs) - NAMED
    return "; ".join(map(str, pairs[:NAMED])) + (f"; and {more:,} more" if more > 0 else "")


_remembered: dict[int, Likeness] = {}


def _likenesses(versions: Iterable[int]) -> dict[int, Likeness]:
    """What is compared of some versions; those read before are remembered."""
    wanted = set(versions)
    found = {version: known for version in wanted if (known := _remembered.get(version)) is not None}
    rows = ItemVersion.objects.filter(pk__in=wanted - found.keys()).order_by()
    for pk, statement, contract in rows.values_list("pk", "statement", "contract").iterator(chunk_size=500):
        gold = contract.get("gold")
        found[pk] = likeness_of(statement, gold if isinstance(gold, dict) else None)
    if len(_remembered) + len(found) > REMEMBERED:
        _remembered.clear()
    _remembered.update(found)
    return found
