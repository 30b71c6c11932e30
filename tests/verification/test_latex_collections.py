"""Reading tuples, vectors, matrices, sets and intervals in LaTeX."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.inference import contract_of
from tests.verification.builders import contract, expression, symbol


def collection(gold: str, kind: str, answer: str) -> Outcome:
    item = contract(kind=kind, symbols=[symbol("m", "positive"), symbol("g", "positive")], gold=expression(gold))
    return verify(item, rf"\boxed{{{answer}}}", seed=1).outcome


@pytest.mark.parametrize(
    ("gold", "kind", "answer"),
    [
        ("{m*g, -m*g}", "set", r"\pm mg"),
        ("{m*g, -m*g}", "set", r"\{mg,\,-mg\}"),
        ("{m*g, -m*g}", "set", r"mg,-mg"),
        ("{m*g, -m*g}", "set", r"E=mg\text{ or }E=-mg"),
        ("{m*g, -m*g}", "set", r"E=\mp g m"),
        ("{m, g}", "set", r"E\in\{g,m\}"),
        ("{m, g}", "set", "m or g"),
        ("(m, g)", "tuple", r"\left(m,\;g\right)"),
        ("(m, g)", "tuple", r"a=m,\;b=g"),
        ("(m, g)", "tuple", r"(a,b)=(m,g)"),
        ("[[m, 0], [0, g]]", "matrix", r"\begin{pmatrix}m&0\\0&g\end{pmatrix}"),
        ("[[m, 0], [0, g]]", "matrix", r"\mathrm{diag}(m,g)"),
        ("[[m, 0], [0, g]]", "matrix", r"m\begin{bmatrix}1&0\\0&\frac gm\end{bmatrix}"),
        ("[[m, m], [g, 0]]", "matrix", r"\begin{pmatrix}m&m\\0&0\end{pmatrix}+g\begin{pmatrix}0&0\\1&0\end{pmatrix}"),
        ("[[m, g], [0, g]]", "matrix", r"\begin{pmatrix}1&1\\0&1\end{pmatrix}\begin{pmatrix}m&0\\0&g\end{pmatrix}"),
        ("(m, g)", "vector", r"\begin{pmatrix}m\\g\end{pmatrix}"),
    ],
)
def test_collections_are_read(gold, kind, answer):
    assert collection(gold, kind, answer) is Outcome.CORRECT


@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        (r"[0,\infty)", r"\left[0,\infty\right)", Outcome.CORRECT),
        (r"[0,\infty)", r"(0,\infty)", Outcome.WRONG),
        (r"(-\infty,4m^2]", r"(-\infty,4m^2]", Outcome.CORRECT),
        (r"(-\infty,4m^2]", r"(-\infty,2m^2]", Outcome.WRONG),
        ("[0,9)", "(0,9]", Outcome.WRONG),
        ("[0,9)", "[0,9)", Outcome.CORRECT),
    ],
)
def test_brackets_of_an_interval_count(gold, answer, outcome):
    assert verify(contract_of(gold), rf"\boxed{{{answer}}}").outcome is outcome


@pytest.mark.parametrize(
    ("gold", "kind", "answer", "outcome"),
    [
        ("{m, g}", "set", "(m,g)", Outcome.UNREADABLE),
        ("{m*g, -m*g}", "set", "mg", Outcome.WRONG),
        ("(m, g)", "tuple", "(g,m)", Outcome.WRONG),
        ("[[m, g], [0, 0]]", "matrix", r"\begin{pmatrix}m&0\\g&0\end{pmatrix}", Outcome.WRONG),
    ],
)
def test_other_collections_are_not_taken_for_them(gold, kind, answer, outcome):
    assert collection(gold, kind, answer) is outcome


@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        (r"n=0,1,2,\ldots", r"n\in\mathbb{N}_0", Outcome.CORRECT),
        (r"n=0,1,2,\ldots", r"n\ge0,\ n\in\mathbb{Z}", Outcome.CORRECT),
        (r"n=0,1,2,\ldots", r"0,1,2,3,\dots", Outcome.CORRECT),
        (r"n=0,1,2,\ldots", r"n=1,2,3,\ldots", Outcome.WRONG),
        (r"n=0,1,2,\ldots", r"n\in\mathbb{N}", Outcome.WRONG),
        (r"n=0,1,2,\ldots", r"\mathbb{Z}", Outcome.WRONG),
        (r"m\in\mathbb{Z}", r"m=0,\pm1,\pm2,\ldots", Outcome.CORRECT),
    ],
)
def test_infinite_sets_of_whole_numbers(gold, answer, outcome):
    assert verify(contract_of(gold), rf"\boxed{{{answer}}}").outcome is outcome
