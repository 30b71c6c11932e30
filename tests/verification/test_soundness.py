"""The examination of an item: what it lets pass, what it refuses, and what it tells the author to do."""

import json

import pytest

from qftapp.verification.soundness import examine
from qftapp.verification.soundness.dropping import dropped_from_python
from tests.verification.builders import constant, contract, expression, item_test, python, symbol
from tests.verification.examined import checks, statuses

PYTHON_GOLD = python("import math\n\ndef width(m, g):\n    return g**2 / (16 * math.pi * m)")


ENOUGH = [
    item_test(r"\frac{g^2}{16\pi m}"),
    item_test("(g/4)**2/(pi*m)"),
    item_test(r"\frac{g^2}{8\pi m}", "wrong", "identical particles"),
    item_test(r"-\frac{g^2}{16\pi m}", "wrong", "overall sign"),
    item_test(r"\frac{g}{16\pi m}", "wrong", "power of the coupling"),
]
"""Tests of g²/(16πm), as many as an item should have."""


@pytest.mark.parametrize("gold", [PYTHON_GOLD, expression("g**2/(16*pi*m)")])
def test_sound_item_passes_every_check(gold):
    examination = examine(contract(gold=gold, tests=ENOUGH), second_solution="(g/4)**2/(pi*m)")
    assert examination.is_sound
    assert {check.status for check in examination.checks} == {"pass"}
    assert [check.code for check in examination.checks] == [
        "contract",
        "points",
        "finite",
        "kind",
        "deterministic",
        "speed",
        "output",
        "symbols",
        "mutants",
        "second_solution",
        "tests",
    ]


def test_examination_shows_gold_and_second_solution_at_every_point():
    examination = examine(contract(gold=PYTHON_GOLD), second_solution="(g/4)**2/(pi*m)")
    assert len(examination.points) == 10
    for row in examination.points:
        assert sorted(row) == ["arguments", "gold", "second"]
        assert float(row["gold"]) == pytest.approx(float(row["second"]), rel=1e-9)


def test_examination_is_json_and_the_same_for_the_same_seed():
    first, second = (examine(contract(), seed=4) for _ in range(2))
    assert first == second
    assert json.dumps([check.detail for check in first.checks])
    assert examine(contract(), seed=5).points != first.points


def test_unsatisfiable_assumptions_fail_with_the_culprit():
    check = checks(contract(assumptions=["m > 2", "m < 1"]))["points"]
    assert check.status == "fail"
    assert "Loosen the assumptions" in check.message


@pytest.mark.parametrize("seed", range(5))
def test_truth_value_depends_on_both_sides_of_its_threshold(seed):
    item = contract(kind="boolean", gold=expression("m > g"))
    assert checks(item, seed=seed)["symbols"].status == "pass"


def test_forgotten_symbol_is_named():
    check = checks(contract(symbols=[symbol("m"), symbol("g"), symbol("v")], gold=expression("m*g")))["symbols"]
    assert check.status == "fail"
    assert check.detail == {"symbols": ["v"]}
    assert "mark it as a decoy" in check.message


def test_decoy_that_changes_the_answer_is_named():
    check = checks(contract(symbols=[symbol("m"), symbol("g", decoy=True)], gold=expression("m*g")))["decoys"]
    assert check.status == "fail"
    assert "Gold depends on g" in check.message


def test_decoy_that_changes_nothing_passes():
    examination = checks(contract(symbols=[symbol("m"), symbol("g", decoy=True)], gold=expression("m**2")))
    assert examination["decoys"].status == "pass"


def test_answer_declared_constant_must_not_move():
    item = contract(symbols=[symbol("m", decoy=True)], constant=True, gold=expression("m**2"))
    assert statuses(item, "fail") == ["decoys"]


def test_second_solution_that_disagrees_is_refused_with_the_ratio():
    check = checks(contract(), second_solution="g**2/(8*pi*m)")["second_solution"]
    assert check.status == "fail"
    assert "The second solution is larger by a factor of 2 everywhere." in check.message


def test_second_solution_may_be_a_function():
    second = "def width(m, g):\n    return g*g/m/50.26548245743669"
    assert checks(contract(gold=PYTHON_GOLD), second_solution=second)["second_solution"].status == "pass"


def test_copy_of_gold_is_no_second_solution():
    assert checks(contract(), second_solution="g**2/(16*pi*m)")["second_solution"].status == "note"


def test_second_solution_that_cannot_be_read_is_refused():
    check = checks(contract(), second_solution=r"\frac{x}{2}")["second_solution"]
    assert check.status == "fail"
    assert "“x” is not a declared symbol" in check.message


def test_loose_tolerance_that_swallows_a_term_is_refused_with_the_term():
    item = contract(
        symbols=[symbol("m", low=1, high=2), symbol("g", low=1, high=2)],
        gold=python("def width(m, g):\n    x = m*g\n    return x + 1e-4*m"),
        tolerance={"kind": "relative", "value": 0.01},
    )
    found = checks(item)
    assert found["mutants"].status == "fail"
    assert found["mutant_dropped_2"].status == "fail"
    assert "without the term 1e-4*m (line 3)" in found["mutant_dropped_2"].message


def test_term_that_contributes_nothing_is_noted():
    gold = python("def width(m, g):\n    return m*g + 0*m")
    assert statuses(contract(gold=gold), "note") == ["mutant_dropped_2", "second_solution", "tests"]


def test_symmetric_answer_survives_the_exchange_rightly():
    item = contract(symbols=[symbol("t"), symbol("u")], gold=expression("t*u/(t + u)"))
    examination = checks(item)
    assert examination["mutant_exchange_t_u"].status == "note"
    assert "it is symmetric in t and u" in examination["mutant_exchange_t_u"].message
    assert examination["mutants"].status == "pass"


def test_nearly_symmetric_answer_must_have_a_tighter_tolerance():
    item = contract(
        symbols=[symbol("t", low=1, high=1.01), symbol("u", low=1, high=1.01)],
        gold=expression("t + 1.01*u"),
        tolerance={"kind": "relative", "value": 0.05},
    )
    assert checks(item)["mutant_exchange_t_u"].status == "fail"


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ("-g**2/(16*pi*m)", "The second solution has the opposite sign everywhere."),
        ("g**2/(4*m)", "The second solution is larger by a factor of 4π everywhere."),
        ("g**2/(256*pi**3*m)", "The second solution is smaller by a factor of 16π² everywhere."),
        ("I*g**2/(16*pi*m)", "The second solution is i times gold everywhere."),
        ("-sqrt(2)*g**2/(32*m)", "The second solution is −π/√2 times gold everywhere."),
        ("g**2/(16*pi*m)*0.7319", "The second solution is smaller by a factor of 1.36631 everywhere."),
        ("g**2/(16*pi)*3**(1/3)", "The ratio of the second solution to gold varies from"),
        ("g**2/(16*pi*m) + I*g", "The modulus of the ratio of the second solution to gold varies from"),
    ],
)
def test_disagreement_of_the_second_solution_is_described_over_all_points(second, sentence):
    check = checks(contract(), second_solution=second)["second_solution"]
    assert check.status == "fail"
    assert sentence in check.message


def test_fenced_copy_of_gold_is_a_copy():
    second = f"```python\n{PYTHON_GOLD['source']}\n```"
    assert checks(contract(gold=PYTHON_GOLD), second_solution=second)["second_solution"].status == "note"


def test_gold_and_second_solution_know_nothing_of_each_other():
    gold = python("import sys\ndef width(m, g):\n    sys.modules['left'] = 1\n    return m*g")
    second = "import sys\ndef width(m, g):\n    return m*g if 'left' in sys.modules else 2*m*g"
    assert checks(contract(gold=gold), second_solution=second)["second_solution"].status == "fail"


def test_sign_survives_rightly_when_only_the_sign_is_free():
    assert statuses(contract(equality="up_to_sign"), "note") == ["mutant_sign", "second_solution", "tests"]


def test_constant_survives_rightly_when_a_constant_is_free():
    item = contract(gold=expression("g*m + 3"), equality="up_to_constant")
    assert statuses(item, "fail") == []
    assert checks(item)["mutant_dropped_2"].message.endswith("rightly: a constant makes no difference here.")


def test_conjugate_is_tried_on_complex_answers_only():
    refused = checks(contract(gold=expression("g*m + I*g")))["mutants"].detail["refused"]
    assert "complex conjugated" in refused
    assert "complex conjugated" not in checks(contract())["mutants"].detail["refused"]


def test_label_that_never_changes_must_be_declared_constant():
    item = contract(
        kind="label",
        symbols=[symbol("m", "positive")],
        labels=["stable", "unstable"],
        gold=python("def width(m):\n    return 'stable'"),
    )
    assert statuses(item, "fail") == ["symbols", "mutants", "mutant_constant"]


def test_label_that_depends_on_a_threshold_passes():
    item = contract(
        kind="label",
        symbols=[symbol("m", "positive")],
        labels=["stable", "unstable"],
        gold=python("def width(m):\n    return 'stable' if m < 1 else 'unstable'"),
    )
    assert statuses(item, "fail") == []


def test_answer_zero_is_sound():
    assert statuses(constant("0"), "fail") == []


@pytest.mark.parametrize(
    ("kind", "source", "code"),
    [
        ("matrix", "[[m, g], [g, m]]", "mutant_transpose"),
        ("vector", "[m*g, m*g]", "mutant_order"),
    ],
)
def test_symmetry_of_a_collection_is_a_note(kind, source, code):
    assert checks(contract(kind=kind, gold=expression(source)))[code].status == "note"


def test_entries_of_a_tuple_are_each_guarded():
    item = contract(kind="tuple", gold=expression("(m, g)"))
    refused = checks(item)["mutants"].detail["refused"]
    assert {"with the sign of entry 1 changed", "with the sign of entry 2 changed", "in reversed order"} <= set(refused)


def test_gold_of_many_terms_is_examined_like_any_other():
    terms = " + ".join(f"{n}*m**{n % 3 + 1}*g" for n in range(1, 600))
    found = checks(contract(gold=python(f"def width(m, g):\n    return {terms}")))
    assert found["mutants"].status == "pass"
    assert any("without the term" in title for title in found["mutants"].detail["refused"])


@pytest.mark.parametrize(
    ("body", "terms"),
    [
        ("return m + g - (m\n        + 2*g)", ["m", "g", "m + 2*g", "m", "2*g"]),
        ("x = 0\n    for n in range(1 + 3):\n        x += m*g\n        n -= 1\n    return x", ["m*g"]),
        ("y = [m, g, 1]\n    return 'a' + f'{m + g}' or y[1 + 1] - g", ["y[1 + 1]", "g"]),
        ("ε = m\n    return ε*g + ε", ["ε*g", "ε"]),
    ],
)
def test_each_term_is_left_out_once_and_the_rest_stays(body, terms):
    found = dropped_from_python(f"def width(m, g):\n    {body}\n")
    assert [dropped.term.partition(" (line")[0] for dropped in found] == terms
    for dropped in found:
        assert isinstance(dropped.body, str)
        compile(dropped.body, "altered", "exec")
