"""Reads of releases: entries with what they need, counts, what stands against freezing, differences."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release, ReleaseEntry


def releases() -> QuerySet[Release]:
    """All releases, newest first, with their number of entries as `size`."""
    return Release.objects.defer("archive").select_related("created_by").annotate(size=Count("entries"))


def entries(release: Release) -> QuerySet[ReleaseEntry]:
    """The entries by slug, each with version, item and source."""
    related = release.entries.select_related("item_version__item__source_problem__source", "item_version__author")
    return related.order_by("item_version__item__slug", "item_version__number")


def counts_by_split(release: Release) -> dict[str, int]:
    """How many entries each split holds, zeros included."""
    counts = Counter(release.entries.values_list("split", flat=True))
    return {split: counts[split] for split in ReleaseEntry.Split.values}


def splits_by_source_problem(release: Release) -> dict[int, str]:
    """The split in which each source problem already stands, by its id."""
    pairs = release.entries.filter(item_version__item__source_problem__isnull=False)
    return dict(pairs.values_list("item_version__item__source_problem", "split"))


def not_redistributable(release: Release) -> list[str]:
    """Slugs of entries whose source may not be redistributed."""
    bound = release.entries.filter(item_version__item__source_problem__source__may_redistribute=False)
    return list(bound.order_by("item_version__item__slug").values_list("item_version__item__slug", flat=True))


def reasons_not_to_freeze(release: Release) -> list[str]:
    """Sentences that each name something to mend before the release can be frozen."""
    rows = list(entries(release))
    if not rows:
        return ["The release has no entries."]
    reasons = []
    gone = [row.item_version.item.slug for row in rows if row.item_version.state != ItemVersion.State.APPROVED]
    if gone:
        reasons.append(f"No longer approved: {', '.join(gone)}.")
    twice = [slug for slug, count in Counter(row.item_version.item.slug for row in rows).items() if count > 1]
    if twice:
        reasons.append(f"More than one version of {', '.join(twice)}.")
    splits: dict[int, set[str]] = {}
    for row in rows:
        if problem := row.item_version.item.source_problem_id:
            splits.setdefault(problem, set()).add(row.split)
    torn = [
        row.item_version.item.slug for row in rows if len(splits.get(row.item_version.item.source_problem_id, ())) > 1
    ]
    if torn:
        reasons.append(f"One source problem stands in two splits: {', '.join(torn)}.")
    if not release.is_private and (bound := not_redistributable(release)):
        reasons.append(f"May not be redistributed, so mark the release private or remove them: {', '.join(bound)}.")
    return reasons


@dataclass(frozen=True)
class Difference:
    """What changed from one release to another, by slug."""

    added: list[ReleaseEntry]
    removed: list[ReleaseEntry]
    changed: list[tuple[ReleaseEntry, ReleaseEntry]]
    moved: list[tuple[ReleaseEntry, ReleaseEntry]]
    unchanged: int


def compare(old: Release, new: Release) -> Difference:
    """Entries added, removed, of another version (`changed`) or in another split (`moved`) in `new` against `old`."""
    before = {row.item_version.item_id: row for row in entries(old)}
    after = {row.item_version.item_id: row for row in entries(new)}
    both = [(before[item], after[item]) for item in after if item in before]
    changed = [(a, b) for a, b in both if a.item_version_id != b.item_version_id]
    moved = [(a, b) for a, b in both if a.split != b.split]
    untouched = [a for a, b in both if a.item_version_id == b.item_version_id and a.split == b.split]
    return Difference(
        added=[row for item, row in after.items() if item not in before],
        removed=[row for item, row in before.items() if item not in after],
        changed=changed,
        moved=moved,
        unchanged=len(untouched),
    )
