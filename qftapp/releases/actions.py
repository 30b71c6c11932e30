"""What a person does to a release: create, fill, split, freeze; each act is one transaction and one event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.items.models import Item, ItemVersion
from qftapp.items.queries import find
from qftapp.releases import package, queries
from qftapp.releases.models import Release, ReleaseEntry

Split = ReleaseEntry.Split


@dataclass(frozen=True)
class Collected:
    """How many versions entered a release, were there already, or were kept out with their reasons."""

    added: int
    present: int
    refused: tuple[tuple[str, str], ...]


def _require_engineer(by: User) -> None:
    if not permissions.can_release(by):
        raise PermissionDenied("Only engineers may compose releases.")


def _open_release(release_id: int) -> Release:
    release = Release.objects.select_for_update().get(pk=release_id)
    if release.is_frozen:
        raise Conflict(f"{release.name} is frozen and cannot change; make a new release.")
    return release


@transaction.atomic
def create(*, by: User, name: str, notes: str = "", is_private: bool = False) -> Release:
    """An empty, open release; raises ValidationError on an unusable or taken name."""
    _require_engineer(by)
    release = Release(name=name, notes=notes, is_private=is_private, created_by=by)
    release.full_clean()
    release.save()
    log(by, "release.created", release)
    return release


@transaction.atomic
def add_approved(release_id: int, *, by: User, filters: Mapping[str, str]) -> Collected:
    """Add the approved version of every item that the filters of the item list find.

    Human-adapted items enter as *test*, the others as *train*. An item whose source may not be redistributed stays out
    of a public release, and so does a second version of an item; both are named with the reason.
    """
    _require_engineer(by)
    release = _open_release(release_id)
    items = find(filters).order_by().values("item")
    candidates = ItemVersion.objects.filter(item__in=items, state=ItemVersion.State.APPROVED)
    present = {entry.item_version.item_id: entry.item_version_id for entry in queries.entries(release)}
    problem_splits = queries.splits_by_source_problem(release)
    entries, refused, already = [], [], 0
    for version in candidates.select_related("item__source_problem__source").order_by("item__slug"):
        if present.get(version.item_id) == version.pk:
            already += 1
        elif reason := _reason_to_refuse(version, release, present):
            refused.append((version.item.slug, reason))
        else:
            split = problem_splits.get(version.item.source_problem_id, _default_split(version.item))
            entries.append(ReleaseEntry(release=release, item_version=version, split=split))
    ReleaseEntry.objects.bulk_create(entries)
    used = {name: value for name, value in filters.items() if value}
    log(by, "release.filled", release, filters=used, added=len(entries), refused=len(refused))
    return Collected(len(entries), already, tuple(refused))


def _reason_to_refuse(version: ItemVersion, release: Release, present: Mapping[int, int]) -> str:
    if version.item_id in present:
        return "another version of it is in the release"
    problem = version.item.source_problem
    if problem and not problem.source.may_redistribute and not release.is_private:
        return f"{problem.source.title} may not be redistributed; mark the release private to hold it"
    return ""


def _default_split(item: Item) -> str:
    return Split.TEST if item.origin == Item.Origin.ADAPTED else Split.TRAIN


@transaction.atomic
def remove(release_id: int, *, by: User, entry_ids: Iterable[int]) -> int:
    """Take entries out of an open release; returns how many went."""
    _require_engineer(by)
    release = _open_release(release_id)
    entries = release.entries.filter(pk__in=list(entry_ids))
    slugs = list(entries.values_list("item_version__item__slug", flat=True))
    entries.delete()
    log(by, "release.thinned", release, removed=slugs)
    return len(slugs)


@transaction.atomic
def set_split(release_id: int, *, by: User, entry_ids: Iterable[int], split: str) -> int:
    """Put entries into a split, and with them every entry of the same source problem; returns how many moved."""
    _require_engineer(by)
    release = _open_release(release_id)
    if split not in Split.values:
        raise ValidationError({"split": "Choose train, validation or test."})
    chosen = release.entries.filter(pk__in=list(entry_ids))
    problems = chosen.filter(item_version__item__source_problem__isnull=False)
    siblings = release.entries.filter(
        item_version__item__source_problem__in=problems.values("item_version__item__source_problem")
    )
    ids = {*chosen.values_list("pk", flat=True), *siblings.values_list("pk", flat=True)}
    moved = release.entries.filter(pk__in=ids).exclude(split=split).update(split=split)
    log(by, "release.split", release, split=split, moved=moved)
    return moved


@transaction.atomic
def assign_splits(release_id: int, *, by: User, shares: Mapping[str, float], seed: int = 0) -> dict[str, int]:
    """Deal the entries that are not human-adapted into splits by shares, at random but repeatably.

    Adapted items go to *test*, so no source problem is ever in two splits. The shares (non-negative, not all zero) are
    met to within one entry. Returns the count of each split afterwards.
    """
    _require_engineer(by)
    release = _open_release(release_id)
    weights = {split: float(shares.get(split, 0)) for split in Split.values}
    if min(weights.values()) < 0 or sum(weights.values()) <= 0:
        raise ValidationError("Shares must not be negative, and one of them must be positive.")
    entries = queries.entries(release)
    adapted = [entry for entry in entries if entry.item_version.item.origin == Item.Origin.ADAPTED]
    others = [entry for entry in entries if entry.item_version.item.origin != Item.Origin.ADAPTED]
    for entry in adapted:
        entry.split = Split.TEST
    _deal(others, weights, Random(seed))
    ReleaseEntry.objects.bulk_update([*adapted, *others], ["split"])
    counts = queries.counts_by_split(release)
    log(by, "release.split", release, shares=weights, seed=seed, counts=counts)
    return counts


def _deal(entries: list[ReleaseEntry], weights: Mapping[str, float], random: Random) -> None:
    """Give each entry, in random order, to the split that lags furthest behind its share."""
    random.shuffle(entries)
    wanted = {split: weight / sum(weights.values()) * len(entries) for split, weight in weights.items()}
    for entry in entries:
        entry.split = max(wanted, key=lambda split: wanted[split])
        wanted[entry.split] -= 1


@transaction.atomic
def set_private(release_id: int, *, by: User, is_private: bool) -> Release:
    """Mark a release private or public; it turns public only if every source may be redistributed."""
    _require_engineer(by)
    release = _open_release(release_id)
    release.is_private = is_private
    if not is_private and (bound := queries.not_redistributable(release)):
        raise Conflict(f"These may not be redistributed: {', '.join(bound)}. Remove them first.")
    release.save()
    log(by, "release.marked", release, is_private=is_private)
    return release


@transaction.atomic
def freeze(release_id: int, *, by: User) -> Release:
    """Seal a release under the hash of its items file; from then on nothing in it changes.

    Raises Conflict with every reason that stands against it: no entries, a source problem in two splits, two versions
    of one item, sources that may not be redistributed, a version that is not approved any more.
    """
    _require_engineer(by)
    release = _open_release(release_id)
    if reasons := queries.reasons_not_to_freeze(release):
        raise Conflict(" ".join(reasons))
    release.frozen_at = timezone.now()
    built = package.build(release)
    release.sha256, release.archive = built.sha256, built.archive
    release.save()
    log(by, "release.frozen", release, sha256=release.sha256)
    return release


@transaction.atomic
def discard(release_id: int, *, by: User) -> None:
    """Delete an open release that will not be finished; the items stay."""
    _require_engineer(by)
    release = _open_release(release_id)
    log(by, "release.discarded", release, name=release.name)
    release.delete()
