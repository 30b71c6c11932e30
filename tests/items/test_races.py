"""Two people at the same moment: exactly one wins, the other is told."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from qftapp.actors.errors import Conflict
from qftapp.items import actions, reviewing
from qftapp.items.models import ItemVersion, Review
from tests.factories import ItemVersionFactory, approved, person
from tests.items.racing import at_once, wait_until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


def split(results: list[object]) -> tuple[list[object], list[type]]:
    """The results of those who won, and the kinds of refusal of those who lost."""
    won = [result for result in results if not isinstance(result, Exception)]
    return won, [type(result) for result in results if isinstance(result, Exception)]


def test_two_approvals_at_once_publish_once():
    old = approved()
    version = ItemVersionFactory(item=old.item, number=2, state="review")
    judges = [person("bruno"), person("chandra")]

    results = at_once(
        *(
            lambda judge=judge: reviewing.approve(version.pk, by=judge, content_hash=version.content_hash)
            for judge in judges
        )
    )

    won, lost = split(results)
    assert (len(won), lost) == (1, [Conflict])
    assert Review.objects.count() == 1
    assert list(old.item.versions.order_by("number").values_list("state", flat=True)) == ["retired", "approved"]


def test_approval_and_request_for_changes_at_once_count_once():
    version = ItemVersionFactory(state="review")
    bruno, chandra = person("bruno"), person("chandra")
    read = {"content_hash": version.content_hash}

    results = at_once(
        lambda: reviewing.approve(version.pk, by=bruno, **read),
        lambda: reviewing.request_changes(version.pk, by=chandra, comment="Not yet.", **read),
    )

    won, lost = split(results)
    assert (len(won), lost) == (1, [Conflict])
    assert Review.objects.count() == 1


def test_two_revisions_at_once_open_one_draft():
    item = approved().item
    authors = [person("alice"), person("bruno")]

    results = at_once(*(lambda author=author: actions.revise(item.pk, by=author) for author in authors))

    won, lost = split(results)
    assert (len(won), lost) == (1, [Conflict])
    assert item.versions.filter(state="draft").count() == 1


def test_two_saves_at_once_store_one_text():
    version = ItemVersionFactory()
    alice = person("alice")
    texts = ["From the first tab.", "From the second tab."]

    results = at_once(
        *(
            lambda text=text: actions.save_draft(version.pk, by=alice, revision=0, content={"statement": text})
            for text in texts
        )
    )

    won, lost = split(results)
    assert (len(won), lost) == (1, [actions.StaleDraft])
    stored = ItemVersion.objects.get(pk=version.pk)
    assert (stored.statement, stored.revision) == (won[0].statement, 1)


def test_approval_and_retirement_at_once_do_not_wait_for_each_other_for_ever():
    old = approved()
    version = ItemVersionFactory(item=old.item, number=2, state="review")
    bruno, chandra = person("bruno"), person("chandra")

    results = at_once(
        lambda: reviewing.approve(version.pk, by=bruno, content_hash=version.content_hash),
        lambda: reviewing.retire([old.item_id], by=chandra),
    )

    won, lost = split(results)
    assert lost == []
    assert len(won) == 2
    assert ItemVersion.objects.get(pk=old.pk).state == "retired"


def test_draft_saved_while_its_checks_run_is_not_submitted():
    version = ItemVersionFactory()
    alice = person("alice")

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.save_draft(version.pk, by=alice, revision=0, content={"statement": "Changed meanwhile."})
            submission = pool.submit(lambda: at_once(lambda: reviewing.submit(version.pk, by=alice)))
            wait_until_somebody_waits_for_a_lock()
        results = submission.result(timeout=30)

    assert split(results) == ([], [Conflict])
    stored = ItemVersion.objects.get(pk=version.pk)
    assert (stored.state, stored.statement) == ("draft", "Changed meanwhile.")
