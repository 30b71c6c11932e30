"""The demo world's content: complete, varied, and every item sound unless it is marked as flawed."""

from collections import Counter

import pytest

from qftapp.demo.content import DemoItem, items, sources
from qftapp.demo.people import CAST
from qftapp.items.topics import CATEGORIES, TOPICS
from qftapp.verification import Contract
from qftapp.verification.soundness import examine

SOUND = [item for item in items() if not item.flaw]
FLAWED = [item for item in items() if item.flaw]
REFUSED_BY = {
    "identical-scalars-total-cross-section": "second_solution",
    "scalar-decay-without-its-threshold": "finite",
    "thomson-limit-with-a-stray-energy": "symbols",
}


def _slug(item: DemoItem) -> str:
    return item.slug


def test_there_are_enough_items_of_every_state() -> None:
    assert len(SOUND) >= 44
    states = Counter(item.state for item in SOUND)
    assert set(states) == {"draft", "review", "approved", "retired"}
    assert states["approved"] > len(SOUND) / 2


def test_items_cover_every_category_and_every_other_domain() -> None:
    assert {TOPICS[item.topic].category for item in SOUND} == set(CATEGORIES.values())


def test_items_cover_both_axes_of_difficulty_and_every_task_type() -> None:
    assert {item.domain_level for item in SOUND} == {"undergraduate", "graduate", "advanced_graduate", "postgraduate"}
    assert {item.operational_level for item in SOUND} == {"easy", "medium", "hard"}
    assert {item.task_type for item in SOUND} == {
        "direct_calculation",
        "derivation",
        "hidden_coefficient",
        "ratio",
        "categorical",
        "consistency_check",
    }


def test_items_cover_every_kind_of_answer_and_every_way_to_write_gold() -> None:
    contracts = [item.contract for item in SOUND]
    assert {contract["kind"] for contract in contracts} == {
        "number",
        "complex",
        "expression",
        "tuple",
        "vector",
        "matrix",
        "set",
        "label",
        "boolean",
    }
    assert {contract["gold"]["language"] for contract in contracts} == {"python", "expression"}
    assert any("scipy" in contract["gold"]["source"] for contract in contracts)
    symbols = [symbol for contract in contracts for symbol in contract["symbols"]]
    assert {"positive", "negative", "real", "natural", "four_vector"} == {symbol["domain"] for symbol in symbols}
    assert [symbol["name"] for symbol in symbols if symbol["decoy"]] == ["rho"]


def test_every_item_names_a_topic_of_its_own_domain() -> None:
    assert [item.slug for item in items() if TOPICS[item.topic].domain != item.domain] == []


def test_slugs_and_statements_are_unique() -> None:
    assert len({item.slug for item in items()}) == len(items())
    assert len({item.statement for item in items()}) == len(items())


def test_every_problem_points_to_a_source_and_stands_there_once() -> None:
    adapted = [item for item in items() if item.origin == "adapted"]
    assert [item.slug for item in items() if item.source] == [item.slug for item in adapted]
    assert all(item.locator and item.source_statement for item in adapted)
    assert len({(item.source, item.locator) for item in adapted}) == len(adapted)
    assert {item.source for item in adapted} == {source.slug for source in sources()}


def test_some_sources_may_not_be_redistributed() -> None:
    assert {source.may_redistribute for source in sources()} == {True, False}


def test_nobody_reviews_an_own_item_and_what_was_decided_has_a_reviewer() -> None:
    authors = {person.username for person in CAST if "author" in person.roles}
    reviewers = {person.username for person in CAST if "reviewer" in person.roles}
    for item in items():
        assert item.author in authors
        assert item.reviewer in (reviewers - {item.author}) | {""}
        assert item.reviewer or item.state in {"draft", "review"}


def test_flawed_items_stay_drafts() -> None:
    assert {item.slug: item.state for item in FLAWED} == dict.fromkeys(REFUSED_BY, "draft")


@pytest.mark.parametrize("item", SOUND, ids=_slug)
def test_item_is_sound(item: DemoItem) -> None:
    examination = examine(Contract.from_json(item.contract), second_solution=item.second_solution)
    assert [(check.code, check.message) for check in examination.checks if check.status == "fail"] == []
    assert [check.status for check in examination.checks if check.code == "second_solution"] == ["pass"]


def test_many_items_have_tests_of_their_own_and_all_others_are_told_to() -> None:
    tested = [item for item in SOUND if "tests" in item.contract]
    assert len(tested) >= 20
    statuses = {item.slug: _status_of_tests(item) for item in SOUND}
    assert {slug for slug, status in statuses.items() if status == "pass"} == {item.slug for item in tested}
    assert set(statuses.values()) == {"pass", "note"}


def _status_of_tests(item: DemoItem) -> str:
    examination = examine(Contract.from_json(item.contract))
    return next(check.status for check in examination.checks if check.code == "tests")


@pytest.mark.parametrize("item", FLAWED, ids=_slug)
def test_flawed_item_is_refused_for_its_own_reason(item: DemoItem) -> None:
    examination = examine(Contract.from_json(item.contract), second_solution=item.second_solution)
    assert [check.code for check in examination.checks if check.status == "fail"] == [REFUSED_BY[item.slug]]
