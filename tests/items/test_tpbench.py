"""Rows in the columns of TPBench become drafts whose reference code is gold."""

import orjson
import pytest

from qftapp.items import gate, importing, jsonl, tpbench
from qftapp.items.models import Item, ItemVersion
from qftapp.verification import Contract
from tests.factories import person

SLOPE = r"""
\begin{python}
import numpy as np
def slope(k: float, x: np.ndarray, unused: float = 2.0):
    return 2*k*x
\end{python}
\newpage
"""
TWO_BLOCKS = r"""
First some help:
\begin{python}
    from math import sqrt
    def momentum(E: float, m: float) -> float:
        return sqrt(E**2 - m**2)
\end{python}
then the answer
\begin{python}
    def velocity(E: float, m: float) -> float:
        return momentum(E, m)/E
\end{python}
"""


def problem(reference: str = SLOPE, **given) -> dict[str, object]:
    """A row of their columns, written by us."""
    return {
        "problem_id": "Slope of a Parabola",
        "domain": "Classical Mechanics",
        "difficulty_level": "1",
        "problem": r"A bead moves in the potential $k x^2$ \numberthis with \mbox{some} $k$. What is its slope at $x$?",
        "solution": "Differentiate.\n\\newpage\n",
        "answer": "$2kx$",
        "code_answer_requirements": "def slope(k, x): pass",
        "reference_implementation": reference,
    } | given


def read(*arguments, **given) -> jsonl.Row:
    return tpbench.read(orjson.dumps(problem(*arguments, **given)))


def contract_of(reference: str) -> dict:
    return read(reference).content["contract"]


def refusal(**given) -> str:
    with pytest.raises(jsonl.RowRefused) as refused:
        read(**given)
    return str(refused.value)


def test_columns_become_an_item_with_its_source():
    row = read()

    assert row.item["slug"] == "tpbench-slope-of-a-parabola"
    assert (row.item["topic"], row.item["domain_level"], row.item["origin"]) == (
        "classical-physics",
        "undergraduate",
        "adapted",
    )
    assert (row.source["slug"], row.problem["locator"]) == ("tpbench", "Slope of a Parabola")
    assert row.content["statement"].startswith(r"A bead moves in the potential $k x^2$  with \text{some} $k$.")
    assert row.content["solution"] == "Differentiate."


def test_signature_becomes_the_contract():
    found = contract_of(SLOPE)

    assert (found["kind"], found["entry_point"]) == ("expression", "slope")
    assert [(symbol["name"], symbol["decoy"]) for symbol in found["symbols"]] == [
        ("k", False),
        ("x", False),
        ("unused", True),
    ]
    assert found["gold"]["source"].startswith("import numpy as np\ndef slope(")
    assert Contract.from_json(found).entry_point == "slope"


def test_several_blocks_are_one_program_and_roots_stay_real():
    found = contract_of(TWO_BLOCKS)

    assert found["entry_point"] == "velocity"
    assert found["assumptions"] == ["E ** 2 - m ** 2 > 0"]
    assert "newpage" not in found["gold"]["source"]
    compile(found["gold"]["source"], "<gold>", "exec")


def test_helper_that_follows_is_not_taken_for_the_answer():
    found = contract_of("def answer(x):\n    return helper(x)\n\ndef helper(x):\n    return x**2\n")

    assert found["entry_point"] == "answer"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("def f(x):\n    return x**2, 2*x", "tuple"),
        ("def f(x):\n    return [x, 2*x]", "vector"),
        ("import numpy as np\ndef f(x):\n    return np.array([x, 2*x])", "vector"),
        ("import numpy as np\ndef f(x):\n    return np.array([[x, 0], [0, x]])", "matrix"),
        ("def f(x):\n    return x", "expression"),
        ("def f():\n    return 5", "number"),
    ],
)
def test_kind_follows_from_what_is_returned(body, kind):
    assert contract_of(body)["kind"] == kind


def test_constant_has_no_symbols():
    found = contract_of("def answer() -> float:\n    return 5")

    assert (found["symbols"], found["constant"]) == ([], True)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"solution": None}, "the columns solution must be texts"),
        ({"difficulty_level": 3, "domain": []}, "the columns domain, difficulty_level must be texts"),
        ({"reference_implementation": "x = 1"}, "defines no function"),
        ({"reference_implementation": "def f(:"}, "is not Python"),
        ({"problem_id": "∫"}, "problem_id holds no letter"),
    ],
)
def test_unusable_row_is_refused_with_its_reason(given, reason):
    assert reason in refusal(**given)


@pytest.mark.django_db
@pytest.mark.parametrize("reference", [SLOPE.replace(", unused: float = 2.0", ""), TWO_BLOCKS])
def test_imported_gold_runs_at_its_points(reference):
    payload = orjson.dumps([problem(reference)])
    batch = importing.start(by=person("alice"), format="tpbench", filename="rows.json", payload=payload)

    assert importing.ingest(batch.pk).report["arrived"] == ["tpbench-slope-of-a-parabola"]

    found = {check.code: check.status for check in gate.run(ItemVersion.objects.get()).checks}
    assert {
        code: found[code] for code in ("contract", "points", "finite", "kind", "deterministic", "mutants")
    } == dict.fromkeys(("contract", "points", "finite", "kind", "deterministic", "mutants"), "pass")
    assert Item.objects.get().source_problem.source.may_redistribute
