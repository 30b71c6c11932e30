"""How an answer was read: the formula shown is the answer, which the verifier reads as the same again."""

import pytest

from qftapp.prose.katex_check import problems
from qftapp.verification import Outcome, verify
from qftapp.verification.readback import Readback, read_back
from tests.verification.builders import code, constant, contract, expression, symbol

SYMBOLS = [symbol("m", "positive", latex="m_\\phi"), symbol("g", "positive"), symbol("alpha_s", "positive")]
GOLDS = [
    "g**2/(16*pi*m)",
    "-(g - m)/2 - m",
    "-sin(g)**2/2 + exp(-m**2/2)",
    "sqrt(g**2 + m**2)/(m*g*alpha_s)",
    "(-m)**2*(g + 1)**(g/2)",
    "1/(1/m + 1/g)",
    "0.00012345*m + 7*g/3",
    "log(m/g)**2 + atan(m) + abs(g - m)",
    "polylog(2, -m) + zeta(3) + gamma(g + 1)",
    "2**3*3*m + 2**g",
    "1/(2*pi)",
    "m + 0*g",
]


@pytest.mark.parametrize("gold", GOLDS)
def test_formula_that_is_shown_means_what_was_read(gold):
    item = contract(symbols=SYMBOLS, gold=expression(gold))
    (reading,) = read_back(item, gold)
    ((latex, text),) = reading.parts

    assert problems(f"${latex}$") == []
    assert verify(item, rf"\boxed{{{latex}}}").outcome is Outcome.CORRECT
    assert verify(item, text).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("answer", "latex"),
    [
        (r"\frac{g^2}{16\pi m_\phi}", r"\frac{g^{2}}{16 \pi m_\phi}"),
        (r"-\frac{\alpha_s}{2}", r"-\frac{\alpha_{s}}{2}"),
        (r"\sin^2 g", r"\left(\sin\left(g\right)\right)^{2}"),
        (r"\begin{pmatrix}1&0\\0&g\end{pmatrix}", r"\begin{pmatrix} 1 & 0 \\ 0 & g \end{pmatrix}"),
        (r"\{g,-g\}", r"\left\{g, -g\right\}"),
        (r"3\,\mathrm{GeV}", "3"),
    ],
)
def test_answer_is_shown_with_the_symbols_of_the_contract(answer, latex):
    (reading,) = read_back(contract(symbols=SYMBOLS), answer)

    assert [part[0] for part in reading.parts] == [latex]


@pytest.mark.parametrize(
    ("answer", "latex"),
    [
        (r"\lim_{x \to 0} \frac{\sin gx}{x}", r"\lim_{x \to 0} \frac{\sin\left(g x\right)}{x}"),
        (r"\lim_{n\to\infty}\frac{gn^2+1}{n^2}", r"\lim_{x \to \infty} \frac{g x^{2} + 1}{x^{2}}"),
        (r"\lim_{x\to g^+} x", r"\lim_{x \to g^{+}} x"),
        (
            r"\lim_{y\to m_\phi}\frac{y^2-m_\phi^2}{y-m_\phi}",
            r"\lim_{x \to m_\phi} \frac{x^{2} - m_\phi^{2}}{x - m_\phi}",
        ),
        (r"\sum_{n=0}^\infty \frac{g}{2^n}", r"\frac{g}{2^{0}} + \frac{g}{2^{1}} + \frac{g}{2^{2}} + \cdots"),
    ],
)
def test_limit_is_shown_as_one(answer, latex):
    (reading,) = read_back(contract(symbols=SYMBOLS), rf"\boxed{{{answer}}}")

    assert reading.parts[0][0] == latex
    assert problems(f"${latex}$") == []


def test_every_part_of_a_chain_and_every_reading_is_shown():
    (chain,) = read_back(contract(), r"\frac{g^2}{16\pi m}=\frac{g\cdot g}{16\pi m}")
    two = read_back(contract(), r"1/2\pi")

    assert [latex for latex, _ in chain.parts] == [r"\frac{g^{2}}{16 \pi m}", r"\frac{g g}{16 \pi m}"]
    assert [reading.parts[0][0] for reading in two] == [r"\frac{\pi}{2}", r"\frac{1}{2 \pi}"]


def test_code_is_shown_as_it_stands():
    source = "def width(m, g):\n    return g"

    assert read_back(contract(), code(source)) == (Readback((("", source + "\n"),)),)


@pytest.mark.parametrize("answer", ["", "I do not know.", "g^2 /", r"\boxed{1} \boxed{2}", r"\frac{g}{M}"])
def test_what_cannot_be_read_has_no_reading(answer):
    assert read_back(contract(), answer) == ()


def test_label_cannot_bring_commands_into_the_formula():
    item = constant("odd", "label", labels=["odd", "even"])
    (reading,) = read_back(item, r"\boxed{\href{javascript:1}{x} $^_&#%~}")
    ((latex, _),) = reading.parts

    assert latex == r"\text{ href javascript:1  x    \_\&\#\% }"
    assert problems(f"${latex}$") == []


def test_formula_too_long_to_show_is_left_to_its_text():
    answer = "+".join(["g**2"] * 900)
    (reading,) = read_back(contract(), answer)

    assert reading.parts[0][0] == ""
    assert reading.parts[0][1].startswith("(g**2 + g**2")
