"""The examination of gold alone: that it runs, the same each time, and has a value wherever the contract asks."""

import pytest

from qftapp.verification.soundness import examine
from tests.verification.builders import contract, expression, python, symbol
from tests.verification.examined import checks, statuses


def test_gold_undefined_on_part_of_the_domain_names_the_point_and_what_to_do():
    gold = python("import math\ndef width(m, g):\n    return math.sqrt(g) * m")
    check = checks(contract(gold=gold))["finite"]
    assert check.status == "fail"
    assert "ValueError: math domain error (line 3). Declare g positive, or give gold a value" in check.message


def test_integer_at_which_gold_fails_is_to_be_excluded():
    item = contract(symbols=[symbol("n", "integer", low=-2, high=2)], gold=python("def width(n):\n    return 1/n"))
    check = checks(item)["finite"]
    assert "At n = 0: ZeroDivisionError: division by zero (line 2). Exclude 0 from the domain of n" in check.message


def test_gold_that_depends_on_chance_is_refused():
    gold = python("import random\ndef width(m, g):\n    return m*g*random.random()")
    assert statuses(contract(gold=gold), "fail") == ["deterministic"]


def test_gold_that_draws_from_numpy_is_refused():
    gold = python("import numpy as np\n\ndef width(m, g):\n    return m*g + np.random.rand()")
    assert checks(contract(gold=gold))["deterministic"].status == "fail"


def test_gold_that_counts_its_calls_is_refused():
    gold = python("calls = 0\n\ndef width(m, g):\n    global calls\n    calls += 1\n    return m*g + calls")
    assert checks(contract(gold=gold))["deterministic"].status == "fail"


def test_gold_of_another_kind_is_refused():
    assert statuses(contract(gold=python("def width(m, g):\n    return (m, g)")), "fail") == ["kind"]


def test_gold_that_does_not_end_is_refused():
    gold = python("def width(m, g):\n    while True:\n        pass")
    assert statuses(contract(gold=gold), "fail", deadline_seconds=0.6) == ["runs"]


def test_gold_that_opens_the_network_is_refused():
    gold = python("import socket\ndef width(m, g):\n    socket.socket()\n    return m*g")
    check = checks(contract(gold=gold))["runs"]
    assert check.status == "fail"
    assert "no files, network or other programs" in check.message


def test_gold_that_prints_is_noted():
    gold = python("def width(m, g):\n    print(m)\n    return m*g")
    check = checks(contract(gold=gold))["output"]
    assert check.status == "note"
    assert check.detail["stdout"]


def test_slow_gold_is_refused_with_the_measured_seconds():
    gold = python("import time\ndef width(m, g):\n    time.sleep(0.12)\n    return m*g")
    check = checks(contract(gold=gold))["speed"]
    assert check.status == "fail"
    assert check.detail["seconds"] > 1
    assert "more than 1 s: use a closed form" in check.message


@pytest.mark.parametrize(
    "value",
    [
        "sum(float(n)*3**i for i, n in enumerate({str(n) for n in range(20)}))",
        "hash('width') % 10**9 + 1.0",
        "id(object()) % 1000003 + 1.0",
    ],
)
def test_gold_that_goes_by_hashes_is_refused(value):
    check = checks(contract(gold=python(f"def width(m, g):\n    return m*g*({value})")))["deterministic"]
    assert check.status == "fail"


def test_singular_ends_of_domains_are_noted():
    item = contract(
        symbols=[symbol("x", low=-1, high=1), symbol("y", "nonnegative", low=0.5), symbol("z", "positive")],
        gold=expression("y/x + z/(y - 1/2) + 1/z"),
    )
    check = checks(item)["ends"]
    assert check.status == "note"
    assert check.detail == {"points": ["x = 0", "y = 0.5"]}
    assert "Gold has no value at x = 0 and y = 0.5, which the contract admits (it is undefined)." in check.message


@pytest.mark.parametrize(
    ("domain", "changes", "places"),
    [
        ("real", {"exclude": [0]}, None),
        ("positive", {}, None),
        ("nonnegative", {}, ["x = 0"]),
        ("complex", {}, ["x = 0 + 0 i"]),
    ],
)
def test_ends_that_the_contract_rules_out_are_not_asked_for(domain, changes, places):
    gold = python("def width(x):\n    return 1 / x")
    found = checks(contract(symbols=[symbol("x", domain, **changes)], gold=gold))
    assert (found["ends"].detail["points"] if "ends" in found else None) == places


@pytest.mark.parametrize(
    "gold",
    [
        python("import cmath\ndef width(s):\n    return cmath.log(-complex(s))"),
        expression("log(-s - 0*I)"),
    ],
)
def test_gold_on_the_side_of_a_cut_by_a_zero_is_refused(gold):
    check = checks(contract(symbols=[symbol("s", "positive")], gold=gold))["cut"]
    assert check.status == "fail"
    assert "by the sign of a zero alone" in check.message


def test_gold_beside_a_cut_passes():
    gold = python("import cmath\ndef width(s):\n    return cmath.log(-s) + cmath.sqrt(-s)")
    assert statuses(contract(symbols=[symbol("s", "positive")], gold=gold), "fail") == []


def test_gold_across_a_cut_has_no_value():
    check = checks(contract(symbols=[symbol("s", "positive")], gold=expression("log(s*exp(I*pi))")))["finite"]
    assert check.status == "fail"
    assert "it cannot be computed accurately; is it on a branch cut?" in check.message


def test_gold_that_loses_many_figures_is_computed_with_more():
    item = contract(gold=expression("g + (10**80*m + m) - 10**80*m"))
    assert examine(item, second_solution="m + g").is_sound


def test_rounded_zero_of_a_tuple_is_noted():
    gold = python("import math\ndef width(m, g):\n    return (m*g, math.sin(math.pi), g)")
    check = checks(contract(kind="tuple", gold=gold))["rounding"]
    assert check.status == "note"
    assert "entry 2 is 1.22464679915e-16, which looks like a rounded 0" in check.message
    assert "rounding" not in checks(contract(kind="vector", gold=gold))


def test_gold_that_forgets_to_return_is_told_so():
    check = checks(contract(gold=python("def width(m, g):\n    m*g")))["finite"]
    assert "it returns None (a forgotten `return`?)" in check.message
