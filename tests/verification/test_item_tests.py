"""An item's own tests: how they travel with the contract, and what the examination says of them."""

import json

import pytest

from qftapp.verification import Contract, ContractError
from qftapp.verification.contract import SYMBOL_LIMIT
from qftapp.verification.item_tests import ANSWER_LIMIT, TEST_LIMIT
from qftapp.verification.soundness import examine
from tests.verification.builders import code, constant, contract, contract_json, expression, item_test, python, symbol

WIDTH = code("import math\ndef width(m, g):\n    return g**2 / (16 * math.pi * m)")


def found(item, **options):
    """The checks of the item's tests, by code."""
    return {check.code: check for check in examine(item, **options).checks if check.code.startswith("test")}


def test_tests_travel_with_the_contract():
    tests = [item_test(r"\frac{g^2}{16\pi m}"), item_test("-m", "wrong", "the sign"), item_test("m +", "unreadable")]
    item = contract(tests=tests)

    assert item.to_json()["tests"] == tests
    assert Contract.from_json(json.loads(json.dumps(item.to_json()))) == item
    assert item.digest() != contract().digest()


def test_contract_without_tests_and_unit_keeps_the_digest_it_had_before_there_were_such():
    assert "tests" not in contract().to_json()
    assert "unit" not in contract().to_json()
    assert contract(tests=[], unit="").digest() == contract().digest()
    assert contract().digest() == "73d26d4f989c53ad6e792ef41fba71147f1db1c45a5fbf79ef0a67cf920c7194"
    assert contract(unit="GeV").to_json()["unit"] == "GeV"


@pytest.mark.parametrize(
    ("tests", "path", "phrase"),
    [
        ("no list", "tests", "must be a list"),
        (["text"], "tests.0", "must be an object"),
        ([item_test("")], "tests.0.answer", "must not be empty"),
        ([item_test("1"), item_test("x" * (ANSWER_LIMIT + 1))], "tests.1.answer", "too long"),
        ([item_test("1", "right")], "tests.0.outcome", "must be one of correct, wrong, unreadable"),
        ([{"answer": "1"}], "tests.0.outcome", "must be one of"),
        ([item_test("1", "wrong", "n" * 101)], "tests.0.name", "too long"),
        ([item_test("1", "wrong", "two\nlines")], "tests.0.name", "line break"),
        ([{**item_test("1"), "points": 3}], "tests.0", "unknown field “points”"),
        ([item_test("1")] * (TEST_LIMIT + 1), "tests", f"at most {TEST_LIMIT} are permitted"),
    ],
)
def test_unusable_tests_are_named_with_their_place(tests, path, phrase):
    with pytest.raises(ContractError) as caught:
        Contract.from_json(contract_json(tests=tests))

    assert [problem.path for problem in caught.value.problems] == [path]
    assert phrase in caught.value.problems[0].message


@pytest.mark.parametrize(
    "gold", [expression("g**2/(16*pi*m)"), python("def width(m, g):\n    return g**2/m/50.26548245743669")]
)
def test_every_test_is_judged_as_an_answer_would_be(gold):
    tests = [
        item_test(r"So the width is $\boxed{\Gamma=\frac{g^2}{16\pi m}}$."),
        item_test("g**2/(16*pi*m)"),
        item_test(WIDTH),
        item_test(r"\frac{g^2}{8\pi m}", "wrong", "identical particles"),
        item_test(r"\frac{g^2}{16\pi}", "wrong", "the mass"),
        item_test(WIDTH.replace("16", "4"), "wrong", "factor 4"),
        item_test(r"\frac{g^2}{16\pi M}", "unreadable", "undeclared symbol"),
    ]
    check = found(contract(gold=gold, tests=tests))["tests"]

    assert (check.status, check.message) == ("pass", "All 7 come out as they must.")
    rows = check.detail["tests"]
    assert [row["outcome"] for row in rows] == [test["outcome"] for test in tests]
    assert rows[3]["diagnosis"]["words"] == "too large by 2"
    assert rows[0]["diagnosis"] is None
    assert "M" in rows[6]["reason"]


def test_test_that_comes_out_otherwise_fails_with_reason_and_diagnosis():
    tests = [
        item_test(r"\frac{g^2}{16\pi m}", "wrong", "not so near"),
        item_test(r"-\frac{g^2}{16\pi m}"),
        item_test(r"\frac{g^2}{16\pi m", "wrong", "no bracket"),
    ]
    examination = examine(contract(tests=tests))
    check = {check.code: check for check in examination.checks}

    assert not examination.is_sound
    assert check["tests"].message == "3 of 3 come out otherwise; see below."
    assert check["test_1"].title == "Test 1, not so near"
    assert check["test_1"].message == "It must be refused, but is correct: agrees with gold at all 10 points."
    assert check["test_2"].message.startswith("It must be accepted, but is wrong: at m = ")
    assert check["test_2"].message.endswith(" (the overall sign is wrong).")
    assert check["test_3"].message.startswith("It must be refused, but is unreadable: ")


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ([], "Add 2 forms of the answer that must be accepted and 3 near misses with a name that must be refused."),
        (
            [item_test("g**2/(16*pi*m)"), item_test("g", "wrong", "all of it"), item_test("m", "wrong")],
            "All 3 come out as they must. Add 1 more form of the answer that must be accepted and 2 more near misses "
            "with a name that must be refused.",
        ),
    ],
)
def test_missing_tests_are_a_note_that_says_which(tests, said):
    examination = examine(contract(tests=tests))
    check = {check.code: check for check in examination.checks}["tests"]

    assert examination.is_sound
    assert (check.status, check.message) == ("note", said)


def test_truth_value_and_label_want_no_more_misses_than_there_are():
    truth = constant("True", "boolean", tests=[item_test("True"), item_test("False", "wrong", "the opposite")])
    label = constant(
        "odd",
        "label",
        labels=["odd", "even"],
        tests=[item_test("odd"), item_test("even", "wrong", "parity"), item_test("prime", "unreadable")],
    )

    assert found(truth)["tests"].status == "pass"
    assert found(label)["tests"].status == "pass"


def test_tests_that_never_end_are_cut_short_together():
    endless = code("def width(m, g):\n    while True:\n        pass")
    tests = [item_test(endless)] * 3
    rows = found(contract(tests=tests), deadline_seconds=1.0)["tests"].detail["tests"]

    assert {row["outcome"] for row in rows} == {"timeout"}
    assert rows[2]["reason"] == "the tests before it took all the time"


def test_tests_wait_until_gold_has_values():
    broken = contract(gold=expression("g**2/(m - m)"), tests=[item_test("g")])

    assert found(broken) == {}


def test_contract_problem_of_a_symbol_and_of_a_test_are_told_together():
    tests = [item_test("")]
    symbols = [symbol("m")] * (SYMBOL_LIMIT + 1)
    with pytest.raises(ContractError) as caught:
        Contract.from_json(contract_json(tests=tests, symbols=symbols))

    assert {problem.path for problem in caught.value.problems} == {"tests.0.answer", "symbols"}
