"""What the database itself keeps true of items, versions and reviews, whoever writes."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from qftapp.items.content import content_of, hash_content
from qftapp.items.models import Item, ItemVersion, Review
from tests.factories import ItemFactory, ItemVersionFactory, SourceProblemFactory, contract, person, symbol

pytestmark = pytest.mark.django_db

SUBMITTED = ["review", "approved", "retired"]


def execute(statement: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("state", SUBMITTED)
@pytest.mark.parametrize(
    "change",
    [
        "statement = 'Something else.'",
        "contract = '{}'",
        "solution = ''",
        "second_solution = ''",
        "number = 7",
        "author_id = author_id + 1",
        "content_hash = repeat('0', 64)",
        "gate = '{}'",
        "created_at = now() + interval '1 day'",
        "state = 'draft', content_hash = '', statement = 'Something else.'",
    ],
)
def test_content_is_frozen_outside_draft(state, change):
    version = ItemVersionFactory(state=state)

    with pytest.raises(DatabaseError, match="content is frozen outside draft"):
        execute(f"UPDATE qftapp_itemversion SET {change} WHERE id = %s", version.pk)


@pytest.mark.parametrize(
    ("state", "to"),
    [(old, new) for old in ItemVersion.State for new in ItemVersion.State if new != old],
)
def test_state_moves_only_along_the_life_of_a_version(state, to):
    version = ItemVersionFactory(state=state)
    content_hash = "" if to == "draft" else hash_content(content_of(version))

    def move():
        execute(
            "UPDATE qftapp_itemversion SET state = %s, content_hash = %s WHERE id = %s", to, content_hash, version.pk
        )

    if to in ItemVersion.NEXT_STATES[state]:
        move()
        version.refresh_from_db()
        assert version.state == to
    else:
        with pytest.raises(DatabaseError, match="the life of a version has no such step"):
            move()


def test_draft_may_be_rewritten():
    version = ItemVersionFactory()

    execute("UPDATE qftapp_itemversion SET statement = 'Something else.' WHERE id = %s", version.pk)

    version.refresh_from_db()
    assert version.statement == "Something else."


@pytest.mark.parametrize("state", SUBMITTED)
def test_submitted_version_cannot_be_deleted(state):
    version = ItemVersionFactory(state=state)

    with pytest.raises(DatabaseError, match="a submitted version stays"):
        execute("DELETE FROM qftapp_itemversion WHERE id = %s", version.pk)
    with pytest.raises(DatabaseError, match="a submitted version stays"), transaction.atomic():
        version.item.delete()


@pytest.mark.parametrize(
    "statement", ["UPDATE qftapp_review SET comment = 'On second thoughts'", "DELETE FROM qftapp_review"]
)
def test_review_never_changes(statement):
    version = ItemVersionFactory(state="review")
    review = Review.objects.create(
        version=version, reviewer=person("chandra"), verdict="approve", content_hash=version.content_hash
    )

    with pytest.raises(DatabaseError, match="a review stands as it was given"):
        execute(statement)
    assert Review.objects.get() == review


def test_reviewer_judges_one_wording_once():
    version = ItemVersionFactory(state="review")
    judged = {"version": version, "reviewer": person("chandra"), "content_hash": version.content_hash}
    Review.objects.create(verdict="approve", **judged)

    with pytest.raises(IntegrityError, match="one_review_per_reviewer_and_content"), transaction.atomic():
        Review.objects.create(verdict="request_changes", **judged)


@pytest.mark.parametrize(
    ("first", "second", "constraint"),
    [
        ("draft", "draft", "one_open_version_per_item"),
        ("draft", "review", "one_open_version_per_item"),
        ("review", "review", "one_open_version_per_item"),
        ("approved", "approved", "one_approved_version_per_item"),
    ],
)
def test_item_has_at_most_one_open_and_one_approved_version(first, second, constraint):
    version = ItemVersionFactory(state=first)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ItemVersionFactory(item=version.item, number=2, state=second)


def test_item_may_have_an_approved_and_an_open_version():
    approved = ItemVersionFactory(state="approved")

    ItemVersionFactory(item=approved.item, number=2, state="draft")

    assert approved.item.versions.count() == 2


def test_version_number_is_taken_once():
    version = ItemVersionFactory(state="retired")

    with pytest.raises(IntegrityError, match="one_version_per_item_and_number"), transaction.atomic():
        ItemVersionFactory(item=version.item, number=1)


@pytest.mark.parametrize(("state", "content_hash"), [("review", ""), ("draft", "0" * 64)])
def test_content_hash_is_set_exactly_outside_draft(state, content_hash):
    with pytest.raises(IntegrityError, match="content_hash_is_set_outside_draft"), transaction.atomic():
        ItemVersionFactory(state=state, content_hash=content_hash)


def test_item_is_adapted_exactly_if_it_has_a_source_problem():
    problem = SourceProblemFactory()
    for origin, source_problem in [("original", problem), ("adapted", None)]:
        with (
            pytest.raises(IntegrityError, match="item_is_adapted_iff_it_has_a_source_problem"),
            transaction.atomic(),
        ):
            ItemFactory(origin=origin, source_problem=source_problem)
    assert not Item.objects.exists()


def test_synthetic_item_has_a_batch():
    with pytest.raises(IntegrityError, match="synthetic_item_has_a_batch"), transaction.atomic():
        ItemFactory(origin="synthetic")


def test_every_state_but_the_last_leads_on():
    assert {state for state, following in ItemVersion.NEXT_STATES.items() if not following} == {"retired"}
    assert set(ItemVersion.NEXT_STATES) == set(ItemVersion.State)


def test_hash_does_not_depend_on_the_order_of_keys():
    content = content_of(ItemVersionFactory())
    turned = dict(reversed(content.items())) | {"contract": dict(reversed(content["contract"].items()))}

    assert hash_content(turned) == hash_content(content)


@pytest.mark.parametrize("field", ItemVersion.CONTENT)
def test_hash_depends_on_every_reviewed_field(field):
    content = content_of(ItemVersionFactory())
    other = {"kind": "number"} if field == "contract" else "other"

    assert hash_content(content | {field: other}) != hash_content(content)


def test_hash_survives_a_bound_that_the_database_returns_as_a_long_integer():
    version = ItemVersionFactory(contract=contract(symbols=[symbol("m", high=1e30)]))
    before = hash_content(content_of(version))

    version.refresh_from_db()

    assert version.contract["symbols"][0]["high"] == 10**30
    assert hash_content(content_of(version)) == before
