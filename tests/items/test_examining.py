"""The gate is bounded: what it said is remembered, nothing is examined twice at once, and pages stay free."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone

from qftapp.items import actions, examining, gate, reviewing
from qftapp.items.models import GateRecord, ItemVersion
from tests.factories import STATEMENT, ItemVersionFactory, contract, person

LOOP = contract(gold={"language": "python", "source": "def decay_width(m, g):\n    while True:\n        pass\n"})


def report_of(version: ItemVersion, *, by: str = "alice", **given) -> gate.GateReport:
    return examining.report_of(version, by=person(by), **given)


def remember(report: dict, *, age: timedelta = timedelta()) -> None:
    """Put a report in place of the only one that is remembered."""
    GateRecord.objects.update(report=report, made_at=timezone.now() - age)


def check(status: str) -> dict:
    noticed = {"code": "noticed", "title": "Remembered", "status": status, "message": "", "detail": {}}
    return {"verifier_version": "1", "checks": [noticed], "points": []}


def codes(report: gate.GateReport) -> list[str]:
    return [each.code for each in report.checks]


@contextmanager
def under_way(*turns: tuple[str, str]) -> Iterator[None]:
    """Somebody's programs run, each for a person and a content, until the end of the block."""
    begun, end = [Event() for _ in turns], Event()
    people = [person(name) for name, _ in turns]

    def run(index: int) -> None:
        def program() -> None:
            begun[index].set()
            end.wait(30)

        try:
            examining.in_turn(program, by=people[index], content=turns[index][1])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(turns)) as pool:
        running = [pool.submit(run, index) for index in range(len(turns))]
        try:
            assert all(each.wait(10) for each in begun)
            yield
        finally:
            end.set()
        for each in running:
            each.result(10)


@pytest.mark.django_db
def test_same_content_is_not_examined_again():
    version = ItemVersionFactory()
    first = report_of(version)
    remember(check("pass"))

    assert first.passed
    assert codes(report_of(version, by="bruno")) == ["noticed", "repeat"]


@pytest.mark.django_db
def test_another_content_is_examined():
    version = ItemVersionFactory()
    report_of(version)
    remember(check("pass"))
    version.solution += " Indeed."

    assert "noticed" not in codes(report_of(version))


@pytest.mark.django_db
def test_nearness_to_other_items_is_asked_again():
    version = ItemVersionFactory(statement=STATEMENT % 1)
    assert report_of(version).passed

    ItemVersionFactory(state="approved", statement=STATEMENT % 1)

    assert [each.code for each in report_of(version).failures] == ["repeat"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "age", "is_kept"),
    [
        ("pass", timedelta(hours=23), True),
        ("pass", timedelta(hours=25), False),
        ("fail", timedelta(minutes=9), True),
        ("fail", timedelta(minutes=11), False),
    ],
)
def test_report_is_remembered_for_a_while(status, age, is_kept):
    version = ItemVersionFactory()
    report_of(version)
    remember(check(status), age=age)

    assert ("noticed" in codes(report_of(version))) is is_kept


@pytest.mark.django_db
def test_report_is_made_afresh_where_that_is_asked_for():
    version = ItemVersionFactory()
    report_of(version)
    remember(check("fail"))

    assert report_of(version, afresh=True).passed
    assert "noticed" not in codes(report_of(version))


@pytest.mark.django_db
def test_timeout_is_remembered_too():
    version = ItemVersionFactory(contract=LOOP, second_solution="")

    failed = report_of(version).failures

    assert "runs" in [each.code for each in failed]
    assert GateRecord.objects.count() == 1


@pytest.mark.django_db
def test_what_is_for_a_moment_missing_is_not_remembered():
    missing = gate.Check("sandbox", "Gold can be run", "fail", "Python cannot be run here.", {})

    assert not gate.GateReport((missing,)).is_final


@pytest.mark.django_db
def test_submission_takes_the_remembered_report():
    version = ItemVersionFactory()
    report_of(version)
    remember(check("fail"))

    with pytest.raises(reviewing.GateRefused) as refused:
        reviewing.submit(version.pk, by=person("alice"))
    assert codes(refused.value.report) == ["noticed", "repeat"]


@pytest.mark.django_db(transaction=True)
def test_content_under_examination_is_not_examined_by_another_person():
    version = ItemVersionFactory()

    with under_way(("bruno", examining.key_of(version))), pytest.raises(examining.Busy):
        report_of(version)

    assert report_of(version).passed


@pytest.mark.django_db(transaction=True)
def test_person_has_one_examination_at_a_time():
    version = ItemVersionFactory()

    with under_way(("alice", "0" * 64)), pytest.raises(examining.Busy):
        report_of(version)


@pytest.mark.django_db(transaction=True)
def test_two_programs_at_once_are_enough_for_a_process():
    version = ItemVersionFactory()

    with under_way(("bruno", "0" * 64), ("chandra", "1" * 64)), pytest.raises(examining.Busy):
        report_of(version)


@pytest.mark.django_db(transaction=True)
def test_remembered_report_is_there_also_while_others_run():
    version = ItemVersionFactory()
    report_of(version)

    with under_way(("bruno", "0" * 64), ("chandra", examining.key_of(version))):
        assert report_of(version).passed


@pytest.mark.django_db(transaction=True)
def test_act_waits_for_its_turn():
    version = ItemVersionFactory()
    alice = person("alice")

    with ThreadPoolExecutor(1) as pool:
        with under_way(("bruno", examining.key_of(version))):
            submission = pool.submit(in_a_connection_of_its_own, reviewing.submit, version.pk, by=alice)
            assert not submission.done()
        assert submission.result(10).state == "review"


def in_a_connection_of_its_own(act, *arguments, **given):
    try:
        return act(*arguments, **given)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_locks_are_let_go_where_a_program_fails():
    version = ItemVersionFactory()

    with pytest.raises(ZeroDivisionError):
        examining.in_turn(lambda: 1 / 0, by=person("alice"), content=examining.key_of(version))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 0
    assert report_of(version).passed


@pytest.mark.django_db(transaction=True)
def test_pages_ask_again_while_the_checks_run(client):
    draft = ItemVersionFactory()
    old = {"verifier_version": "before", "checks": [], "points": []}
    waiting = ItemVersionFactory(state="review", gate=old)

    with under_way(("dana", examining.key_of(draft)), ("emil", examining.key_of(waiting))):
        client.force_login(person("alice"))
        checks = client.get(f"{draft.get_absolute_url()}checks/").content.decode()
        client.force_login(person("chandra"))
        verdict = client.get(f"{waiting.get_absolute_url()}review/verdict/").content.decode()
        answer = "def decay_width(m, g):\n    return m"
        tried = client.post(f"{waiting.get_absolute_url()}try/", {"answer": answer})

    for fragment in (checks, verdict):
        assert "running already" in fragment
        assert 'hx-trigger="load delay:1s"' in fragment
    assert (tried.status_code, "Ask again" in tried.content.decode()) == (409, True)


@pytest.mark.django_db(transaction=True)
def test_submission_that_cannot_be_checked_now_keeps_the_draft(client, monkeypatch):
    monkeypatch.setattr(examining, "PATIENCE_SECONDS", 0.2)
    draft = ItemVersionFactory()
    actions.save_draft(draft.pk, by=person("alice"), revision=0, content={"solution": "As above."})

    with (
        under_way(("dana", "0" * 64), ("emil", "1" * 64)),
        pytest.raises(examining.Busy, match="running already"),
    ):
        reviewing.submit(draft.pk, by=person("alice"))

    assert ItemVersion.objects.get().state == "draft"
