"""The log of acts only grows and holds whatever people type."""

import pytest
from django.db import DatabaseError, connection, transaction

from qftapp.actors.events import history, log, subject_of
from qftapp.actors.models import Event
from tests.factories import ItemVersionFactory, SourceProblemFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return log(person("alice"), "source_problem.added", SourceProblemFactory())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE qftapp_event SET verb = 'nothing'",
        "DELETE FROM qftapp_event",
        "UPDATE qftapp_event SET at = now()",
    ],
)
def test_event_is_neither_changed_nor_deleted_by_sql(event, statement):
    with pytest.raises(DatabaseError, match="the log only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get() == event


def test_event_is_not_changed_by_saving_it_again(event):
    event.verb = "source_problem.changed"

    with pytest.raises(DatabaseError, match="the log only grows"), transaction.atomic():
        event.save()


def test_actor_of_an_event_cannot_be_deleted(event):
    with pytest.raises(DatabaseError), transaction.atomic():
        event.actor.delete()


def test_subject_names_the_table_and_the_row():
    problem = SourceProblemFactory()

    assert subject_of(problem) == f"source_problem:{problem.pk}"


def test_history_is_newest_first_and_only_of_the_rows_asked_for():
    alice, version, other = person("alice"), ItemVersionFactory(), ItemVersionFactory()
    first = log(alice, "item_version.opened", version)
    log(alice, "item_version.opened", other)
    second = log(alice, "item.classified", version.item)

    assert list(history([version, version.item])) == [second, first]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\0b", "a␀b"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        (float("nan"), "nan"),
        ({"x": [float("inf")]}, {"x": ["inf"]}),
    ],
)
def test_log_keeps_what_the_database_cannot_hold_in_a_form_that_it_can(typed, kept):
    event = log(person("alice"), "item_version.commented", ItemVersionFactory(), comment=typed)

    event.refresh_from_db()
    assert event.data == {"comment": kept}
