"""Two answers to one item are the same where one agrees with the other in gold's place."""

import pytest

from qftapp.verification.contract import Contract
from qftapp.verification.equivalence import MOST_GROUPS, are_same, groups, response_of
from qftapp.verification.extract import Answer, extract
from tests.verification.builders import contract, expression, symbol

TWICE = r"\frac{g^2}{8\pi m}"
CODE = "def width(m, g):\n    return g**2 / m / 8 / 3.141592653589793\n"


def text(source: str) -> Answer:
    return Answer("text", source)


def code(source: str) -> Answer:
    return Answer("code", source)


def same(one: Answer, other: Answer, item: Contract | None = None) -> bool | None:
    return are_same(item or contract(), one, other, seconds=10)


@pytest.mark.parametrize("other", [text("g**2/(8*pi*m)"), text(r"\Gamma = \frac{1}{8\pi}\frac{g^2}{m}"), code(CODE)])
def test_forms_of_one_function_are_the_same_both_ways(other):
    assert same(text(TWICE), other) is True
    assert same(other, text(TWICE)) is True


@pytest.mark.parametrize(
    "other", [text(r"-\frac{g^2}{8\pi m}"), text(r"\frac{g^2}{8 m}"), code("def width(m, g):\n    return g\n")]
)
def test_functions_that_differ_are_not_the_same(other):
    assert same(text(TWICE), other) is False


def test_equality_and_tolerance_are_those_of_the_contract():
    assert same(text(TWICE), text("-" + TWICE), contract(equality="up_to_sign")) is True
    near = text(r"1.0001\frac{g^2}{8\pi m}")
    assert same(text(TWICE), near) is False
    assert same(text(TWICE), near, contract(tolerance={"kind": "significant_figures", "value": 3})) is True


@pytest.mark.parametrize("alien", [r"\frac{g^2}{q}", r"\frac{g^2", "?"])
def test_answer_that_cannot_stand_in_golds_place_is_not_known_to_be_the_same(alien):
    assert same(text(alien), text(TWICE)) is None


def test_unit_is_converted_in_golds_place_too():
    item = contract(kind="number", symbols=[], constant=True, unit="MeV", gold=expression("938"))
    assert same(text(r"5\,\mathrm{GeV}"), text(r"5000\,\mathrm{MeV}"), item) is True
    assert same(text(r"5\,\mathrm{GeV}"), text(r"5\,\mathrm{MeV}"), item) is False


@pytest.mark.parametrize(
    ("fields", "answers", "expected"),
    [
        ({}, [text(TWICE), text("g"), code(CODE), text("g*1"), text("-g"), text("q")], [0, 1, 0, 1, 4, 5]),
        ({"equality": "up_to_sign"}, [text("g"), text("-g"), text("m")], [0, 0, 2]),
        (
            {"kind": "equation", "gold": expression("m**2 == g")},
            [text("m = g"), text("2*m = 2*g"), text("m^2 = -g")],
            [0, 0, 2],
        ),
        (
            {"kind": "set", "gold": expression("{m, -m}")},
            [text(r"\{g, m\}"), text(r"\{m, g\}"), text(r"\{m\}")],
            [0, 0, 2],
        ),
    ],
)
def test_answers_are_grouped_by_the_first_that_is_the_same(fields, answers, expected):
    assert groups(contract(**fields), answers, seconds=20) == expected


def test_branches_that_agree_on_some_points_alone_are_apart():
    item = contract(symbols=[symbol("x", "real")], gold=expression("x"), entry_point="f")
    assert groups(item, [text(r"\sqrt{x^2}"), text("|x|"), text("x + 1")], seconds=20) == [0, 0, 2]


def test_past_its_time_nothing_is_compared():
    assert groups(contract(), [text(TWICE), text("g"), text("g*1")], seconds=0) == [0, 1, 2]


def test_only_so_many_groups_are_compared_with():
    answers = [text(f"{number}*g") for number in range(1, MOST_GROUPS + 2)]
    beyond = [text(f"g*{MOST_GROUPS + 1}"), text(f"g*{MOST_GROUPS}")]
    found = groups(contract(), [*answers, *beyond], seconds=60)
    assert found[-2:] == [len(answers), MOST_GROUPS - 1]


@pytest.mark.parametrize("answer", [text(TWICE), text(r"\{1, 2\}"), code(CODE), code("width = lambda m, g: '```'\n")])
def test_response_hands_in_just_the_answer(answer):
    found = extract(response_of(answer), "width")
    assert isinstance(found, Answer)
    assert (found.form, found.source.strip()) == (answer.form, answer.source.strip())
