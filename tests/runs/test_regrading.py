"""Grading again: the new grades wait beside those that count, until somebody has seen the difference."""

import csv
import io
import json

import pytest

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.runs.grading import actions, differences
from qftapp.runs.models import Grade
from qftapp.verification import VERIFIER_VERSION
from tests import factories
from tests.runs import grading_of
from tests.runs.grading_of import RIGHT, SILENT, TWICE

pytestmark = pytest.mark.django_db


def engineer():
    return factories.person("farah")


def three_with_two_changes():
    """A run of three with grades correct, wrong, wrong; its grading says correct, correct, unreadable."""
    run = grading_of.run_of(RIGHT, TWICE, SILENT)
    grading_of.graded_before(run, "correct", "wrong", "wrong", reason="so it was")
    return run, grading_of.waiting(run, "correct", "correct", "unreadable")


def current(run) -> list[tuple[str, str]]:
    rows = Grade.objects.filter(run=run, is_current=True).order_by("trace_id")
    return list(rows.values_list("verifier_version", "outcome"))


def test_new_grades_wait_where_others_count():
    run = grading_of.run_of(RIGHT, TWICE)
    grading_of.graded_before(run, "wrong", "wrong")
    grading = grading_of.graded(run)

    assert grading.waits
    assert current(run) == [("1", "wrong"), ("1", "wrong")]
    assert grading_of.outcomes(run, is_current=False) == ["correct", "wrong"]
    found = differences.table(grading)
    assert (found.versions, found.compared, found.changed) == (("1",), 2, 1)
    assert [(change.trace_id, change.outcome, change.new_outcome) for change in differences.changes(grading)] == [
        (grading_of.traces(run)[0].pk, "wrong", "correct")
    ]


def test_table_counts_old_by_new_outcomes():
    _, grading = three_with_two_changes()
    found = differences.table(grading)

    assert found.new == ("correct", "unreadable")
    assert [(old, [cell and cell.count for cell in cells]) for old, cells in found.rows] == [
        ("correct", [1, None]),
        ("wrong", [1, 1]),
    ]


def test_accepted_grades_count_for_the_whole_run_and_the_difference_stays():
    run, grading = three_with_two_changes()
    before = differences.table(grading)
    count = actions.accept(grading.pk, by=engineer())

    grading.refresh_from_db()
    assert count == 3
    assert [outcome for _, outcome in current(run)] == ["correct", "correct", "unreadable"]
    assert (grading.accepted_by, grading.waits) == (engineer(), False)
    assert differences.table(grading) == before
    assert Event.objects.get(verb="grading.accepted").data == {"grades": 3}
    with pytest.raises(Conflict, match="count already"):
        actions.accept(grading.pk, by=engineer())
    with pytest.raises(Conflict, match="accepted already"):
        actions.reject(grading.pk, by=engineer())


def test_rejected_grades_stand_aside_until_they_are_accepted_after_all():
    run, grading = three_with_two_changes()
    actions.reject(grading.pk, by=engineer(), reason="the second is wrong")

    grading.refresh_from_db()
    assert not grading.waits
    assert current(run) == [("1", "correct"), ("1", "wrong"), ("1", "wrong")]
    with pytest.raises(Conflict, match="rejected already"):
        actions.reject(grading.pk, by=engineer())

    actions.accept(grading.pk, by=engineer())
    grading.refresh_from_db()
    assert grading.rejected_at is None
    assert [outcome for _, outcome in current(run)] == ["correct", "correct", "unreadable"]


def test_trace_that_the_grading_does_not_know_keeps_its_grade():
    run, grading = three_with_two_changes()
    later = factories.TraceFactory(run=run)
    factories.GradeFactory(trace=later, verifier_version="1", outcome="wrong")
    actions.accept(grading.pk, by=engineer())

    grading.refresh_from_db()
    assert current(run)[-1] == ("1", "wrong")
    assert differences.table(grading).compared == 3


@pytest.mark.parametrize("state", ["failed", "cancelled", "running"])
def test_only_a_grading_that_is_done_is_accepted_or_rejected(state):
    _, grading = three_with_two_changes()
    finished_at = None if state == "running" else grading.finished_at
    type(grading).objects.update(state=state, finished_at=finished_at)
    for act in (actions.accept, actions.reject):
        with pytest.raises(Conflict, match=f"is {state}"):
            act(grading.pk, by=engineer())


def test_page_shows_the_table_and_the_changes(client):
    run, grading = three_with_two_changes()
    client.force_login(engineer())
    page = client.get(grading.get_absolute_url()).content.decode()

    assert f"Verifier {VERIFIER_VERSION} against 1" in page
    assert "2 of 3 traces would have another outcome" in page
    assert "Let the new grades count" in page
    assert page.count("sample ") == 2
    narrowed = client.get(f"{grading.get_absolute_url()}?old=wrong&new=unreadable").content.decode()
    assert narrowed.count("sample ") == 1
    none = client.get(f"{grading.get_absolute_url()}?old=correct&new=wrong").content.decode()
    assert "No trace changed this way" in none

    client.force_login(factories.person("chandra"))
    assert "Let the new grades count" not in client.get(grading.get_absolute_url()).content.decode()
    assert client.post(f"{grading.get_absolute_url()}accept/").status_code == 403

    client.force_login(engineer())
    assert client.post(f"{grading.get_absolute_url()}accept/").status_code == 302
    assert current(run)[1] == (VERIFIER_VERSION, "correct")


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_as_often_for_many_changes_as_for_one(client, django_assert_num_queries, count):
    run = grading_of.run_of(*[RIGHT] * count)
    grading_of.graded_before(run, *["wrong"] * count)
    grading = grading_of.waiting(run, *["correct"] * count)
    client.force_login(engineer())
    client.get(grading.get_absolute_url())
    with django_assert_num_queries(8):
        client.get(grading.get_absolute_url())


def test_changes_are_paged_by_keys(client):
    run = grading_of.run_of(*[RIGHT] * 51)
    grading_of.graded_before(run, *["wrong"] * 51)
    grading = grading_of.waiting(run, *["correct"] * 51)
    client.force_login(engineer())
    first = client.get(grading.get_absolute_url())
    oldest = grading_of.traces(run)[1].pk
    assert f"before={oldest}" in first.content.decode()
    last = client.get(f"{grading.get_absolute_url()}?before={oldest}").content.decode()
    assert last.count("sample ") == 1
    assert 'rel="next"' not in last


def test_changes_have_twins(client):
    run, grading = three_with_two_changes()
    client.force_login(engineer())
    rows = json.loads(b"".join(client.get(f"{grading.get_absolute_url()}changes.json").streaming_content))
    text = b"".join(client.get(f"{grading.get_absolute_url()}changes.csv").streaming_content).decode()

    first = grading_of.traces(run)[2]
    assert [row["trace"] for row in rows] == [each.pk for each in reversed(grading_of.traces(run)[1:])]
    assert rows[0] == {
        "trace": first.pk,
        "item": first.item_version.item.slug,
        "version": 1,
        "sample": 2,
        "old_verifier": "1",
        "old_outcome": "wrong",
        "old_reason": "so it was",
        "new_outcome": "unreadable",
        "new_reason": "",
    }
    assert [row["new_outcome"] for row in csv.DictReader(io.StringIO(text))] == ["unreadable", "correct"]


def test_run_offers_another_grading_exactly_where_its_grades_are_older(client):
    run = grading_of.run_of(RIGHT)
    client.force_login(engineer())
    address = f"/runs/{run.slug}/gradings/"
    assert "Grade 1 trace" in client.get(address).content.decode()

    grading_of.graded_before(run, "correct")
    assert f"Grade again with verifier {VERIFIER_VERSION}" in client.get(address).content.decode()
    client.post(f"/runs/{run.slug}/grade/")
    page = client.get(address).content.decode()
    assert "Grade again" not in page
    assert 'hx-trigger="every 1s"' in page

    grading = run.gradings.get()
    client.post(f"{grading.get_absolute_url()}cancel/")
    refreshed = client.get(f"{address}?was=open", headers={"HX-Request": "true"})
    assert refreshed["HX-Refresh"] == "true"
    assert "cancelled" in refreshed.content.decode()

    client.force_login(factories.person("chandra"))
    assert client.post(f"/runs/{run.slug}/grade/").status_code == 403
