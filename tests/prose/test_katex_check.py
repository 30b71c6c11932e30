"""The server knows which formulas the page cannot set."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from qftapp.prose import katex_check
from qftapp.prose.katex_check import KatexUnavailable, MathProblem, problems

PHYSICS = [
    r"\slashed{p}",
    r"\Tr(\gamma^\mu\slashed{D})",
    r"\dd x",
    r"\dd^4 x",
    r"\dd[4]{x}",
    r"\dv{f}{x}",
    r"\dv[2]{f}{x}",
    r"\pdv{x}",
    r"\qty(\frac{a}{(b)})",
    r"\qty[a \qty(b)]",
    r"\qty{a}",
    r"\abs{x} \norm{v}",
    r"\bra{a}\ket{b} \braket{a|b}",
    r"\mel{a}{H}{b}",
    r"\comm{A}{B} \acomm{A}{B}",
    r"\tensor{T}{^\mu_\nu}",
    r"\mathds{1}",
    r"\SI{3}{GeV}",
    r"3\GeV",
    r"x \label{eq:x_1} \nonumber",
    r"\mathcal{L} = \bar\psi(i\slashed{D} - m)\psi",
    r"x = y \tag{1}",
    r"x \quad y \qquad z \! \kern-3mu \rule[-1ex]{0pt}{3ex} \raisebox{0.5ex}{a} \hspace{2cm} b",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
]


@pytest.mark.parametrize("formula", PHYSICS)
def test_formula_of_a_physicist_sets(formula: str):
    assert problems(f"$${formula}$$") == []


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (r"\foo", r"Undefined control sequence: \foo"),
        (r"a_b_c", "Double subscript"),
        (r"\frac{1}{", "Unexpected end of input in a macro argument, expected '}'"),
        (r"\href{https://x.org}{a}", r"\href is not permitted here."),
        (r"\includegraphics{a.png}", r"\includegraphics is not permitted here."),
        (r"\qty(a", r"\qty( has no closing )"),
        (r"\def\a{\a\a}\a", r"\def is not permitted here; write the formula out."),
        (r"\newcommand{\a}{b}", r"\newcommand is not permitted here; write the formula out."),
        (r"\raisebox{-9999em}{x}", "The length -9999em is too large; at most 30em are set."),
        (r"\rule{1em}{40em}", "The length 40em is too large; at most 30em are set."),
        (r"\hspace{-1000mu}", "The length -1000mu is too large; at most 30em are set."),
        (r"\kern301pt x", "The length 301pt is too large; at most 30em are set."),
        (r"\begin{matrix}a\\[-5in]b\end{matrix}", "The length -5in is too large; at most 30em are set."),
        (r"\genfrac{(}{)}{99em}{}{a}{b}", "The length 99em is too large; at most 30em are set."),
        (r"\kern20em" * 11, "The lengths of this formula add up to more than 200em."),
        ("{" * 2400 + "}" * 2400, "The formula is nested too deeply."),
        ("x" * 5001, "The formula is longer than 5000 characters."),
    ],
)
def test_formula_that_does_not_set_is_named_with_its_reason(formula: str, reason: str):
    assert problems(f"a $x$ ${formula}$") == [MathProblem(formula, reason, 7)]


def test_formula_that_takes_too_long_is_told_from_its_neighbours(monkeypatch: pytest.MonkeyPatch):
    problems("$x$")
    monkeypatch.setattr(katex_check, "DEADLINE_SECONDS", 0.1)
    wide = r"\begin{matrix}" + "x&" * 2400 + r"x\end{matrix}"
    assert problems(rf"$\foo$ ${wide}$ $x$") == [
        MathProblem(r"\foo", r"Undefined control sequence: \foo", 1),
        MathProblem(wide, "It takes too much time or memory to set.", 8),
    ]
    assert problems("$x$") == []


def test_interpreter_that_checked_ends(tmp_path):
    """V8 once waited for ever when the interpreter finalised it."""
    code = (
        "import django; django.setup(); from qftapp.prose.katex_check import problems; print(len(problems(r'$\\foo$')))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.returncode) == ("1\n", 0)


def test_missing_bundle_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(katex_check, "BUNDLE", tmp_path / "katex-check.js")
    monkeypatch.setattr(katex_check, "_engine_of_process", katex_check._Engine())
    with pytest.raises(KatexUnavailable, match="run npm run build"):
        problems("$x$")


def test_many_threads_get_their_own_answers():
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: problems(rf"$\foo{'a' * n}$")[0].source, range(40)))
    assert answers == [rf"\foo{'a' * n}" for n in range(40)]


def test_engine_started_where_an_event_loop_runs_serves_that_thread_and_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(katex_check, "_engine_of_process", katex_check._Engine())

    async def ask() -> list[MathProblem]:
        return problems(r"$\foo$")

    # Both in threads of their own: a browser journey may have left a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        here = pool.submit(lambda: asyncio.run(ask())).result(timeout=10)
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(problems, r"$\foo$").result(timeout=10)
    assert here == elsewhere == [MathProblem(r"\foo", r"Undefined control sequence: \foo", 1)]
    katex_check._engine_of_process.close()


def test_forked_child_checks_too():
    problems("$x$")
    child = os.fork()
    if child == 0:
        os._exit(len(problems(r"$\foo$ $x$ $\bar$")))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
