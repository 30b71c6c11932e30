"""A contract is read whole or refused with every problem named."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qftapp.verification import Contract, ContractError
from qftapp.verification.terms import Kind
from tests.verification.builders import contract, contract_json, expression, python, symbol


def problems(**changes):
    with pytest.raises(ContractError) as caught:
        contract(**changes)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_json_of_a_contract_reads_back_as_an_equal_contract():
    original = contract(conventions={"metric": "mostly_minus", "other": "e > 0"}, assumptions=["m > 1"])
    assert Contract.from_json(original.to_json()) == original
    assert Contract.from_json(json.loads(json.dumps(original.to_json()))).digest() == original.digest()


def test_digest_does_not_depend_on_the_order_of_fields_or_on_defaults_left_out():
    full = contract_json()
    brief = {key: full[key] for key in reversed(["schema", "kind", "entry_point", "symbols", "gold"])}
    assert Contract.from_json(brief).digest() == Contract.from_json(full).digest()


def test_digest_changes_with_the_gold_answer():
    assert contract().digest() != contract(gold=expression("g**2/(8*pi*m)")).digest()


def test_all_problems_are_reported_with_their_paths():
    found = problems(
        kind="scalar",
        entry_point="2width",
        symbols=[symbol("lambda"), symbol("x", "imaginary", low="1")],
        tolerance={"kind": "relative", "value": 2},
        colour="red",
    )
    assert sorted(found) == [
        "",
        "entry_point",
        "kind",
        "symbols.0.name",
        "symbols.1.domain",
        "symbols.1.low",
        "tolerance.value",
    ]
    assert found["symbols.0.name"] == "“lambda” is a reserved word of Python; call it lambda_ for example"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"schema": 2}, "schema"),
        ({"symbols": [symbol("m"), symbol("m")]}, "symbols.1.name"),
        ({"symbols": [symbol("width"), symbol("g")]}, "symbols.0.name"),
        ({"symbols": [symbol("m", low=3, high=2), symbol("g")]}, "symbols.0.high"),
        ({"symbols": [symbol("m", "positive", low=-1), symbol("g")]}, "symbols.0.low"),
        ({"symbols": [symbol("m", "natural", low=1.5), symbol("g")]}, "symbols.0.low"),
        ({"symbols": [symbol("m", exclude=[float("nan")]), symbol("g")]}, "symbols.0.exclude.0"),
        ({"gold": python("def wdth(m, g):\n    return g")}, "gold.source"),
        ({"gold": python("def width(m):\n    return m")}, "gold.source"),
        ({"gold": python("def width(m, g:\n    return m")}, "gold.source"),
        ({"gold": expression("g**2/(16*pi*M)")}, "gold.source"),
        ({"gold": expression("")}, "gold.source"),
        ({"assumptions": ["m = 2"]}, "assumptions.0"),
        ({"assumptions": ["m == 2*g"]}, "assumptions.0"),
        ({"assumptions": ["m + g"]}, "assumptions.0"),
        ({"assumptions": ["1 < 2"]}, "assumptions.0"),
        ({"kind": "number"}, "symbols.0.decoy"),
        ({"constant": True}, "symbols.0.decoy"),
        ({"symbols": [], "gold": expression("pi")}, "constant"),
        ({"labels": ["a", "b"]}, "labels"),
        ({"kind": "label", "gold": python("def width(m, g):\n    return 'a'")}, "labels"),
        ({"kind": "label", "labels": ["a", "A"], "gold": expression("a")}, "labels.1"),
        ({"kind": "label", "labels": ["a", "b"], "gold": expression("c")}, "gold.source"),
        ({"equality": "as_set"}, "equality"),
        ({"tolerance": {"kind": "significant_figures", "value": 2.5}}, "tolerance.value"),
        ({"tolerance": {"kind": "exact", "value": 1}}, "tolerance.value"),
        ({"conventions": {"metric": "mostly_harmless"}}, "conventions.metric"),
        ({"entry_point": "f\x00"}, "entry_point"),
    ],
)
def test_a_single_fault_is_reported_at_its_field(changes, path):
    assert path in problems(**changes)


def test_constant_answer_up_to_a_constant_is_refused():
    found = problems(kind="tuple", symbols=[], constant=True, equality="up_to_constant", gold=expression("(1, 2)"))
    assert list(found) == ["equality"]


@pytest.mark.parametrize("kind", [Kind.LABEL, Kind.BOOLEAN])
def test_label_or_truth_value_without_symbols_is_constant_by_itself(kind):
    labels = ["stable", "unstable"] if kind is Kind.LABEL else []
    source = "stable" if kind is Kind.LABEL else "True"
    assert contract(kind=kind.value, symbols=[], labels=labels, gold=expression(source)).is_constant


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("x" * 30_000),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=10), children, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(sorted(contract_json()))
symbol_fields = st.sampled_from(["name", "latex", "domain", "low", "high", "exclude", "unit", "meaning", "decoy"])


@given(json_values)
def test_any_json_is_a_contract_or_a_contract_error(data):
    with pytest.raises(ContractError) as caught:
        Contract.from_json(data)
    assert caught.value.problems


@given(fields, json_values)
def test_any_value_in_any_field_is_a_contract_or_a_contract_error(field, value):
    with suppress(ContractError):
        read = Contract.from_json(contract_json(**{field: value}))
        assert Contract.from_json(read.to_json()) == read


@given(symbol_fields, json_values)
def test_any_value_in_any_field_of_a_symbol_is_a_contract_or_a_contract_error(field, value):
    with suppress(ContractError):
        Contract.from_json(contract_json(symbols=[{**symbol("m", "positive"), field: value}, symbol("g")]))


@given(st.text(max_size=200), st.sampled_from(["python", "expression"]))
def test_any_text_as_gold_or_assumption_is_a_contract_or_a_contract_error(text, language):
    for changes in ({"gold": {"language": language, "source": text}}, {"assumptions": [text]}):
        with suppress(ContractError):
            Contract.from_json(contract_json(**changes))


@pytest.mark.parametrize(
    "source", ["(" * 5000, "-" * 19_000 + "1", "1" * 19_000, "a." * 9_000 + "b", "[" * 150 + "]" * 150]
)
def test_gold_nested_without_measure_is_a_contract_error(source):
    for language in ("python", "expression"):
        with pytest.raises(ContractError):
            contract(gold={"language": language, "source": source})
