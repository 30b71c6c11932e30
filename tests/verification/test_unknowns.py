"""Unknown functions and matrices: their values, their derivatives, and what contracts and prompts say of them."""

import pytest

from qftapp.verification import Contract, ContractError, Outcome, verify
from qftapp.verification.differentiation import derivative
from qftapp.verification.evaluation import evaluate, working_precision
from qftapp.verification.expressions import parse
from qftapp.verification.points import sample
from qftapp.verification.prompt import requirements
from qftapp.verification.readback import read_back
from qftapp.verification.slopes import Underivable
from qftapp.verification.sources import read_expression
from qftapp.verification.tree import Applied, Variable
from qftapp.verification.values import Scalar
from tests.verification.builders import code, contract, contract_json, symbol

FIELD = [
    symbol("x", "four_vector"),
    symbol("m", "positive"),
    symbol("phi", "function", latex=r"\phi", arguments=["x"]),
]
MATRICES = [symbol("A", "matrix"), symbol("B", "matrix")]


def item(gold: str, symbols: list, kind: str = "expression", **changes) -> Contract:
    return contract(kind=kind, symbols=symbols, gold={"language": "latex", "source": gold}, **changes)


def number(node, point):
    value = evaluate(node, point, 256)
    assert isinstance(value, Scalar)
    return value.ball


def slope(node, name, point, step):
    with working_precision(256):
        above, below = (number(node, {**point, name: point[name] + sign * step}) for sign in (1, -1))
        return complex((above - below) / (2 * step))


SLOPES = [
    "x**3", "sqrt(x)", "exp(-x**2)", "log(x)", "log2(x)", "log10(x)", "sin(x)", "cos(x)", "tan(x)", "cot(x)", "sec(x)",
    "csc(x)", "sinh(x)", "cosh(x)", "tanh(x)", "coth(x)", "sech(x)", "csch(x)", "asin(x/4)", "acos(x/4)", "atan(x)",
    "acot(x)", "asinh(x)", "acosh(1+x)", "atanh(x/4)", "acoth(2+x)", "gamma(x)", "loggamma(x)", "psi(x)", "erf(x)",
    "erfc(x)", "erfi(x)", "Ei(x)", "Si(x)", "Ci(x)", "li(1+x)", "Li2(x/4)", "Li3(x/4)", "polylog(4, x/4)",
    "besselj(2, x)", "bessely(2, x)", "besseli(2, x)", "besselk(2, x)", "ellipk(x/4)", "ellipe(x/4)", "x**x", "2**x",
    "polygamma(2, x)", "log(x, 3)", "x/(1+x)",
]  # fmt: skip


@pytest.mark.parametrize("text", SLOPES)
def test_derivative_is_the_slope(text):
    node, point = parse(text, ["x"]), {"x": 1.375}

    found = complex(number(derivative(node, Variable("x")), point))

    assert found == pytest.approx(slope(node, "x", point, 2.0**-30), rel=1e-12)


def test_derivative_that_is_not_known_is_refused():
    with pytest.raises(Underivable, match="heaviside"):
        derivative(parse("Heaviside(x)", ["x"]), Variable("x"))


def test_derivatives_of_an_unknown_function_are_its_slopes():
    t, f = Variable("t"), Applied("f", (Variable("t"),))
    point = sample(item("f", [symbol("t"), symbol("f", "function", arguments=["t"])]), 1, seed=3)[0]
    for _ in range(4):
        wanted = slope(f, "t", point, 2.0**-30)
        f = Applied("f", (t,), (*f.by, (0, -1)))
        assert complex(number(f, point)) == pytest.approx(wanted, rel=1e-12)


def test_function_keeps_within_its_bounds():
    symbols = [symbol("t"), symbol("f", "function", arguments=["t"], low=1, high=2)]
    gold = item("f", symbols)
    values = [complex(number(Applied("f", (Variable("t"),)), point)).real for point in sample(gold, 30, seed=1)]

    assert 1 < min(values) < 1.4
    assert 1.6 < max(values) < 2


@pytest.mark.parametrize(
    ("domain", "identity"),
    [
        ("hermitian_matrix", r"A^\dagger"),
        ("antihermitian_matrix", r"-A^\dagger"),
        ("unitary_matrix", r"(A^\dagger)^{-1}"),
    ],
)
def test_matrices_have_the_property_they_are_declared_with(domain, identity):
    outcomes = {
        name: verify(item("A", [symbol("A", name)], "tensor"), rf"\boxed{{{identity}}}").outcome
        for name in ("matrix", domain)
    }

    assert outcomes == {"matrix": Outcome.WRONG, domain: Outcome.CORRECT}


def test_different_points_have_matrices_of_different_size():
    gold = item(r"\mathrm{Tr}(A)", [symbol("A", "matrix")])

    assert verify(gold, r"\boxed{\mathrm{Tr}(A^0 A)}").outcome is Outcome.CORRECT
    for size in (3, 4):
        wanted = item(r"\mathrm{Tr}(A^0)\mathrm{Tr}A", [symbol("A", "matrix")])
        assert verify(wanted, rf"\boxed{{{size}\,\mathrm{{Tr}}A}}", seed=1).outcome is Outcome.WRONG


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (r"\nabla\times\phi", "lacks what it derives"),
        (r"\frac{\partial\phi}{\partial y}", "y"),
        (r"\frac{\partial\phi}{\partial x}", "needs an index"),
        (r"\frac{d^2\phi}{dm}", "orders"),
        (r"\frac{\partial m}{\partial x^0}", "does not depend"),
        (r"\phi'(x)", "prime"),
        (r"\phi^{-1}(x)", "inverse"),
        (r"\partial_0", "lacks what it derives"),
        (r"D_\mu\phi", "D_"),
        (r"\partial_0\theta(\phi)", "heaviside"),
    ],
)
def test_what_is_not_read_says_why(answer, words):
    verdict = verify(item(r"\partial_0\phi+m^2\phi", FIELD), rf"\boxed{{{answer}}}")

    assert (verdict.outcome, words in verdict.reason) == (Outcome.UNREADABLE, True), verdict.reason


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (r"\sqrt{A}", "other than a whole one"),
        (r"\sin(A)", "a matrix"),
        (r"A\gamma^0", "act on different things"),
        (r"A+\frac{1}{\sin B}", "a matrix"),
        (r"\mathrm{Tr}(1)A", "what size"),
        ("A^*", "star"),
    ],
)
def test_what_is_not_read_of_matrices_says_why(answer, words):
    verdict = verify(item("AB", MATRICES, "tensor"), rf"\boxed{{{answer}}}")

    assert (verdict.outcome, words in verdict.reason) == (Outcome.UNREADABLE, True), verdict.reason


def test_code_cannot_speak_of_functions():
    verdict = verify(item(r"\phi^2", FIELD), code("def width(x, m, phi):\n    return phi**2"))

    assert verdict.outcome is Outcome.UNREADABLE
    assert "LaTeX" in verdict.reason


def test_prompt_asks_for_a_formula_and_names_the_arguments():
    asked = requirements(item(r"\phi^2m", FIELD))

    assert "`phi` ($\\phi$): an unknown real function of `x`" in asked
    assert "code cannot be the answer" in asked
    assert "def " not in asked


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"symbols": [symbol("f", "function")]}, "symbols.0.arguments", "name the symbols"),
        ({"symbols": [symbol("f", "function", arguments=["y"])]}, "symbols.0.arguments.0", "is not declared"),
        ({"symbols": [symbol("f", "function", arguments=["f"])]}, "symbols.0.arguments.0", "of itself"),
        ({"symbols": [symbol("x"), symbol("y", arguments=["x"])]}, "symbols.1.arguments", "belong to functions"),
        ({"symbols": [symbol("A", "matrix", low=1)]}, "symbols.0.low", "belongs to numbers"),
        ({"symbols": [symbol("A", "matrix", exclude=[1])]}, "symbols.0.exclude", "belongs to numbers"),
        (
            {"symbols": [symbol("A", "matrix"), symbol("f", "function", arguments=["A"])]},
            "symbols.1.arguments.0",
            "arguments are numbers",
        ),
        (
            {"symbols": [symbol("x"), symbol("f", "function", arguments=["x"])], "gold": {"source": "x"}},
            "gold.language",
            "must be latex",
        ),
    ],
)
def test_contract_says_what_is_wrong_with_an_object(changes, path, words):
    gold = {"language": "latex", "source": "f"}
    with pytest.raises(ContractError) as caught:
        Contract.from_json(contract_json(**{"gold": gold, **changes}))

    assert [words in problem.message for problem in caught.value.problems if problem.path == path] == [True]


def test_contract_with_functions_is_its_own_json():
    gold = item(r"\phi^2m", FIELD)

    assert Contract.from_json(gold.to_json()) == gold
    assert "arguments" not in gold.to_json()["symbols"][0]


def test_assumptions_cannot_speak_of_functions():
    with pytest.raises(ContractError, match="phi"):
        item(r"\phi^2", FIELD, assumptions=["phi > 0"])


def test_python_notation_does_not_know_functions():
    with pytest.raises(ValueError, match="phi"):
        read_expression("phi**2", item(r"\phi^2", FIELD))


READ_BACK = [
    (r"\frac12(\partial_\mu\phi)^2", FIELD),
    (r"(\Box+m^2)\phi", FIELD),
    (r"\dot\phi^2-(\nabla\phi)^2", FIELD),
    (r"f'(x)+f''(x)+f^{(5)}(x)+f(2x)", [symbol("x"), symbol("f", "function", arguments=["x"])]),
    (r"\frac{d}{dx}(x^2f)", [symbol("x"), symbol("f", "function", arguments=["x"])]),
    (r"\phi^*\phi", [symbol("x"), symbol("phi", "complex_function", latex=r"\phi", arguments=["x"])]),
    (r"\mathrm{Tr}(A^\dagger B)\det(AB)", MATRICES),
    (r"\sum_{k=0}^{n}x^k", [symbol("x"), symbol("n", "natural")]),
    (r"aa^\dagger a", [symbol("a", "ladder_operator")]),
]


@pytest.mark.parametrize(("answer", "symbols"), READ_BACK)
def test_formula_that_is_read_back_is_right_again(answer, symbols):
    gold = item(answer, symbols)
    ((shown, _),) = read_back(gold, rf"\boxed{{{answer}}}")[0].parts

    assert verify(gold, rf"\boxed{{{shown}}}").outcome is Outcome.CORRECT, shown
