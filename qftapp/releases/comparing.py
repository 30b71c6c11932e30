"""What changed from one release to another."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from qftapp.releases.models import Release


@dataclass(frozen=True)
class Place:
    """Where an item stands in a release: its version's number and the split."""

    number: int
    split: str


@dataclass(frozen=True)
class Change:
    """One item in two releases; None where a release does not hold it."""

    slug: str
    old: Place | None
    new: Place | None

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What happened to it: added, removed, changed (another version), moved (another split), or nothing."""
        if self.old is None or self.new is None:
            return ("added",) if self.new else ("removed",)
        changed = ("changed",) if self.old.number != self.new.number else ()
        moved = ("moved",) if self.old.split != self.new.split else ()
        return changed + moved


KINDS = ("added", "removed", "changed", "moved")


@dataclass(frozen=True)
class Difference:
    """The items that differ between two releases, by slug, and how many do not."""

    changes: tuple[Change, ...]
    unchanged: int

    def of(self, kind: str) -> tuple[Change, ...]:
        """The changes of one kind; an item of another version in another split is of two."""
        return tuple(change for change in self.changes if kind in change.kinds)

    @property
    def counts(self) -> dict[str, int]:
        """How many changes there are of each kind, zeros included."""
        return {kind: len(self.of(kind)) for kind in KINDS}


def compare(old: Release, new: Release) -> Difference:
    """What `new` changed against `old`."""
    before, after = _places(old), _places(new)
    listed = [Change(slug, before.get(slug), after.get(slug)) for slug in sorted(before.keys() | after.keys())]
    changes = tuple(change for change in listed if change.kinds)
    return Difference(changes, len(listed) - len(changes))


def _places(release: Release) -> dict[str, Place]:
    rows = release.entries.values_list("item_version__item__slug", "item_version__number", "split")
    return {slug: Place(number, split) for slug, number, split in rows}
