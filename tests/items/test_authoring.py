"""What an author does: sources, items, revisions, drafts; one test for each refusal."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.events import history
from qftapp.actors.models import Event
from qftapp.items import actions
from qftapp.items.content import content_of
from qftapp.items.models import Item, ItemVersion, Source, SourceProblem
from tests.factories import (
    ItemFactory,
    ItemVersionFactory,
    SourceFactory,
    SourceProblemFactory,
    UserFactory,
    approved,
    contract,
    person,
)

pytestmark = pytest.mark.django_db

CLASSIFICATION = {
    "topic": "cross-sections-decays",
    "domain_level": "graduate",
    "operational_level": "easy",
    "task_type": "direct_calculation",
}


def verbs(row) -> list[str]:
    """The verbs of the acts on a row, oldest first."""
    return [event.verb for event in history([row]).order_by("id")]


def create(**given) -> ItemVersion:
    return actions.create_item(
        **{"by": person("alice"), "slug": "yukawa-width", "classification": CLASSIFICATION} | given
    )


def save(version: ItemVersion, *, by="alice", revision=0, **given) -> ItemVersion:
    content = given.pop("content", {"statement": "A new text."})
    return actions.save_draft(version.pk, by=person(by), revision=revision, content=content, **given)


def test_author_adds_a_source_and_a_problem():
    alice = person("alice")
    source = actions.save_source(Source(slug="lectures", title="Lectures"), by=alice)
    problem = actions.save_source_problem(SourceProblem(source=source, locator="Problem 1"), by=alice)

    source.title = "Lectures on fields"
    actions.save_source(source, by=alice)

    assert verbs(source) == ["source.added", "source.changed"]
    assert verbs(problem) == ["source_problem.added"]


def test_only_authors_add_sources_and_problems():
    with pytest.raises(PermissionDenied, match="Only authors may add sources"):
        actions.save_source(Source(slug="lectures", title="Lectures"), by=person("chandra"))
    with pytest.raises(PermissionDenied, match="Only authors may add source problems"):
        actions.save_source_problem(SourceProblem(source=SourceFactory(), locator="1"), by=person("chandra"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "not a slug"), ("slug", "new"), ("title", ""), ("year", 1066), ("url", "javascript:1")],
)
def test_unusable_source_is_refused_at_its_field(field, value):
    source = Source(**{"slug": "lectures", "title": "Lectures", field: value})

    with pytest.raises(ValidationError) as refused:
        actions.save_source(source, by=person("alice"))
    assert list(refused.value.message_dict) == [field]


def test_locator_stands_once_in_a_source():
    problem = SourceProblemFactory()

    with pytest.raises(ValidationError, match="already exists"):
        actions.save_source_problem(SourceProblem(source=problem.source, locator=problem.locator), by=person("alice"))


def test_prose_that_the_database_cannot_hold_is_refused_at_its_field():
    for text in ("NUL \0", "x" * 100_001):
        with pytest.raises(ValidationError) as refused:
            create(content={"statement": text})
        assert list(refused.value.message_dict) == ["statement"]
    assert not Item.objects.exists()


def test_item_is_original_without_and_adapted_with_a_source_problem():
    written = create()
    adapted = create(slug="adapted-width", source_problem=SourceProblemFactory(), content={"statement": "Theirs."})

    assert (written.item.origin, written.item.domain, written.number, written.state) == ("original", "qft", 1, "draft")
    assert (adapted.item.origin, adapted.statement) == ("adapted", "Theirs.")
    assert (verbs(written.item), verbs(adapted.item)) == (["item.written"], ["item.adapted"])


def test_only_authors_create_items():
    with pytest.raises(PermissionDenied):
        create(by=person("chandra"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"slug": "not a slug"}, "slug"),
        ({"slug": "retire"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"classification": CLASSIFICATION | {"topic": "alchemy"}}, "topic"),
        ({"classification": CLASSIFICATION | {"operational_level": "impossible"}}, "operational_level"),
        ({"classification": {"topic": "yukawa"}}, "domain_level"),
    ],
)
def test_unusable_item_is_refused_at_its_field(given, field):
    with pytest.raises(ValidationError) as refused:
        create(**given)
    assert field in refused.value.message_dict
    assert not Item.objects.exists()


def test_slug_is_taken_once():
    ItemFactory(slug="yukawa-width")

    with pytest.raises(ValidationError) as refused:
        create()
    assert list(refused.value.message_dict) == ["slug"]


def test_revision_starts_from_the_approved_version():
    base = approved()

    draft = actions.revise(base.item_id, by=person("bruno"))

    assert (draft.number, draft.state, draft.author.username) == (2, "draft", "bruno")
    assert content_of(draft) == content_of(base)


def test_revision_starts_from_the_newest_version_where_none_is_approved():
    old = ItemVersionFactory(state="retired")
    newest = ItemVersionFactory(item=old.item, number=2, state="retired", statement="The newest text.")

    assert content_of(actions.revise(old.item_id, by=person("alice"))) == content_of(newest)


@pytest.mark.parametrize("state", ["draft", "review"])
def test_revision_waits_for_the_open_version(state):
    version = ItemVersionFactory(state=state)

    with pytest.raises(Conflict, match="open already"):
        actions.revise(version.item_id, by=person("alice"))


def test_item_without_a_version_cannot_be_revised():
    with pytest.raises(Conflict, match="no version to start from"):
        actions.revise(ItemFactory().pk, by=person("alice"))


def test_only_authors_revise():
    with pytest.raises(PermissionDenied):
        actions.revise(approved().item_id, by=person("chandra"))


def test_draft_is_saved_and_counts_its_revisions():
    saved = save(ItemVersionFactory(), content={"statement": "Find $m$.", "contract": {"kind": "nonsense"}})

    saved.refresh_from_db()
    assert (saved.statement, saved.contract, saved.revision) == ("Find $m$.", {"kind": "nonsense"}, 1)


def test_fields_that_are_not_content_are_not_saved():
    version = ItemVersionFactory()

    save(version, content={"state": "approved", "author": person("bruno"), "number": 9})

    version.refresh_from_db()
    assert (version.state, version.author.username, version.number) == ("draft", "alice", 1)


def test_stale_draft_is_refused_with_what_stands_there():
    version = ItemVersionFactory()
    save(version, content={"statement": "From the first tab."})

    with pytest.raises(actions.StaleDraft) as refused:
        save(version, content={"statement": "From the second tab."})

    assert refused.value.current.statement == "From the first tab."
    version.refresh_from_db()
    assert version.statement == "From the first tab."


def test_overwriting_keeps_the_text_written_over_in_the_log():
    version = ItemVersionFactory()
    save(version, content={"statement": "From the first tab."})

    saved = save(version, content={"statement": "From the second tab."}, overwrite=True)

    assert (saved.statement, saved.revision) == ("From the second tab.", 2)
    event = Event.objects.get(verb="item_version.overwritten")
    assert event.data["content"]["statement"] == "From the first tab."


@pytest.mark.parametrize("state", ["review", "approved", "retired"])
def test_only_a_draft_is_saved(state):
    with pytest.raises(Conflict, match="no longer draft"):
        save(ItemVersionFactory(state=state))


def test_draft_is_saved_by_its_author_alone():
    version = ItemVersionFactory()
    UserFactory(username="adam", is_superuser=True)

    for other in ("bruno", "chandra"):
        with pytest.raises(PermissionDenied):
            save(version, by=other)
    with pytest.raises(PermissionDenied):
        actions.save_draft(version.pk, by=UserFactory(is_superuser=True), revision=0, content={})


def test_overlong_text_of_a_draft_is_refused_at_its_field():
    with pytest.raises(ValidationError) as refused:
        save(ItemVersionFactory(), content={"solution": "x" * 100_001})
    assert list(refused.value.message_dict) == ["solution"]


def test_classification_is_changed_with_the_draft_and_logged_once():
    version = ItemVersionFactory()
    classification = CLASSIFICATION | {"topic": "cosmology"}

    save(version, classification=classification)
    save(version, revision=1, classification=classification)

    item = Item.objects.get(pk=version.item_id)
    assert (item.topic, item.domain) == ("cosmology", "cosmology")
    assert Event.objects.filter(verb="item.classified").count() == 1


def test_unknown_topic_leaves_the_draft_as_it_was():
    version = ItemVersionFactory(statement="As it was.")

    with pytest.raises(ValidationError):
        save(version, classification=CLASSIFICATION | {"topic": "alchemy"})

    version.refresh_from_db()
    assert version.statement == "As it was."


def test_discarded_draft_is_retired_and_keeps_its_text():
    version = ItemVersionFactory(contract=contract())

    actions.discard(version.pk, by=person("alice"))

    before = content_of(version)
    version.refresh_from_db()
    assert (version.state, content_of(version)) == ("retired", before)
    assert version.content_hash


def test_administrator_discards_a_draft_that_stands_in_the_way():
    administrator = UserFactory(is_superuser=True)

    assert actions.discard(ItemVersionFactory().pk, by=administrator).state == "retired"


def test_other_people_do_not_discard_a_draft():
    with pytest.raises(PermissionDenied):
        actions.discard(ItemVersionFactory().pk, by=person("bruno"))


@pytest.mark.parametrize("state", ["review", "approved", "retired"])
def test_only_a_draft_is_discarded(state):
    with pytest.raises(Conflict, match="no longer draft"):
        actions.discard(ItemVersionFactory(state=state).pk, by=person("alice"))
