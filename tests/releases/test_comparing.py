"""What changed from one release to another."""

from qftapp.releases.comparing import Change, Place, compare
from tests.factories import ReleaseEntryFactory, ReleaseFactory, approved, frozen_release, replace


def test_every_kind_of_change_is_found(farah):
    kept, gone, revised, moved, both = (approved(slug) for slug in "abcde")
    old = frozen_release(kept, gone, revised, moved, both, name="old")
    new = ReleaseFactory(name="new", created_by=farah)
    for version, split in [
        (kept, "test"),
        (replace(revised), "test"),
        (moved, "train"),
        (replace(both), "validation"),
        (approved("f"), "train"),
    ]:
        ReleaseEntryFactory(release=new, item_version=version, split=split)
    found = compare(old, new)
    assert found.unchanged == 1
    assert [(change, change.kinds) for change in found.changes] == [
        (Change("b", Place(1, "test"), None), ("removed",)),
        (Change("c", Place(1, "test"), Place(2, "test")), ("changed",)),
        (Change("d", Place(1, "test"), Place(1, "train")), ("moved",)),
        (Change("e", Place(1, "test"), Place(2, "validation")), ("changed", "moved")),
        (Change("f", None, Place(1, "train")), ("added",)),
    ]
    assert found.counts == {"added": 1, "removed": 1, "changed": 2, "moved": 2}
    assert [change.slug for change in found.of("moved")] == ["d", "e"]


def test_a_release_does_not_differ_from_itself(db):
    release = frozen_release(approved(), approved())
    found = compare(release, release)
    assert (found.changes, found.unchanged) == ((), 2)
