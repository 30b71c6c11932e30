"""Checking the bank again: what changed is told, nothing is written unasked, and what is stored anew is logged."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.items import gate, reviewing
from qftapp.items.models import ItemVersion
from qftapp.items.rechecking import recheck
from qftapp.verification import VERIFIER_VERSION
from tests.factories import GOLD, ItemFactory, ItemVersionFactory, contract, frozen_release, person

pytestmark = pytest.mark.django_db

TESTS = [
    {"answer": r"\frac{g^2 m}{8\pi}", "outcome": "correct", "name": ""},
    {"answer": r"\frac{g^2 m}{4\pi}", "outcome": "wrong", "name": "identical particles"},
]


def approved(slug: str, *, stored: dict | None = None, **given) -> ItemVersion:
    """An approved version whose stored report is that of the gate, with some checks told otherwise."""
    fresh = ItemVersionFactory.build(item=ItemFactory(slug=slug), author=person("alice"), **given)
    report = gate.examine_content(fresh).to_json()
    for check in report["checks"]:
        check |= (stored or {}).get(check["code"], {})
    fields = {field: getattr(fresh, field) for field in (*ItemVersion.CONTENT, "item", "author")}
    return ItemVersionFactory(state="approved", gate={**report, "verifier_version": "1"}, **fields)


def run(capsys, *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    code = 0
    try:
        call_command("recheck", "--processes", "1", *arguments)
    except SystemExit as end:
        code = int(end.code)
    return code, capsys.readouterr().out


def test_nothing_changed_is_told_in_a_line(capsys):
    approved("width")
    code, printed = run(capsys)

    assert code == 0
    assert printed.startswith(f"1 of 1 versions checked by verifier {VERIFIER_VERSION} in ")
    assert printed.endswith("; 0 changed, 0 fail that passed; 0 reports stored.\n")


def test_check_that_passed_and_fails_now_is_named_and_ends_with_1(capsys):
    approved(
        "doubled",
        second_solution=GOLD.replace("8", "16"),
        stored={"second_solution": {"status": "pass", "message": "Both agree."}},
    )
    code, printed = run(capsys)

    assert code == 1
    assert printed.splitlines()[0] == f"doubled v1 (approved, verifier 1 → {VERIFIER_VERSION})"
    assert "  ✕ The second solution agrees with gold: pass → fail. At m = " in printed
    assert "1 fail that passed" in printed


def test_check_that_failed_and_passes_now_is_no_loss(capsys):
    approved("mended", stored={"speed": {"status": "fail"}})
    code, printed = run(capsys, "--json")
    told = json.loads(printed)

    assert code == 0
    assert (told["changed"], told["failing"]) == (1, 0)
    changes = told["items"][0]["changes"]
    assert [(change["code"], change["old"], change["new"]) for change in changes] == [("speed", "fail", "pass")]


def test_test_with_another_outcome_is_told_from_old_to_new(capsys):
    rows = [{**TESTS[0], "outcome": "unreadable", "expected": "correct", "reason": "", "diagnosis": None}]
    approved("read-now", contract=contract(tests=TESTS), stored={"tests": {"detail": {"tests": rows}}})
    _, printed = run(capsys, "--json")

    (item,) = json.loads(printed)["items"]
    assert item["verifier"] == {"old": "1", "new": VERIFIER_VERSION}
    assert [(change["title"], change["old"], change["new"]) for change in item["changes"]] == [
        ("Test 1", "unreadable", "correct")
    ]


def test_test_that_fails_now_is_a_loss(capsys):
    wrong = {"answer": "g", "outcome": "correct", "name": "by mistake"}
    approved("untrue", contract=contract(tests=[wrong]))
    version = ItemVersion.objects.get(item__slug="untrue")
    passed = [check for check in version.gate["checks"] if not check["code"].startswith("test")]
    stale = ItemVersionFactory(
        item=ItemFactory(slug="untrue-too"),
        state="approved",
        contract=contract(tests=[wrong]),
        gate={"verifier_version": "1", "checks": passed, "points": []},
    )
    found = {done.version.pk: done for done in recheck([version, stale], processes=1)}

    assert not found[version.pk].loses
    assert [change.code for change in found[stale.pk].changes] == ["tests", "test_1"]
    assert found[stale.pk].loses


def test_several_processes_say_the_same_as_one():
    versions = [approved("width"), approved("doubled", second_solution=GOLD.replace("8", "16"))]
    alone, together = (
        {done.version.pk: done.report.to_json() for done in recheck(versions, processes=count)} for count in (1, 2)
    )

    def told(report):
        return [(check["code"], check["status"]) for check in report["checks"]]

    assert {pk: told(report) for pk, report in alone.items()} == {pk: told(report) for pk, report in together.items()}


def test_versions_are_chosen_by_state_and_release(capsys):
    approved("width")
    ItemVersionFactory(item=ItemFactory(slug="unwritten"))
    released = approved("released")
    frozen_release(released, name="qft-7")

    def checked(*arguments):
        return json.loads(run(capsys, "--json", *arguments)[1])["versions"]

    assert checked() == 2
    assert checked("--release", "qft-7") == 1
    assert checked("--state", "draft") == 1
    assert checked("--state", "draft", "--state", "approved") == 3
    with pytest.raises(CommandError, match="No release is called qft-8"):
        run(capsys, "--release", "qft-8")


def test_nothing_is_written_unless_asked(capsys):
    version = approved("width")
    run(capsys)

    version.refresh_from_db()
    assert version.gate["verifier_version"] == "1"
    assert not Event.objects.filter(verb="item_version.rechecked").exists()


def test_stored_report_is_renewed_and_logged(capsys):
    version = approved("mended", stored={"speed": {"status": "fail"}})
    code, printed = run(capsys, "--store", "--by", person("farah").username)

    version.refresh_from_db()
    event = Event.objects.get(verb="item_version.rechecked")
    assert code == 0
    assert "1 reports stored" in printed
    assert version.gate["verifier_version"] == VERIFIER_VERSION
    assert gate.GateReport.from_json(version.gate).passed
    assert (event.actor, event.data["old"], event.data["new"]) == (person("farah"), "1", VERIFIER_VERSION)
    assert [change["code"] for change in event.data["changes"]] == ["speed"]


def test_storing_wants_a_name(capsys):
    with pytest.raises(CommandError, match="Say with --by who stores"):
        run(capsys, "--store")


def test_report_of_another_wording_is_not_stored():
    version = approved("width")
    report = gate.run(version)

    with pytest.raises(Conflict, match="not what was checked"):
        reviewing.renew_gate(version.pk, by=person("farah"), report=report, content_hash="0" * 64, changes=[])


def test_gate_stays_frozen_after_a_renewal_in_the_same_transaction():
    version = approved("width")
    reviewing.renew_gate(
        version.pk, by=person("farah"), report=gate.run(version), content_hash=version.content_hash, changes=[]
    )

    with pytest.raises(DatabaseError, match="content is frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE qftapp_itemversion SET gate = '{}' WHERE id = %s", [version.pk])


def test_version_whose_renewed_checks_fail_cannot_be_approved():
    version = ItemVersionFactory(state="review", second_solution=GOLD.replace("8", "16"))
    reviewing.renew_gate(
        version.pk, by=person("farah"), report=gate.run(version), content_hash=version.content_hash, changes=[]
    )

    with pytest.raises(reviewing.GateRefused):
        reviewing.approve(version.pk, by=person("chandra"), content_hash=version.content_hash)
