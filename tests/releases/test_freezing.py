"""What stands against freezing, and what nothing can change afterwards."""

import threading
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.items.models import ItemVersion
from qftapp.releases import actions, queries
from qftapp.releases.models import Release, ReleaseEntry
from tests.factories import (
    ReleaseEntryFactory,
    ReleaseFactory,
    SourceProblemFactory,
    approved,
    frozen_release,
    person,
    replace,
)


def entry(release: Release, slug: str, split: str = "train", **item) -> ReleaseEntry:
    return ReleaseEntryFactory(release=release, item_version=approved(slug, **item), split=split)


def statuses(release: Release) -> dict[str, str]:
    return {check.code: check.status for check in queries.freeze_checks(release)}


def refusal(release: Release) -> str:
    with pytest.raises(Conflict) as refused:
        actions.freeze(release.pk, by=release.created_by)
    release.refresh_from_db()
    assert not release.is_frozen
    return str(refused.value)


def test_an_empty_release_is_not_frozen(release):
    assert refusal(release) == "Add approved items first."


def test_a_version_that_is_not_approved_any_more_stands_against_freezing(release):
    replace(entry(release, "a").item_version)
    assert refusal(release) == "No longer approved: a. Bring up to date or remove."


def test_two_versions_of_an_item_stand_against_freezing(release):
    first = entry(release, "a").item_version
    ReleaseEntryFactory(release=release, item_version=replace(first))
    assert "More than one version: a. Remove all but one." in refusal(release)


def test_a_source_problem_in_two_splits_stands_against_freezing(release):
    problem = SourceProblemFactory()
    entry(release, "a", "train", source_problem=problem)
    entry(release, "b", "test", source_problem=problem)
    entry(release, "c", "test", source_problem=SourceProblemFactory())
    assert refusal(release) == "Same problem, two splits: a, b. Move together."


def test_a_source_that_may_not_be_redistributed_stands_against_freezing_a_public_release(release, farah):
    entry(release, "a", source_problem=SourceProblemFactory(source__may_redistribute=False))
    assert refusal(release) == "Not redistributable: a. Mark the release private or remove."
    actions.set_private(release.pk, by=farah, is_private=True)
    assert actions.freeze(release.pk, by=farah).is_frozen


def test_a_long_list_of_faults_names_the_first_and_counts_the_rest(release):
    for number in range(8):
        entry(release, f"i-{number}")
    ItemVersion.objects.update(state="retired")
    assert refusal(release) == "No longer approved: i-0, i-1, i-2, i-3, i-4 and 3 more. Bring up to date or remove."


def test_an_empty_split_is_noted_and_does_not_block(release):
    entry(release, "a")
    check = queries.freeze_checks(release)[-1]
    assert (check.status, check.message) == ("note", "Nothing is in validation or test.")
    assert queries.reasons_not_to_freeze(release) == []


def test_a_sound_release_passes_every_check(release):
    for split in ("train", "validation", "test"):
        entry(release, split, split)
    codes = ("entries", "approved", "versions", "problems", "sources", "splits")
    assert statuses(release) == dict.fromkeys(codes, "pass")


def test_only_engineers_freeze(release, alice):
    with pytest.raises(PermissionDenied):
        actions.freeze(release.pk, by=alice)


def test_freezing_seals_the_release_and_is_logged(release, farah):
    entry(release, "a")
    frozen = actions.freeze(release.pk, by=farah)
    assert frozen.is_frozen
    assert len(frozen.sha256) == 64
    event = Event.objects.latest("pk")
    assert (event.verb, event.actor, event.data) == ("release.frozen", farah, {"sha256": frozen.sha256})


RAW = {
    "rename": "UPDATE qftapp_release SET name = 'other'",
    "thaw": "UPDATE qftapp_release SET frozen_at = NULL, sha256 = '', archive = NULL",
    "new archive": "UPDATE qftapp_release SET archive = 'x'",
    "publish": "UPDATE qftapp_release SET is_private = NOT is_private",
    "delete": "DELETE FROM qftapp_release",
    "move": "UPDATE qftapp_releaseentry SET split = 'train'",
    "thin": "DELETE FROM qftapp_releaseentry",
    "take": "UPDATE qftapp_releaseentry SET release_id = (SELECT id FROM qftapp_release WHERE frozen_at IS NULL)",
    "give": """INSERT INTO qftapp_releaseentry (release_id, item_version_id, split)
        SELECT release.id, version.id, 'train' FROM qftapp_release release, qftapp_itemversion version
        WHERE release.frozen_at IS NOT NULL AND version.state = 'approved'""",
    "swap": """UPDATE qftapp_releaseentry SET item_version_id =
        (SELECT max(id) FROM qftapp_itemversion WHERE state = 'approved')""",
}


@pytest.mark.parametrize("act", RAW)
def test_raw_sql_cannot_change_a_frozen_release(farah, act):
    frozen_release(name="qft-0")
    if act == "take":
        ReleaseFactory(name="qft-open")
    approved()
    with pytest.raises(IntegrityError, match="the release is frozen"), transaction.atomic():
        connection.cursor().execute(RAW[act])


def test_an_entry_of_an_open_release_cannot_be_moved_into_a_frozen_one(release):
    frozen = frozen_release(name="qft-0")
    ReleaseEntryFactory(release=release)
    with pytest.raises(IntegrityError, match="the release is frozen"), transaction.atomic():
        release.entries.update(release=frozen)


@pytest.mark.django_db(transaction=True)
def test_an_entry_inserted_while_the_release_is_being_frozen_is_refused():
    release = ReleaseFactory(created_by=person("farah"))
    entry(release, "a")
    late = approved("b")
    refused: list[Exception] = []

    def insert() -> None:
        try:
            ReleaseEntry.objects.create(release=release, item_version=late, split="train")
        except IntegrityError as error:
            refused.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=insert)
    with transaction.atomic():
        actions.freeze(release.pk, by=release.created_by)
        thread.start()
        _wait_until_somebody_waits()
    thread.join()
    assert len(refused) == 1
    assert release.entries.count() == 1


def _wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() is not None:
                return
        time.sleep(0.01)
    raise AssertionError("the insert did not wait for the freeze")
