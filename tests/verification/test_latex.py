r"""Reading LaTeX: every row is judged against the same formula in Python notation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qftapp.verification import Outcome, latex, tree, verify
from qftapp.verification.evaluation import evaluate
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from qftapp.verification.latex import matrices
from qftapp.verification.latex.spelling import key_of, latex_of, name_of
from qftapp.verification.latex.tokens import tokenize
from qftapp.verification.values import Scalar
from tests.verification.builders import constant, contract, expression, symbol

SYMBOLS = [
    symbol("alpha", "positive"),
    symbol("s", "positive", low=5, high=9),
    symbol("m_mu", "positive", low=0.5, high=1),
    symbol("x", "positive", low=0.1, high=0.9),
    symbol("k", "real", latex=r"|\vec{k}|"),
    symbol("z", "complex"),
    symbol("t", "real"),
    symbol("phi", "positive"),
]


RESERVED = {
    "e": symbol("e", "positive"),
    "g": symbol("g", "positive"),
    "eps": symbol("eps", "positive", latex=r"\epsilon"),
}


def judged(latex_text: str, python_text: str) -> Outcome:
    """The verdict on a formula in LaTeX where gold is a formula in Python notation."""
    names = set(re.findall(r"[A-Za-z_]\w*", python_text))
    used = [{**s, "decoy": s["name"] not in names} for s in (*SYMBOLS, *RESERVED.values()) if s["name"] in names]
    rest = [{**s, "decoy": True} for s in SYMBOLS if s["name"] not in names]
    item = contract(symbols=used + rest, gold=expression(python_text), constant=not used)
    return verify(item, rf"\boxed{{{latex_text}}}", seed=1).outcome


SAME = [
    # products, fractions, powers
    (r"\frac{4\pi\alpha^2}{3s}", "4*pi*alpha**2/(3*s)"),
    (r"\tfrac43\pi\frac{\alpha^{2}}{s}", "4*pi*alpha**2/(3*s)"),
    (r"\frac12 x", "x/2"),
    (r"x^10", "x**10"),
    (r"x^{-1/2}", "x**(-1/2)"),
    (r"2^{x+1}", "2**(x + 1)"),
    (r"\sqrt[3]{x}\,\sqrt s", "x**(1/3)*sqrt(s)"),
    (r"x\cdot s\times\alpha", "x*s*alpha"),
    (r"\left(1-\frac{4m_\mu^2}{s}\right)^{3/2}", "(1 - 4*m_mu**2/s)**(3/2)"),
    (r"\Bigl[1-x\Bigr]\{1+x\}", "(1 - x)*(1 + x)"),
    (r"1.5\times10^{-3}x", "0.0015*x"),
    (r"1.5e-3\,x", "0.0015*x"),
    (r"x/s/\alpha", "x/s/alpha"),
    (r"-x^2", "-x**2"),
    (r"x - -1", "x + 1"),
    (r"\sum_{n=1}^{3} x^n", "x + x**2 + x**3"),
    (r"\prod_{j=0}^{2}(x+j)", "x*(x + 1)*(x + 2)"),
    (r"2\frac{1}{2}+x", "x + 5/2"),
    (r"50\%x", "x/2"),
    # spellings of symbols
    (r"m_{\mu}^2", "m_mu**2"),
    (r"m^2_\mu", "m_mu**2"),
    (r"m_{\mathrm{\mu}}^{2}", "m_mu**2"),
    (r"m_mu**2", "m_mu**2"),
    (r"|\vec k|^2", "k**2"),
    (r"\lvert\vec{k}\rvert^2", "k**2"),
    (r"\varphi^2", "phi**2"),
    ("α²/s", "alpha**2/s"),
    (r"alpha^2/s", "alpha**2/s"),
    # functions
    (r"\sin 2x", "sin(2*x)"),
    (r"\sin^2 x", "sin(x)**2"),
    (r"\sin^22x", "sin(2*x)**2"),
    (r"\sin^{-1}x", "asin(x)"),
    (r"\cos x\sin s", "cos(x)*sin(s)"),
    (r"\sin xs", "sin(x*s)"),
    (r"\sin\alpha x", "sin(alpha*x)"),
    (r"\sin x\,s", "sin(x)*s"),
    (r"\sin(x)s", "sin(x)*s"),
    (r"\ln\frac{s}{x}", "log(s/x)"),
    (r"\log x", "log(x)"),
    (r"\log_{10}x", "log10(x)"),
    (r"\ln^2\left(\frac s{m_\mu^2}\right)", "log(s/m_mu**2)**2"),
    (r"\ln|t|", "log(abs(t))"),
    (r"\exp\left[-x\right]", "exp(-x)"),
    (r"e^{-x}", "exp(-x)"),
    (r"\mathrm{Li}_2(x)", "polylog(2, x)"),
    (r"\operatorname{Li}_{2}\left(1-x\right)", "polylog(2, 1 - x)"),
    (r"\Gamma(1+x)", "gamma(1 + x)"),
    (r"\zeta(3)x", "zeta(3)*x"),
    (r"\psi(x)+\gamma_E", "digamma(x) + EulerGamma"),
    (r"\psi^{(1)}(x)", "polygamma(1, x)"),
    (r"J_0(x)K_1(s)", "besselj(0, x)*besselk(1, s)"),
    (r"{}_2F_1(1,2;3;x)", "hyp2f1(1, 2, 3, x)"),
    (r"\left(x\right)_3", "rf(x, 3)"),
    (r"\binom{5}{2}x", "10*x"),
    (r"4!\,x", "24*x"),
    (r"\theta(t)e^{-x}", "Heaviside(t)*exp(-x)"),
    (r"\begin{cases}e^{-x}&t>0\\0&\text{otherwise}\end{cases}", "Heaviside(t)*exp(-x)"),
    (r"t\,\mathrm{sgn}(t)", "abs(t)"),
    (r"\frac{|t|}{2}", "abs(t)/2"),
    (r"\max(x,s)", "s"),
    (r"\arctan\frac{x}{s}", "atan(x/s)"),
    (r"\det\begin{pmatrix}x&1\\1&s\end{pmatrix}", "x*s - 1"),
    (r"\lfloor s\rfloor-\lfloor s\rfloor+x", "x"),
    # complex numbers
    (r"i z", "I*z"),
    (r"\mathrm{i}z", "I*z"),
    (r"z^*", "conjugate(z)"),
    (r"\bar z z", "abs(z)**2"),
    (r"\overline{z+i}", "conjugate(z) - I"),
    (r"\mathrm{Re}\,z+i\,\Im(z)", "z"),
    (r"|z|^2", "abs(z)**2"),
    # constants and what follows from conventions
    (r"\frac{e^4}{16\pi^2 s}", "alpha**2/s"),
    (r"\frac{g^2e}{4\pi}", "g**2*e/(4*pi)"),
    (r"\frac{1}{\epsilon}+\ln x+\mathcal{O}(\epsilon)", "1/eps + log(x)"),
    (r"\frac{1}{\varepsilon}-\gamma_E+\ln4\pi", "1/eps - EulerGamma + log(4*pi)"),
    # names, chains and remarks around the answer
    (r"\sigma=\frac{\alpha^2}{s}", "alpha**2/s"),
    (r"\sigma(e^+e^-\to\mu^+\mu^-)=\frac{\alpha^2}{s}", "alpha**2/s"),
    (r"V(x)=\alpha x=x\alpha", "alpha*x"),
    (r"a=\frac{g-2}{2}=\alpha x", "alpha*x"),
    (r"\frac{\alpha}{2\pi}\approx 0.3\alpha", "alpha/(2*pi)"),
    (r"\approx x^2", "x**2"),
    (r"\sqrt s-x,\qquad s>4m_\mu^2", "sqrt(s) - x"),
    (r"\sqrt s-x\quad\text{for } s>4m_\mu^2", "sqrt(s) - x"),
    (r"x^2.", "x**2"),
]


@pytest.mark.parametrize(("text", "meaning"), SAME)
def test_formula_is_read_as_it_is_meant(text, meaning):
    assert judged(text, meaning) is Outcome.CORRECT


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"m_\mu^2", "m_mu"),
        (r"\sin^2x", "sin(x**2)"),
        (r"x^{2}/s=x/s", "x**2/s"),
        (r"M_\mu^2+0", "m_mu**2"),
        (r"43=42", "x"),
        (r"\log_{10}x", "log(x)"),
        (r"\begin{cases}1&t>0\\-1&t<0\end{cases}", "abs(t)"),
    ],
)
def test_another_formula_is_not_taken_for_it(text, meaning):
    assert judged(text, meaning) is not Outcome.CORRECT


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("1/2x", "x/2", "1/(2*x)"),
        (r"\cos x/2", "cos(x)/2", "cos(x/2)"),
        (r"2\frac13x", "2*x/3", "7*x/3"),
    ],
)
def test_text_with_two_readings_is_no_wrong_answer(text, first, second):
    assert judged(text, first) is Outcome.UNREADABLE
    assert judged(text, second) is Outcome.UNREADABLE
    assert judged(text, "x**7") is Outcome.WRONG


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"y^2", "“y” is not a declared symbol"),
        (r"x_1", "“x_1” is not a declared symbol"),
        (r"f(x)", "“f” is not a declared symbol"),
        (r"\frac{x}{", "the braces do not balance"),
        (r"\left(x+1", "“)” is missing before the end"),
        (r"\sqrt", "ends too early"),
        (r"x+\alpha-", "ends too early"),
        (r"\frac{\partial x}{\partial s}", "does not depend on"),
        (r"\int x", "an integral lacks its dx"),
        (r"\int_0^1 x", "an integral lacks its dx"),
        (r"\sum_{n=1}^s x^n", "must be declared integers"),
        (r"\pm x", "± gives two answers where one is asked for"),
        (r"F^{\mu\nu}x", "“F” is not a declared symbol"),
        (r"x^{\mu\nu}", "carries Lorentz indices"),
        (r"\begin{tikzpicture}x\end{tikzpicture}", "the environment tikzpicture is not read here"),
        (r"\begin{pmatrix}1&2\\3\end{pmatrix}", "differ in length"),
        (r"\mathrm{Foo}(x)", "“Foo” is not a declared symbol"),
        ("x" * 10_001, "too long"),
        ("(" * 70 + "x" + ")" * 70, "nested more than"),
        ("9" * 301, "more than 300 digits"),
        (r"10^{10^{10^{10}}}x+y", "“y” is not a declared symbol"),
    ],
)
def test_what_cannot_be_read_says_why(text, words):
    item = contract(symbols=SYMBOLS, gold=expression("x*alpha*s*m_mu*k*z*t*phi"))
    verdict = verify(item, rf"\boxed{{{text}}}" if text.count("{") == text.count("}") else f"${text}$")
    assert verdict.outcome is Outcome.UNREADABLE
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("389.4 pb", Outcome.CORRECT),
        (r"0.3894\,\mathrm{nb}", Outcome.CORRECT),
        (r"3.894\times10^{-34}\ \mathrm{cm}^2", Outcome.CORRECT),
        (r"10^{-6}\,\mathrm{GeV}^{-2}", Outcome.CORRECT),
        (r"10^{-12}\,\text{MeV}^{-2}", Outcome.CORRECT),
        (r"\sigma = 389.4\ \mathrm{pb}", Outcome.CORRECT),
        (r"389.4\,\mathrm{fb}", Outcome.WRONG),
        (r"389.4\,\mathrm{GeV}", Outcome.WRONG),
        (r"10^{-6}\,(\mathrm{GeV}/c^2)^{-2}", Outcome.CORRECT),
        ("389.4", Outcome.WRONG),
        (r"389.4\,\mathrm{furlong}", Outcome.UNREADABLE),
    ],
)
def test_units_are_converted(answer, outcome):
    item = constant("389.379", unit="pb", tolerance={"kind": "relative", "value": 1e-3})
    assert verify(item, rf"\boxed{{{answer}}}").outcome is outcome


def test_unit_of_a_gold_without_one_is_passed_over():
    assert verify(constant("125.25"), r"\boxed{125.25\,\text{GeV}}").outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("1,234,567.5", Outcome.CORRECT),
        ("1{,}234{,}567.5", Outcome.CORRECT),
        ("1234567,5", Outcome.CORRECT),
        ("1\\,234\\,567.5", Outcome.CORRECT),
        ("1,234", Outcome.WRONG),
        ("1.2.3", Outcome.UNREADABLE),
    ],
)
def test_commas_in_a_number(answer, outcome):
    assert verify(constant("1234567.5"), rf"\boxed{{{answer}}}").outcome is outcome


@pytest.mark.parametrize("name", ["m_mu", "alpha_s", "Lambda", "G_F", "x1", "eta", "theta_W", "m_eff"])
def test_python_names_find_their_latex(name):
    spelled = key_of(latex_of(name))
    assert spelled
    assert name_of(spelled).replace("_", "") == name.replace("_", "")


@given(st.text(alphabet=r"\{}^_()[]|&$abxπμ²012.,=+-*/' " + "\n", max_size=60))
def test_any_text_is_read_or_refused(text):
    item = contract(symbols=SYMBOLS, gold=expression("x*alpha*s*m_mu*k*z*t*phi"))
    try:
        latex.read(text, item, latex.vocabulary_of(item))
    except ExpressionError as error:
        assert str(error)


@given(st.lists(st.sampled_from(["x", r"\alpha", r"\frac", "{", "}", "^", "_", "2", r"\sin", "(", ")", r"\int", "d",
                                 r"\sum", "=", r"\left|", r"\right|", r"\begin{pmatrix}", r"\end{pmatrix}", "&", r"\\",
                                 r"\pm", "+", r"\mu", r"\gamma", r"\not", "/", r"\text{ or }", r"\sqrt", "[", "]"]),
                max_size=25))  # fmt: skip
def test_any_commands_are_read_or_refused(parts):
    item = contract(symbols=SYMBOLS, gold=expression("x*alpha*s*m_mu*k*z*t*phi"))
    try:
        latex.read(" ".join(parts), item, latex.vocabulary_of(item))
    except ExpressionError as error:
        assert str(error)


@pytest.mark.parametrize(
    "hostile", ["{" * 3000, "^" * 3000, "(" * 3000, "\\left(" * 1500, "-" * 9000, "|" * 3000, "\\sin" * 2000]
)
def test_hostile_text_is_refused_at_once(hostile):
    with pytest.raises(ExpressionError):
        latex.read(hostile, contract(), latex.vocabulary_of(contract()))


def test_tokens_keep_what_matters_of_spaces():
    tokens = tokenize(r"a b\,c d")
    assert [(token.text, token.is_glued, token.is_apart) for token in tokens] == [
        ("a", False, False),
        ("b", False, False),
        ("c", False, True),
        ("d", False, False),
    ]


@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        (r"-gf^{abc}", r"-f^{abc}g", Outcome.CORRECT),
        (r"-gf^{abc}", r"-gf^{bac}", Outcome.UNREADABLE),
        (r"gF^{\mu\nu}", r"gF^{\nu\mu}", Outcome.UNREADABLE),
        (r"x^{ab}", r"(x^a)^b", Outcome.CORRECT),
        (r"\frac{\beta}{1+e^{\beta\omega}}", r"\frac{\beta e^{-\beta\omega}}{1+e^{-\beta\omega}}", Outcome.CORRECT),
        (r"\frac{i(\not p+m)}{p^2-m^2}", r"\frac{i(\gamma\cdot p+m)}{p^2-m^2}", Outcome.CORRECT),
        (r"(p_1\cdot p_2)^2", r"p_1^\mu p_{2\mu} p_1^\nu p_{2\nu}", Outcome.CORRECT),
        (r"(p_1\cdot p_2)^2", r"p_1^2p_2^2", Outcome.WRONG),
        (r"\frac{-ig^{\mu\nu}}{q^2}", r"\frac{-ig_{\mu\nu}}{q^2}", Outcome.WRONG),
        (r"p^{\mu}q^{\nu}", r"p^{\alpha}q^{\beta}", Outcome.UNREADABLE),
    ],
)
def test_indices_are_told_from_exponents(gold, answer, outcome):
    assert verify(contract_of(gold), rf"\boxed{{{answer}}}", seed=1).outcome is outcome


def test_function_of_a_matrix_is_undefined_and_breaks_nothing():
    matrix = tree.Group("list", (tree.Group("list", (tree.ONE,)),))
    value = evaluate(tree.Call("conjugate", (matrix,)), {})
    assert isinstance(value, Scalar)
    assert not value.is_finite


def test_symbolic_power_of_a_matrix_has_a_limit():
    with pytest.raises(ExpressionError, match="too high"):
        matrices.power(tree.Group("list", (tree.Group("list", (tree.Variable("x"),)),)), tree.number(9))
