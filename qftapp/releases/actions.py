"""What a person does to a release: create, fill, split, freeze; each act is one transaction and one event."""

from collections.abc import Collection, Iterable, Mapping
from math import inf
from random import Random

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save
from qftapp.items.models import Item, ItemVersion
from qftapp.releases import package, queries
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.releases.queries import Candidates

Split = ReleaseEntry.Split


def _require_engineer(by: User) -> None:
    if not permissions.can_release(by):
        raise PermissionDenied("Only engineers may compose releases.")


def _open_release(release_id: int) -> Release:
    release = Release.objects.select_for_update().defer("archive").filter(pk=release_id).first()
    if release is None:
        raise Conflict("This release was discarded.")
    if release.is_frozen:
        raise Conflict(f"{release.name} is frozen and cannot change; make a new release.")
    return release


@transaction.atomic
def create(*, by: User, name: str, notes: str = "", is_private: bool = False) -> Release:
    """An empty, open release; raises ValidationError on an unusable or taken name."""
    _require_engineer(by)
    release = Release(name=name, notes=notes, is_private=is_private, created_by=by)
    check_and_save(release)
    log(by, "release.created", release)
    return release


@transaction.atomic
def add_approved(
    release_id: int, *, by: User, filters: Mapping[str, str], only: Collection[int] | None = None
) -> Candidates:
    """Add the approved version of every item that the filters of the item list find; `only` those of these ids.

    Human-adapted items enter as *test*, the others as *train*. An item whose source may not be redistributed stays out
    of a public release, and so does a second version of an item; both are named with the reason. Returns what was
    found.
    """
    _require_engineer(by)
    release = _open_release(release_id)
    found = queries.candidates(release, filters, only)
    ReleaseEntry.objects.bulk_create(
        ReleaseEntry(release=release, item_version_id=each.version_id, split=each.split) for each in found.addable
    )
    used = {name: value for name, value in filters.items() if value}
    log(by, "release.filled", release, filters=used, added=len(found.addable), refused=len(found.refused))
    return found


@transaction.atomic
def bring_up_to_date(release_id: int, *, by: User) -> tuple[int, int]:
    """Put the approved version of an item in place of one that is not approved any more, in the same split.

    Entries of items without an approved version leave. Returns how many were replaced and how many left.
    """
    _require_engineer(by)
    release = _open_release(release_id)
    approved = ItemVersion.objects.filter(item=OuterRef("item_version__item"), state=ItemVersion.State.APPROVED)
    outdated = release.entries.exclude(item_version__state=ItemVersion.State.APPROVED)
    newer = outdated.annotate(newer=Subquery(approved.values("pk"))).filter(newer__isnull=False)
    held = set(release.entries.values_list("item_version", flat=True))
    chosen = {version: pk for version, pk in newer.values_list("newer", "pk") if version not in held}
    renewed = [ReleaseEntry(pk=pk, item_version_id=version) for version, pk in chosen.items()]
    ReleaseEntry.objects.bulk_update(renewed, ["item_version"], batch_size=500)
    left, _ = release.entries.exclude(item_version__state=ItemVersion.State.APPROVED).delete()
    log(by, "release.renewed", release, replaced=len(renewed), left=left)
    return len(renewed), left


@transaction.atomic
def remove(release_id: int, *, by: User, entry_ids: Iterable[int]) -> int:
    """Take entries out of an open release, leaving alone what is not in it; returns how many went."""
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
    if not all(0 <= weight < inf for weight in weights.values()) or sum(weights.values()) <= 0:
        raise ValidationError("Shares must be numbers, none negative and one of them positive.")
    adapted = Q(item_version__item__origin=Item.Origin.ADAPTED)
    release.entries.filter(adapted).update(split=Split.TEST)
    others = release.entries.exclude(adapted).order_by().values_list("item_version__item__slug", "pk")
    # Sorted here, because the seed must mean the same under every collation.
    dealt = _deal([pk for _, pk in sorted(others)], weights, Random(seed))
    for split, entry_ids in dealt.items():
        release.entries.filter(pk__in=entry_ids).update(split=split)
    counts = queries.counts_by_split(release)
    log(by, "release.dealt", release, shares=weights, seed=seed, counts=counts)
    return counts


def _deal(entry_ids: list[int], weights: Mapping[str, float], random: Random) -> dict[str, list[int]]:
    """Give each entry, in random order, to the split that lags furthest behind its share."""
    random.shuffle(entry_ids)
    wanted = {split: weight / sum(weights.values()) * len(entry_ids) for split, weight in weights.items()}
    dealt: dict[str, list[int]] = {split: [] for split in weights}
    for entry_id in entry_ids:
        split = max(wanted, key=lambda split: wanted[split])
        wanted[split] -= 1
        dealt[split].append(entry_id)
    return dealt


@transaction.atomic
def set_private(release_id: int, *, by: User, is_private: bool) -> Release:
    """Mark a release private or public; it turns public only if every source may be redistributed."""
    _require_engineer(by)
    release = _open_release(release_id)
    if not is_private and (bound := queries.not_redistributable(release)):
        raise Conflict(f"These may not be redistributed: {queries.name_some(bound)}. Remove them first.")
    release.is_private = is_private
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
    queries.hold_sources(release)
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
