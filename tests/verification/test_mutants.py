"""Thousands of slightly wrong answers, and the means by which they are made and told from right ones."""

import json
import random
import subprocess
import sys
from collections import Counter
from itertools import islice
from multiprocessing import get_context

import pytest

from qftapp.verification.truth_table import rules
from tests.benchmarks import truth
from tests.benchmarks.bench_verify import summary
from tests.benchmarks.graders import Judgement
from tests.benchmarks.house_rules import RULES, UNEXPLAINED, disagreements
from tests.benchmarks.mutants import mutants, sources
from tests.benchmarks.numbers_off import relative_error
from tests.benchmarks.pairs import Pair, read_pairs
from tests.benchmarks.stress_mutants import judge, tasks
from tests.verification.builders import code, contract, expression, python, symbol

COUNT = 2_000


def test_no_mutant_is_accepted_and_none_breaks_the_verifier():
    counts: Counter[str] = Counter()
    faults = []
    with get_context("spawn").Pool(2) as pool:
        for share in pool.imap_unordered(judge, tasks(COUNT, seed=1)):
            counts += share.counts
            faults += share.faults
    assert faults == []
    assert counts.total() > 0.9 * COUNT
    assert counts["wrong"] > 0.7 * COUNT


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gold": python("def width(m, g):\n    return g**2 / (16 * 3.141592653589793 * m)")},
        {"gold": {"language": "latex", "source": r"\frac{g^2}{16\pi m}"}},
    ],
)
def test_mutants_are_many_and_different(changes):
    made = list(islice(mutants(contract(**changes), random.Random(1)), 60))
    assert len(set(made)) == 60


def test_every_item_has_mutants():
    assert len(sources()) > 80
    assert all(next(mutants(source.contract, random.Random(1)), "") for source in sources())


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (r"\boxed{g**2/(16*pi*m)}", 0),
        (r"\boxed{g**2/(8*pi*m)}", 1),
        (r"\boxed{g**2*(1 + 1/1000)/(16*pi*m)}", 1e-3),
        (code("def width(m, g):\n    return g**2 / m / 16 / 3.141592653589793"), 0),
        (r"\boxed{g**2/(16*pi*m)*log(-1)/log(-1 - m)}", float("inf")),
    ],
)
def test_truth_measures_the_error(response, error):
    if error == float("inf"):
        assert truth.worst_error(contract(), response) > 0.01
    else:
        assert truth.worst_error(contract(), response) == pytest.approx(error, rel=1e-6, abs=1e-12)


def test_truth_forgives_what_the_contract_does():
    gold, real = expression("x**2"), [symbol("x", "real")]
    for equality, response in (
        ("up_to_sign", r"\boxed{-x**2}"),
        ("up_to_phase", r"\boxed{I*x**2}"),
        ("up_to_constant", r"\boxed{x**2 + 3}"),
    ):
        assert truth.worst_error(contract(gold=gold, symbols=real, equality=equality), response) < 1e-12
        assert truth.worst_error(contract(gold=gold, symbols=real, equality=equality), r"\boxed{x**3}") > 0.1


def pair(is_right: bool) -> Pair:
    return Pair("1", "qft_pairs", "x", "$x$", is_right)


def judgement(is_accepted: bool, outcome: str, cpu: float) -> Judgement:
    return Judgement(is_accepted, outcome, "", 2 * cpu, cpu, cpu / 2, cpu / 100)


def test_summary_counts_errors_of_both_sorts():
    results = [
        (pair(True), judgement(True, "correct", 0.001)),
        (pair(True), judgement(False, "wrong", 0.003)),
        (pair(False), judgement(True, "correct", 0.002)),
        (pair(False), judgement(False, "wrong", 0.994)),
    ]
    assert tuple(summary(results)) == pytest.approx((4, 0.5, 1, 1, 1, 4, 8, 400, 2.5, 3, 994))


def test_pairs_of_both_forms_are_read(tmp_path):
    collected = {"fmt": "latex", "kind": "number (rtol 1e-3)", "source": "other", "id": "other:0", "label": True}
    options = {"variables": ["n", "x", "z"], "points": [{"n": [2.0, 0.0], "x": [0.5, 0.0], "z": [1.0, 2.0]}]}
    golden = {"id": "g.1", "kind": "expression", "gold": "x", "symbols": {"x": [0, 1]}, "answer": "$y$"}
    (tmp_path / "a.jsonl").write_text(json.dumps({**collected, "gold": "$x$", "pred": "y", "opts": options}))
    (tmp_path / "b.jsonl").write_text(json.dumps({**golden, "outcome": "wrong"}))
    assert list(read_pairs(tmp_path)) == [
        Pair(
            "other:0",
            "a",
            "x",
            "$y$",
            True,
            {"n": "natural", "x": "positive", "z": "complex"},
            {"tolerance": {"kind": "relative", "value": 1e-3}},
        ),
        Pair("g.1", "b", "x", "$y$", False, {"x": [0, 1]}, {"kind": "expression"}),
    ]


@pytest.mark.parametrize(
    ("row", "gold", "tolerance"),
    [
        ({"fmt": "maxima", "gold_tex": r"x = 1 o_{r} x = 2"}, r"x = 1 \text{ or } x = 2", None),
        ({"fmt": "maxima", "gold": "%union(oo(-inf,1),cc(2,3))"}, r"(-\infty,1) \cup [2,3]", None),
        ({"fmt": "maxima", "gold": "3*m/s", "kind": "units"}, r"3*\mathrm{m}/\mathrm{s}", None),
        (
            {"fmt": "ascii-letters", "gold_tex": r"f l o o r \left(x\right)"},
            r"\operatorname{floor}\left(x\right)",
            None,
        ),
        (
            {"fmt": "latex", "gold": r"\gamma K\left(m\right)", "opts": {"heads": ["EllipticK"]}},
            r"\gamma_E \operatorname{EllipticK}\left(m\right)",
            None,
        ),
        (
            {"fmt": "maxima", "gold": "2", "opts": {"test": "NumSigFigs", "options": "3"}},
            "2",
            ("significant_figures", 3),
        ),
        ({"fmt": "maxima", "gold": "2", "opts": {"test": "NumRelative", "options": "0.1"}}, "2", ("relative", 0.1)),
    ],
)
def test_notation_and_options_of_sources_are_translated(tmp_path, row, gold, tolerance):
    whole = {"kind": "", "opts": {}, "source": "", "id": "", "label": True, "pred": "1", **row}
    (tmp_path / "a.jsonl").write_text(json.dumps({"gold": "", **whole}))
    (found,) = read_pairs(tmp_path)
    assert found.gold == gold
    asked = found.given.get("tolerance")
    assert (asked and (asked["kind"], asked["value"])) == tolerance


def test_error_in_the_numbers_becomes_one_of_the_value():
    assert relative_error("3x", 0.01, is_absolute=False, in_exponents=False) == pytest.approx(0.01)
    assert relative_error("x^{10}", 0.01, is_absolute=False, in_exponents=False) == 0.01
    assert relative_error("x^{10}", 0.01, is_absolute=False, in_exponents=True) == pytest.approx(0.08, rel=0.01)
    assert relative_error("4x", 0.01, is_absolute=True, in_exponents=False) == pytest.approx(0.0025)


def test_disagreements_are_explained_by_rules_of_the_truth_table():
    titles = {rule.title for rule in rules()}
    assert {title for title, _ in RULES} <= titles
    gcd = Pair("", "", "1", r"$\gcd(x, y)$", True)
    odd = Pair("", "", "?", "?", True)
    judged = [(gcd, judgement(False, "wrong", 0.0)), (odd, judgement(False, "unreadable", 0.0))]
    assert disagreements(judged) == {"Divisors and remainders": 1, UNEXPLAINED: 1}


def test_graders_are_compared_on_a_folder_of_pairs(tmp_path):
    row = {"gold": "x", "pred": "x", "label": True, "kind": "", "fmt": "latex", "opts": {}, "id": "qft_pairs:0"}
    wrong = {**row, "pred": "2x", "label": False, "id": "qft_pairs:1"}
    (tmp_path / "qft_pairs.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(wrong))
    mistaken = {**row, "pred": "y", "id": "fungrim:0"}
    (tmp_path / "fungrim.jsonl").write_text(json.dumps(mistaken))
    command = [sys.executable, "-m", "tests.benchmarks.bench_verify", str(tmp_path)]
    out = tmp_path / "disagreements"
    done = subprocess.run([*command, "--disagreements", str(out)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    figures = [line.split()[:6] for line in done.stdout.splitlines()]
    assert ["qft_pairs", "ours", "2", "1.000", "0", "0"] in figures
    assert ["qft_pairs", "Math-Verify", "0.9.0", "2", "1.000", "0"] in figures
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["grader"], row["id"], row["error"]) for row in found] == [
        ("ours", "fungrim:0", "false refusal"),
        ("Math-Verify", "fungrim:0", "false refusal"),
    ]
