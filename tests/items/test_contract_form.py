"""The answer contract as a form: nothing is lost between the two, and nothing hostile breaks it."""

import tomllib

import pytest
from django.conf import settings

from qftapp.items.contract_form import errors_by_field, field_of, field_of_check, title_of
from qftapp.items.forms import DraftForm
from qftapp.items.models import ItemVersion
from qftapp.verification import Contract, ContractError
from tests.factories import ItemFactory, ItemVersionFactory, contract, person, symbol
from tests.items.filling import form_data

pytestmark = pytest.mark.django_db


TESTS = [
    {
        "answer": "```python\ndef decay_width(m, g):\n    return g**2*m/25\n```\n",
        "outcome": "wrong",
        "name": "rounded π",
    },
    {"answer": r"\frac{g^2 m}{8\pi}", "outcome": "correct", "name": ""},
    {"answer": "g^2 m /", "outcome": "unreadable", "name": ""},
]


def demo_contracts():
    folder = settings.BASE_DIR / "qftapp" / "demo" / "items"
    for path in sorted(folder.glob("*.toml")):
        for item in tomllib.loads(path.read_text(encoding="utf-8"))["items"]:
            yield pytest.param(Contract.from_json({"schema": 1, **item["contract"]}).to_json(), id=item["slug"])


def through_the_form(stored: dict) -> dict:
    """A stored contract after it was shown in the editor and sent back unchanged."""
    version = ItemVersionFactory(contract=stored)
    form = DraftForm(version, form_data(version))
    assert form.is_valid(), form.errors
    return form.content["contract"]


@pytest.mark.parametrize("stored", list(demo_contracts()))
def test_demo_contract_comes_back_as_it_was(stored):
    assert through_the_form(stored) == stored


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "label", "labels": ["scalar", "vector"], "symbols": []},
        {"kind": "tuple", "labels": ["yes", "no"]},
        {"assumptions": ["m > 0", "g < 4*m"]},
        {"equality": "up_to_sign", "tolerance": {"kind": "exact", "value": None}},
        {"tolerance": {"kind": "significant_figures", "value": 3.0}},
        {"tolerance": {"kind": "relative", "value": 0.1 + 0.2 - 0.25}},
        {"symbols": [symbol("m", low=1 / 3, high=1e30, exclude=[0.1, -2.0, 1e-12], decoy=True, unit="GeV^2")]},
        {"symbols": [symbol("m"), symbol("g", domain="function", arguments=["m"], low=0.0)]},
        {"symbols": []},
        {"constant": True},
        {"gold": {"language": "expression", "source": "g**2\n"}},
        {"unit": "GeV"},
        {"tests": TESTS},
    ],
)
def test_contract_comes_back_as_it_was(given):
    full = contract(**given)
    full["conventions"] |= {
        "levi_civita": "upper_plus",
        "metric": "mostly_plus",
        "other": "The charge $e$ is positive.",
    }

    assert through_the_form(full) == full


def test_function_has_arguments_and_a_number_values_it_never_takes():
    version = ItemVersionFactory(contract=contract())
    both = {f"symbols-{row}-{field}": text for row in (0, 1) for field, text in (("exclude", "1"), ("arguments", "m"))}
    form = DraftForm(version, form_data(version, **both, **{"symbols-1-domain": "function"}))
    assert form.is_valid(), form.errors

    number, function = form.content["contract"]["symbols"]

    assert (number["exclude"], "arguments" in number) == ([1.0], False)
    assert (function["exclude"], function["arguments"]) == ([], ["m"])


def test_rows_of_tests_that_are_empty_are_left_out_and_others_keep_their_order():
    version = ItemVersionFactory(contract=contract(tests=TESTS))
    changes = {"tests-0-ORDER": "3", "tests-1-ORDER": "1", "tests-1-answer": " ", "tests-2-ORDER": "2"}
    form = DraftForm(version, form_data(version, **changes))

    assert form.is_valid()
    assert form.content["contract"]["tests"] == [TESTS[2], TESTS[0]]


def test_removed_test_is_gone():
    version = ItemVersionFactory(contract=contract(tests=TESTS[:1]))
    form = DraftForm(version, form_data(version, **{"tests-0-DELETE": "on"}))

    assert form.is_valid()
    assert "tests" not in form.content["contract"]


def test_problem_of_a_test_is_told_at_its_row():
    with pytest.raises(ContractError) as caught:
        Contract.from_json(contract(tests=[TESTS[1], {"answer": "", "outcome": "wrong", "name": "the sign"}]))

    assert errors_by_field(caught.value) == {"tests-1-answer": ["must not be empty"]}
    assert [title_of(path, {}) for path in ("tests.1.answer", "tests.1", "tests")] == [
        "Test 2, Answer",
        "Test 2",
        "Tests",
    ]
    assert field_of_check("test_2") == "tests-1-answer"


def test_empty_draft_begins_with_the_usual_choices():
    empty = through_the_form({})

    assert (empty["kind"], empty["tolerance"]) == ("number", {"kind": "relative", "value": 1e-6})
    assert empty["symbols"] == []


@pytest.mark.parametrize(
    "stored",
    [
        [],
        "text",
        7,
        *({**contract(), name: value} for name in contract() for value in (None, "text", 7, [None])),
        {"symbols": [{"name": ["m"], "low": {}, "high": "many", "exclude": "0, 1", "decoy": "no"}]},
        {
            "symbols": [{"exclude": [None, [], "x"]}],
            "gold": {"language": 3, "source": []},
            "conventions": {"metric": []},
        },
        {"surprise": {"deep": [1, {"er": 2}]}},
        *({**contract(), "tests": tests} for tests in ("text", [None], [{"answer": 7, "outcome": []}], [{}], TESTS)),
    ],
)
def test_editor_opens_whatever_a_draft_holds(client, stored):
    version = ItemVersionFactory(contract=stored)
    client.force_login(person("alice"))

    page = client.get(f"/items/{version.item.slug}/edit/")
    checks = client.get(f"/items/{version.item.slug}/v/1/checks/")
    shown = client.get(f"/items/{version.item.slug}/v/1/")

    assert (page.status_code, checks.status_code, shown.status_code) == (200, 200, 200)


def test_numbers_are_read_as_people_type_them():
    version = ItemVersionFactory(contract=contract(symbols=[symbol("m")]))
    changes = {
        "symbols-0-low": " −2.5 ",
        "symbols-0-high": "1e3",
        "symbols-0-exclude": "0; 1, −1",
        "tolerance_value": "tiny",
    }
    form = DraftForm(version, form_data(version, **changes))

    assert form.is_valid()
    read = form.content["contract"]
    assert [read["symbols"][0][name] for name in ("low", "high", "exclude")] == [-2.5, 1000.0, [0.0, 1.0, -1.0]]
    assert read["tolerance"]["value"] == "tiny"


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "one"])
def test_what_is_no_number_is_left_for_the_contract_to_refuse(number):
    version = ItemVersionFactory(contract=contract(symbols=[symbol("m")]))
    form = DraftForm(version, form_data(version, **{"symbols-0-low": number}))

    assert form.is_valid()
    with pytest.raises(ContractError) as refused:
        Contract.from_json(form.content["contract"])
    assert list(errors_by_field(refused.value)) == ["symbols-0-low"]


def test_rows_are_reordered_removed_and_left_out_when_empty():
    version = ItemVersionFactory(contract=contract(symbols=[symbol("a"), symbol("b"), symbol("c"), symbol("d")]))
    changes = {"symbols-0-ORDER": "9", "symbols-1-DELETE": "on", "symbols-2-name": "", "symbols-2-latex": " "}
    form = DraftForm(version, form_data(version, **changes))

    assert form.is_valid()
    assert [row["name"] for row in form.content["contract"]["symbols"]] == ["d", "a"]


def test_line_ends_of_a_browser_become_line_feeds():
    version = ItemVersionFactory()
    changes = {
        "statement": "a\r\nb",
        "gold_source": "def f():\r\n    return 1\r\n\r\n",
        "assumptions": "m > 0\r\n\r\n g > 0 \r\n",
    }
    form = DraftForm(version, form_data(version, **changes))

    assert form.is_valid()
    content = form.content
    assert content["statement"] == "a\nb"
    assert content["contract"]["gold"]["source"] == "def f():\n    return 1\n\n"
    assert content["contract"]["assumptions"] == ["m > 0", "g > 0"]


HOSTILE = [
    ({"statement": "x" * 10_000_000}, "statement"),
    ({"statement": "a\0b"}, "statement"),
    ({"gold_source": "a\0b"}, "gold_source"),
    ({"symbols-0-meaning": "a\0b"}, "symbols-0-meaning"),
    ({"conventions_other": "x" * 2501}, "conventions_other"),
    ({"kind": "guess"}, "kind"),
    ({"conventions_metric": "guess"}, "conventions_metric"),
    ({"symbols-0-domain": "guess"}, "symbols-0-domain"),
    ({"symbols-0-ORDER": "first"}, "symbols-0-ORDER"),
    ({"topic": "alchemy"}, "topic"),
    ({"symbols-TOTAL_FORMS": "1000"}, "symbols"),
    ({"symbols-TOTAL_FORMS": "lots"}, "symbols"),
    ({"symbols-TOTAL_FORMS": ""}, "symbols"),
]


@pytest.mark.parametrize(("changes", "field"), HOSTILE, ids=[f"{field}-{n}" for n, (_, field) in enumerate(HOSTILE)])
def test_what_cannot_be_stored_is_refused_at_its_field(client, changes, field):
    version = ItemVersionFactory(statement="As it was.")
    client.force_login(person("alice"))
    address = f"/items/{version.item.slug}/v/1/save/"
    data = form_data(version, **changes)

    refused = client.post(address, data, headers={"Accept": "application/json"})
    page = client.post(address, data)

    assert (refused.status_code, page.status_code) == (422, 422)
    assert field in refused.json()["errors"]
    assert ItemVersion.objects.get().statement == "As it was."


def test_editor_shows_a_thousand_symbols_of_an_imported_draft():
    version = ItemVersionFactory(contract=contract(symbols=[symbol(f"x{n}") for n in range(1000)]))

    assert len(DraftForm(version).symbols.forms) == 1000


BROKEN = [
    *({**contract(), name: 3.5} for name in contract()),
    *({**contract(), "symbols": [{**symbol("m"), name: {}}]} for name in symbol("m")),
    *({**contract(), "symbols": [entry]} for entry in (None, "m", {"surprise": 1}, {})),
    *({**contract(), "gold": gold} for gold in ({}, {"language": "latex", "source": "x"}, {"surprise": 1})),
    *({**contract(), "tolerance": tolerance} for tolerance in ({"kind": "x"}, {"kind": "exact", "value": 1}, {"a": 1})),
    *({**contract(), "conventions": {code: 7}} for code in contract()["conventions"]),
    {**contract(), "conventions": {"surprise": 7}},
    {**contract(), "surprise": 1},
    {**contract(), "assumptions": ["", 7, "m >"], "labels": ["", 7]},
    {**contract(), "kind": "label", "labels": ["a", "A", ""]},
    {**contract(), "symbols": [symbol("m", exclude=["x", None])] * 21},
    {**contract(), "symbols": [symbol("m", exclude=["x", None]), symbol("m"), symbol("lambda")]},
    {**contract(), "symbols": [symbol("m")], "constant": True},
    {},
    [],
    None,
]


@pytest.mark.parametrize("broken", BROKEN)
def test_every_problem_of_a_contract_belongs_to_a_field_of_the_form(broken):
    form = DraftForm(ItemVersionFactory(item=ItemFactory(), contract=contract()))
    rows = {f"symbols-{row}-{name}" for row in range(21) for name in form.symbols.empty_form.fields}
    fields = {*form.contract.fields, *rows, "symbols"}

    with pytest.raises(ContractError) as refused:
        Contract.from_json(broken)

    assert {field_of(problem.path) for problem in refused.value.problems} <= fields
