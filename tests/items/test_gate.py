"""The gate between a draft and its review: gold that misbehaves, contracts that are incomplete, items that repeat."""

import json

import pytest

from qftapp.items import gate
from qftapp.items.models import ItemVersion
from qftapp.items.queries import near_repeats
from tests.factories import GOLD, STATEMENT, ItemVersionFactory, contract, person, symbol

pytestmark = pytest.mark.django_db

HEAD = "def decay_width(m, g):\n"


def failures(**given) -> dict[str, str]:
    """The messages of the checks that fail for a draft with these fields, by code."""
    report = gate.run(ItemVersionFactory(**given))
    return {check.code: check.message for check in report.failures}


def golden(source: str, **given) -> dict:
    return contract(gold={"language": "python", "source": source}, **given)


def test_sound_draft_passes():
    report = gate.run(ItemVersionFactory())

    assert report.passed
    assert report.failures == ()
    assert len(report.points) >= 3


def test_codes_of_checks_are_distinct():
    codes = [check.code for check in gate.run(ItemVersionFactory()).checks]

    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize(
    ("body", "code", "phrase"),
    [
        ("    return float('nan')\n", "finite", "Gold has no value"),
        ("    return m / (g - g)\n", "finite", "Gold has no value"),
        ("    while True:\n        pass\n", "runs", "Gold does not run"),
        ("    return open('/etc/passwd').read()\n", "runs", "open a file"),
        ("    import socket\n    return socket.create_connection(('127.0.0.1', 80))\n", "runs", "network"),
        ("    import random\n    return m * g * random.random()\n", "deterministic", "random numbers"),
        ("    return g\n", "symbols", "does not change when m does"),
        ("    return [m, g]\n", "kind", "Change the kind or what gold returns"),
        ("    import time\n    time.sleep(0.2)\n    return m * g\n", "speed", "use a closed form"),
        ("    raise ValueError('no \\ud800\\0')\n", "finite", "Gold has no value"),
    ],
    ids=["nan", "division", "loop", "file", "socket", "random", "inert", "kind", "slow", "surrogate"],
)
def test_gold_that_misbehaves_is_refused_with_a_reason(body, code, phrase):
    found = failures(contract=golden(HEAD + body), second_solution="")

    assert code in found
    assert phrase in found[code]


def test_gold_that_prints_is_told_so():
    report = gate.run(ItemVersionFactory(contract=golden(GOLD.replace("    return", "    print('hello')\n    return"))))

    noted = {check.code: check.detail for check in report.checks if check.status == "note"}
    assert noted["output"]["stdout"].startswith("hello")
    assert report.passed


def test_second_solution_that_differs_is_shown_with_both_values():
    found = failures(second_solution=GOLD.replace("8", "16"))

    assert list(found) == ["second_solution"]
    assert "The second solution is smaller by a factor of 2 everywhere." in found["second_solution"]


@pytest.mark.parametrize(
    ("stored", "path"),
    [
        ({}, "schema"),
        (contract(kind="guess"), "kind"),
        (contract(symbols=None, constant=False), "constant"),
        (contract(symbols="m, g"), "symbols"),
        (contract(gold={"language": "python", "source": "def decay_width(m, g:"}), "gold.source"),
        (contract(symbols=[symbol("m", low=2, high=1), symbol("g")]), "symbols.0.high"),
    ],
)
def test_incomplete_contract_is_refused_with_the_place_of_each_problem(stored, path):
    report = gate.run(ItemVersionFactory(contract=stored))

    unsound = next(check for check in report.failures if check.code == "contract")
    assert path in {problem["path"] for problem in unsound.detail["problems"]}


def test_every_complaint_about_the_text_comes_at_once_even_without_a_contract():
    found = failures(contract={}, statement="Show that $\\frac{1}{$.", solution="")

    assert set(found) == {"contract", "statement", "latex", "solution"}


def test_near_repeat_of_another_item_is_noted_with_its_slug():
    other = ItemVersionFactory(state="approved", statement=STATEMENT % 1)
    draft = ItemVersionFactory(statement=STATEMENT % 2)

    report = gate.run(draft)

    repeat = next(check for check in report.checks if check.code == "repeat")
    assert (repeat.status, report.passed) == ("note", True)
    assert f"close to that of {other.item.slug}" in repeat.message
    assert [near["slug"] for near in repeat.detail["near"]] == [other.item.slug]


def test_statement_of_another_item_word_for_word_is_refused():
    other = ItemVersionFactory(state="review", statement=STATEMENT % 1)
    draft = ItemVersionFactory(statement=(STATEMENT % 1).replace(" ", "\n").replace("Find", "find"))

    failed = gate.run(draft).failures

    assert [check.code for check in failed] == ["repeat"]
    assert f"that of {other.item.slug}" in failed[0].message


def test_own_versions_others_drafts_and_retired_ones_are_no_repeats():
    statement = STATEMENT % 1
    ItemVersionFactory(statement=statement, author=person("bruno"))
    old = ItemVersionFactory(state="approved", statement=statement)
    ItemVersionFactory(state="retired", statement=statement)
    draft = ItemVersionFactory(item=old.item, number=2, statement=statement)

    assert near_repeats(draft.statement, of_item=draft.item_id) == []


def test_different_questions_are_no_repeats():
    ItemVersionFactory(
        state="approved",
        statement="Compute the vacuum polarization of quantum electrodynamics at one loop for a massless electron.",
    )
    draft = ItemVersionFactory(statement=STATEMENT % 1)

    assert near_repeats(draft.statement, of_item=draft.item_id) == []


def test_three_repeats_are_named_closest_first():
    draft = ItemVersionFactory(statement=STATEMENT % 1)
    for ending in ("", " Hurry.", " Take all the time that you need.", " Be careful."):
        ItemVersionFactory(state="review", statement=draft.statement + ending)

    found = near_repeats(draft.statement, of_item=draft.item_id)

    similarities = [near.similarity for near in found]
    assert len(found) == 3
    assert similarities[0] == 1.0
    assert similarities == sorted(similarities, reverse=True)


def test_report_is_stored_and_read_back_as_it_was():
    report = gate.run(ItemVersionFactory(solution=""))
    stored = json.loads(json.dumps(report.to_json(), allow_nan=False))

    assert gate.GateReport.from_json(stored).to_json() == report.to_json()
    assert gate.GateReport.from_json(stored).passed is False


def test_report_of_hostile_gold_can_be_stored():
    draft = ItemVersionFactory(contract=golden(HEAD + "    raise ValueError('\\ud800 \\0')\n"))
    report = gate.run(draft)

    ItemVersion.objects.filter(pk=draft.pk).update(gate=report.to_json())

    draft.refresh_from_db()
    assert gate.GateReport.from_json(draft.gate).passed is False
    json.dumps(draft.gate, ensure_ascii=False).encode()
