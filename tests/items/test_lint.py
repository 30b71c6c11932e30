"""What the text of an item gives away, and what good texts must not be blamed for."""

import copy
import tomllib
from types import SimpleNamespace

import pytest
from django.conf import settings

from qftapp.items import lint
from qftapp.items.spelling import answers, latex_of, skeleton
from qftapp.verification import Contract
from tests.factories import SOLUTION, contract, symbol

GOOD = r"A scalar of mass $m$ couples to a massless fermion with strength $g$. Find its decay width $\Gamma$."
NUMBER = {"kind": "number", "symbols": [], "constant": True, "entry_point": "sum_of_inverse_squares"}
ZETA = NUMBER | {"gold": {"language": "expression", "source": "pi**2/6"}}


def check(
    statement: str = GOOD, *, solution: str = SOLUTION, value: float | None = None, **given
) -> dict[str, tuple[str, str]]:
    """Status and message of every check of the text, by code."""
    version = SimpleNamespace(statement=statement, solution=solution)
    found = lint.check_text(version, Contract.from_json(contract(**given)), value)
    return {each.code: (each.status, each.message) for each in found}


def conventions(other: str) -> dict:
    return {"conventions": copy.deepcopy(contract()["conventions"]) | {"other": other}}


def test_good_text_passes_every_check():
    assert {code: status for code, (status, _) in check().items()} == {
        "statement": "pass",
        "latex": "pass",
        "introduced": "pass",
        "leak": "pass",
        "hint": "pass",
        "solution": "pass",
    }


BAD_STATEMENTS = [
    ("", "statement", "The statement is empty"),
    (" \n ", "statement", "The statement is empty"),
    (GOOD + " Show that it grows with $m$.", "statement", "“Show that” asks for a proof"),
    (GOOD + " PROVE\nthat it grows.", "statement", "“PROVE that” asks for a proof"),
    (GOOD + " Show, to leading order, that it grows.", "statement", "“Show, to leading order, that”"),
    (GOOD + " Verify explicitly that it grows.", "statement", "“Verify explicitly that”"),
    (GOOD + " Prove the identity.", "statement", "“Prove the” asks for a proof"),
    (GOOD + r" It is $\Gamma = \frac{g^2 m}{8\pi}$.", "leak", "g ** 2 * m / (8 * math.pi)"),
    (GOOD + r" It is $$\Gamma = \dfrac{g^{2}\, m}{8 \pi}.$$", "leak", "already contains the answer"),
    (GOOD + r" Write \(\Gamma\approx g^2m/(8\pi)\,,\) or so.", "leak", "already contains the answer"),
    (GOOD + " It returns g**2*m / (8*math.pi).", "leak", "already contains the answer"),
    (GOOD + "\n\n```\nreturn g ** 2 * m / (8 * np.pi)\n```\n", "leak", "already contains the answer"),
    (GOOD.replace("$m$", r"$\mu$"), "introduced", "never shows m;"),
    (GOOD.replace("$m$", r"$m_1$"), "introduced", "never shows m;"),
    (GOOD.replace("$m$", r"$\text{some m or other}$"), "introduced", "never shows m;"),
    (GOOD.replace("$m$", "m").replace("$g$", "g"), "introduced", "never shows m, g;"),
    (
        GOOD + " Give it in terms of $m$, $g$ and $x$.",
        "introduced",
        "in terms of $x$, which the contract does not declare",
    ),
    (GOOD + r" Express it as a function of the mass $m$ and $\theta$.", "introduced", r"in terms of $\theta$"),
    (GOOD + " Give it in terms of $m, g, M$.", "introduced", "in terms of $M$"),
    (GOOD + r" Mind $\frac{1}{$.", "latex", r"In the statement, “\frac{1}{” does not set"),
    (GOOD + r" Mind $\undefinedcommand$.", "latex", "undefinedcommand"),
]


@pytest.mark.parametrize(("statement", "code", "phrase"), BAD_STATEMENTS)
def test_bad_statement_fails_one_check_with_a_reason(statement, code, phrase):
    found = check(statement)

    failing = [other for other, (status, _) in found.items() if status == "fail"]
    assert failing == ([code] if statement.strip() else [code, "introduced"])
    assert phrase in found[code][1]


GOOD_STATEMENTS = [
    GOOD + " One can show that it is finite.",
    GOOD + " It is possible to prove that it is finite, and you may verify that it is gauge invariant.",
    GOOD + " Show your steps.",
    GOOD + " Give it in terms of $m$ and $g$.",
    GOOD + r" Give it in terms of $m$, $g$, and $\pi$.",
    GOOD + r" Give it in terms of $g$ and $m$ for the decay of $\phi$ at the scale $\mu$.",
    GOOD + r" Written in terms of $\chi = \sqrt{2}\phi$, the action is simple.",
    GOOD + r" The potential, in terms of $\chi$, is flat.",
    GOOD + r" Recall $\mathcal{L} = g^2 m\,\phi^2/4$ and $\alpha = g^2/(4\pi)$.",
    GOOD + " Note 8 digits and 0.5.",
    GOOD.replace("$m$", r"\(m^2 > 0\)").replace("$g$", "$$ g, $$"),
    GOOD.replace("$m$", r"$\boldsymbol{m}$"),
]


@pytest.mark.parametrize("statement", GOOD_STATEMENTS)
def test_good_statement_is_not_blamed(statement):
    assert [(code, message) for code, (status, message) in check(statement).items() if status == "fail"] == []


def test_formula_that_does_not_set_is_found_by_its_position():
    version = SimpleNamespace(statement=GOOD + r" Mind $\frac{1}{$.", solution=r"And $\left( x$.")
    found = {each.code: each for each in lint.check_text(version, None)}

    first, second = found["latex"].detail["formulas"]
    assert (first["field"], first["source"], version.statement[first["position"] :][:7]) == (
        "statement",
        r"\frac{1}{",
        r"\frac{1",
    )
    assert (second["field"], version.solution[second["position"] :][:5]) == ("solution", r"\left")


@pytest.mark.parametrize("latex", [r"m_{\phi", r"\frac"])
def test_latex_of_a_symbol_must_set(latex):
    found = check(symbols=[symbol("m", latex=latex), symbol("g")])

    assert found["latex"][0] == "fail"
    assert "In the symbols" in found["latex"][1]


@pytest.mark.parametrize(
    ("other", "status", "phrase"),
    [
        ("Start from the optical theorem.", "fail", "“Start from” tells the solver how to proceed"),
        ("Recall that the trace is cyclic.", "fail", "“Recall that”"),
        ("Use the identity of Fierz.", "fail", "“Use the identity”"),
        ("Integrate by parts twice.", "fail", "“Integrate by parts”"),
        ("Apply the optical theorem.", "fail", "“Apply the optical theorem”"),
        ("Hint: the trace is cyclic.", "fail", "“Hint”"),
        ("Note that $e$ is the charge of the positron.", "note", "“Note that” often begins a hint"),
        ("Apply the on-shell scheme.", "pass", ""),
        ("The coupling $e$ is positive and the field is expanded in modes of positive frequency.", "pass", ""),
    ],
)
def test_conventions_fix_the_answer_without_a_hint(other, status, phrase):
    found = check(**conventions(other))["hint"]

    assert found[0] == status
    assert phrase in found[1]


@pytest.mark.parametrize("solution", ["", "\n "])
def test_solution_is_written(solution):
    assert check(solution=solution)["solution"][0] == "fail"


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (r"Compute $\sum n^{-2}$, which is about 1.645.", "fail"),
        (r"Compute $\sum n^{-2}\approx 1.644934$.", "fail"),
        (r"Compute $\sum n^{-2}$, between 1.6 and 1.7.", "pass"),
        (r"Compute $\sum n^{-2}$ to 1.646 or so.", "pass"),
        (r"Compute $\sum n^{-2}$ as 1.6450 is not it.", "pass"),
    ],
)
def test_value_of_a_constant_does_not_stand_in_the_statement(statement, status):
    assert check(statement, value=1.6449340668482264, **ZETA)["leak"][0] == status


@pytest.mark.parametrize(
    ("value", "statement"), [(5.0, "Compute the exponent in 5 dimensions."), (105.0, "Sum to 105.")]
)
def test_small_whole_values_prove_nothing(value, statement):
    assert check(statement, value=value, **ZETA)["leak"][0] == "pass"


def test_symbols_known_by_their_names_need_no_latex():
    given = {"symbols": [symbol("m_phi", latex=""), symbol("alpha", latex="")]}
    source = "def decay_width(m_phi, alpha):\n    return m_phi * alpha"
    given["gold"] = {"language": "python", "source": source}

    assert check(r"With $m_\phi$ and $\alpha^2$: find it.", **given)["introduced"][0] == "pass"
    assert check(r"With $m_{\phi}$ only: find it.", **given)["introduced"][1].startswith(
        "The statement never shows alpha;"
    )


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("m", "m"),
        ("alpha", r"\alpha"),
        ("m_phi", r"m_{\phi}"),
        ("bar_eta", r"\bar{\eta}"),
        ("m1", "m_{1}"),
        ("lam", r"\lambda"),
    ],
)
def test_latex_of_a_name_is_guessed(name, latex):
    assert latex_of(name) == latex


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(x):\n    return x**2 + 1", ["x ** 2 + 1"]),
        ("def f(x):\n    y = x**2 + 1\n    return y", ["x ** 2 + 1"]),
        ("def f(x):\n    return (x**2, 3 * x)", ["x ** 2", "3 * x"]),
        ("def f(x):\n    return 1", []),
        ("def f(x:", []),
        ("x = 1\0", []),
    ],
)
def test_answers_are_what_a_function_returns(source, found):
    assert list(answers(source, is_python=True)) == found


@pytest.mark.parametrize(
    ("latex", "python"),
    [
        (r"\frac{g^2}{16\pi^2}", "g**2/(16*math.pi**2)"),
        (r"\frac{\sqrt{m_\phi}}{2}", "np.sqrt(m)/2"),
        (r"\tfrac12 g", "1/2*g"),
    ],
)
def test_latex_and_python_meet_in_a_skeleton(latex, python):
    names = [("g", "g"), (r"m_\phi", "m")]

    assert skeleton(latex, names) == skeleton(python, names)


def demo_items():
    folder = settings.BASE_DIR / "qftapp" / "demo" / "items"
    for path in sorted(folder.glob("*.toml")):
        for item in tomllib.loads(path.read_text(encoding="utf-8"))["items"]:
            yield pytest.param(item, id=item["slug"])


@pytest.mark.parametrize("item", list(demo_items()))
def test_demo_item_is_not_blamed_for_its_text(item):
    version = SimpleNamespace(statement=item["statement"], solution=item["solution"])
    found = lint.check_text(version, Contract.from_json({"schema": 1, **item["contract"]}))

    assert [(each.code, each.message) for each in found if each.status == "fail"] == []
