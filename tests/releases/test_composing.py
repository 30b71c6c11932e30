"""Creating, filling, thinning, splitting and marking a release."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.items.models import ItemVersion
from qftapp.releases import actions
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.releases.queries import Candidate
from tests.factories import (
    ItemVersionFactory,
    ReleaseEntryFactory,
    ReleaseFactory,
    SourceFactory,
    SourceProblemFactory,
    approved,
    frozen_release,
    person,
    replace,
)

ACTS = {
    "add_approved": {"filters": {}},
    "bring_up_to_date": {},
    "remove": {"entry_ids": []},
    "set_split": {"entry_ids": [], "split": "test"},
    "assign_splits": {"shares": {"train": 1}},
    "set_private": {"is_private": True},
    "freeze": {},
    "discard": {},
}


def splits_of(release: Release) -> dict[str, str]:
    return dict(release.entries.values_list("item_version__item__slug", "split"))


def slugs_of(release: Release) -> list[str]:
    return list(release.entries.order_by("pk").values_list("item_version__item__slug", flat=True))


def last_event() -> tuple[str, str, dict]:
    event = Event.objects.latest("pk")
    return event.actor.username, event.verb, event.data


@pytest.mark.parametrize("name", ["alice", "bruno", "chandra", "dana", "emil"])
@pytest.mark.parametrize("act", ACTS)
def test_only_engineers_may_act_on_a_release(release, act, name):
    with pytest.raises(PermissionDenied, match="Only engineers"):
        getattr(actions, act)(release.pk, by=person(name), **ACTS[act])


@pytest.mark.parametrize("act", ACTS)
def test_a_frozen_release_refuses_every_act(farah, act):
    frozen = frozen_release(name="qft-0")
    with pytest.raises(Conflict, match="qft-0 is frozen and cannot change; make a new release"):
        getattr(actions, act)(frozen.pk, by=farah, **ACTS[act])


@pytest.mark.parametrize("act", ACTS)
def test_a_discarded_release_refuses_every_act(release, farah, act):
    actions.discard(release.pk, by=farah)
    with pytest.raises(Conflict, match="This release was discarded"):
        getattr(actions, act)(release.pk, by=farah, **ACTS[act])


def test_author_cannot_create_a_release(alice):
    with pytest.raises(PermissionDenied):
        actions.create(by=alice, name="qft-2")


@pytest.mark.parametrize("name", ["", "QFT", "a b", "-a", "a/b", "of-item", "qft-1\n", "a" * 81, "é"])
def test_an_unusable_name_is_refused(farah, name):
    with pytest.raises(ValidationError) as refused:
        actions.create(by=farah, name=name)
    assert list(refused.value.message_dict) == ["name"]


def test_a_taken_name_is_refused(release, farah):
    with pytest.raises(ValidationError, match="already exists"):
        actions.create(by=farah, name=release.name)


def test_a_new_release_is_open_and_empty(farah):
    made = actions.create(by=farah, name="qft-2026.11", notes="First.", is_private=True)
    assert (made.is_frozen, made.is_private, made.entries.count()) == (False, True, 0)
    assert last_event() == ("farah", "release.created", {})


def test_filling_adds_approved_versions_only(release, farah):
    approved("a")
    for number, state in enumerate(("draft", "review", "retired")):
        ItemVersionFactory(state=state, item__slug=f"b-{number}")
    found = actions.add_approved(release.pk, by=farah, filters={})
    assert [each.slug for each in found.addable] == slugs_of(release) == ["a"]
    assert last_event()[1:] == ("release.filled", {"filters": {}, "added": 1, "refused": 0})


def test_filling_takes_the_approved_version_while_a_newer_draft_is_open(release, farah):
    live = approved("a")
    ItemVersionFactory(item=live.item, number=2)
    actions.add_approved(release.pk, by=farah, filters={})
    assert release.entries.get().item_version == live


def test_filling_follows_the_filters_of_the_item_list(release, farah):
    approved("a", topic="noether-currents")
    approved("b", topic="noether-currents", domain_level="undergraduate")
    approved("c")
    filters = {"topic": "noether-currents", "domain_level": "graduate", "q": ""}
    actions.add_approved(release.pk, by=farah, filters=filters)
    assert slugs_of(release) == ["a"]
    assert last_event()[2]["filters"] == {"topic": "noether-currents", "domain_level": "graduate"}


def test_adapted_items_enter_as_test_and_others_as_train(release, farah):
    approved("a", source_problem=SourceProblemFactory())
    approved("b")
    found = actions.add_approved(release.pk, by=farah, filters={})
    assert splits_of(release) == {"a": "test", "b": "train"}
    assert found.addable[0] == Candidate(
        ItemVersion.objects.get(item__slug="a").pk, "a", "cross-sections-decays", "adapted", "test"
    )


def test_an_item_joins_the_split_where_its_source_problem_stands(release, farah):
    problem = SourceProblemFactory()
    ReleaseEntryFactory(release=release, item_version=approved("a", source_problem=problem), split="validation")
    approved("b", source_problem=problem)
    actions.add_approved(release.pk, by=farah, filters={})
    assert splits_of(release) == {"a": "validation", "b": "validation"}


def test_filling_twice_adds_nothing(release, farah):
    approved("a")
    actions.add_approved(release.pk, by=farah, filters={})
    found = actions.add_approved(release.pk, by=farah, filters={})
    assert (found.addable, found.present, found.refused) == ((), 1, ())


def test_filling_refuses_a_second_version_of_an_item(release, farah):
    old = ReleaseEntryFactory(release=release, item_version=approved("a")).item_version
    replace(old)
    found = actions.add_approved(release.pk, by=farah, filters={})
    assert found.refused == (("a", "another version of it is in the release"),)
    assert release.entries.get().item_version == old


def test_a_public_release_refuses_items_whose_source_may_not_be_redistributed(release, farah):
    source = SourceFactory(title="A Textbook", may_redistribute=False)
    approved("a", source_problem=SourceProblemFactory(source=source))
    found = actions.add_approved(release.pk, by=farah, filters={})
    assert found.refused == (("a", "A Textbook may not be redistributed; mark the release private to hold it"),)
    assert release.entries.count() == 0


def test_a_private_release_holds_items_whose_source_may_not_be_redistributed(release, farah):
    approved("a", source_problem=SourceProblemFactory(source__may_redistribute=False))
    actions.set_private(release.pk, by=farah, is_private=True)
    actions.add_approved(release.pk, by=farah, filters={})
    assert slugs_of(release) == ["a"]


def test_a_release_turns_public_only_without_bound_sources(release, farah):
    approved("a", source_problem=SourceProblemFactory(source__may_redistribute=False))
    actions.set_private(release.pk, by=farah, is_private=True)
    actions.add_approved(release.pk, by=farah, filters={})
    with pytest.raises(Conflict, match="These may not be redistributed: a"):
        actions.set_private(release.pk, by=farah, is_private=False)
    actions.remove(release.pk, by=farah, entry_ids=release.entries.values_list("pk", flat=True))
    assert actions.set_private(release.pk, by=farah, is_private=False).is_private is False


def test_removing_leaves_other_releases_alone(release, farah):
    entry = ReleaseEntryFactory(release=release, item_version=approved("a"))
    other = ReleaseEntryFactory()
    assert actions.remove(release.pk, by=farah, entry_ids=[entry.pk, other.pk]) == 1
    assert list(ReleaseEntry.objects.all()) == [other]
    assert last_event()[1:] == ("release.thinned", {"removed": ["a"]})


def test_an_unknown_split_is_refused(release, farah):
    with pytest.raises(ValidationError, match="Choose train, validation or test"):
        actions.set_split(release.pk, by=farah, entry_ids=[], split="exam")


def test_moving_an_entry_moves_its_source_problem_with_it(release, farah):
    problem = SourceProblemFactory()
    for slug in ("a", "b"):
        approved(slug, source_problem=problem)
    approved("c", source_problem=SourceProblemFactory())
    actions.add_approved(release.pk, by=farah, filters={})
    moved = actions.set_split(
        release.pk, by=farah, entry_ids=[release.entries.get(item_version__item__slug="a").pk], split="train"
    )
    assert moved == 2
    assert splits_of(release) == {"a": "train", "b": "train", "c": "test"}


def test_moving_leaves_entries_of_other_releases_alone(release, farah):
    other = ReleaseEntryFactory()
    assert actions.set_split(release.pk, by=farah, entry_ids=[other.pk], split="test") == 0
    other.refresh_from_db()
    assert other.split == "train"


@pytest.mark.parametrize(
    "shares", [{}, {"train": 0}, {"train": -1, "test": 2}, {"train": float("nan")}, {"train": float("inf")}]
)
def test_shares_that_cannot_be_dealt_are_refused(release, farah, shares):
    with pytest.raises(ValidationError, match="Shares must be numbers"):
        actions.assign_splits(release.pk, by=farah, shares=shares)


def test_dealing_meets_the_shares_and_puts_adapted_items_into_test(release, farah):
    for _ in range(10):
        ReleaseEntryFactory(release=release)
    ReleaseEntryFactory(release=release, item_version=approved("z", source_problem=SourceProblemFactory()))
    counts = actions.assign_splits(release.pk, by=farah, shares={"train": 80, "validation": 20})
    assert counts == {"train": 8, "validation": 2, "test": 1}
    assert splits_of(release)["z"] == "test"


def test_dealing_is_repeatable_and_depends_on_the_seed(release, farah):
    for number in range(12):
        ReleaseEntryFactory(release=release, item_version=approved(f"i-{number:02d}"))
    shares = {"train": 1, "validation": 1, "test": 1}

    def dealt(seed: int) -> dict[str, str]:
        actions.assign_splits(release.pk, by=farah, shares=shares, seed=seed)
        return splits_of(release)

    first = dealt(1)
    assert dealt(2) != first
    assert dealt(1) == first


def test_dealing_does_not_depend_on_the_order_in_which_entries_came(release, farah):
    versions = [approved(f"i-{number:02d}") for number in range(12)]
    other = ReleaseFactory(created_by=farah)
    for version, late in zip(versions, reversed(versions), strict=True):
        ReleaseEntryFactory(release=release, item_version=version)
        ReleaseEntryFactory(release=other, item_version=late)
    for each in (release, other):
        actions.assign_splits(each.pk, by=farah, shares={"train": 1, "test": 1}, seed=3)
    assert splits_of(release) == splits_of(other)


def test_bringing_up_to_date_replaces_in_the_same_split_and_drops_what_is_retired(release, farah):
    kept, revised, retired = approved("a"), approved("b"), approved("c")
    for version in (kept, revised, retired):
        ReleaseEntryFactory(release=release, item_version=version, split="validation")
    newer = replace(revised)
    ItemVersion.objects.filter(pk=retired.pk).update(state="retired")
    assert actions.bring_up_to_date(release.pk, by=farah) == (1, 1)
    held = {entry.item_version for entry in release.entries.select_related("item_version")}
    assert held == {kept, newer}
    assert set(splits_of(release).values()) == {"validation"}
    assert last_event()[1:] == ("release.renewed", {"replaced": 1, "left": 1})


def test_bringing_up_to_date_leaves_one_version_of_an_item(release, farah):
    first = approved("a")
    second = replace(first)
    for version in (first, second):
        ReleaseEntryFactory(release=release, item_version=version)
    assert actions.bring_up_to_date(release.pk, by=farah) == (0, 1)
    assert release.entries.get().item_version == second


def test_discarding_leaves_the_items(release, farah):
    version = ReleaseEntryFactory(release=release).item_version
    actions.discard(release.pk, by=farah)
    assert not Release.objects.exists()
    assert ItemVersion.objects.get() == version
    assert last_event()[1:] == ("release.discarded", {"name": "qft-1"})
