"""Whatever the text, it is read or refused with a reason; and what is shown of a reading means what was read."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qftapp.verification import ContractError, latex, tree
from qftapp.verification.evaluation import evaluate
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from qftapp.verification.typesetting import typeset
from qftapp.verification.values import Scalar
from tests.benchmarks.damage import damaged_bytes, damaged_tokens
from tests.verification.builders import contract, expression, symbol
from tests.verification.test_golden import FIELDS, ROWS

ANSWERS = [row["answer"] for row in ROWS]


def read_or_refused(text: str, item) -> None:
    """Read a text as an answer and as gold; anything but a refusal is an error of the reader."""
    for read in (lambda: latex.read(text, item, latex.vocabulary_of(item)), lambda: contract_of(text)):
        try:
            read()
        except (ExpressionError, ContractError) as error:
            assert str(error)


@given(st.sampled_from(ROWS), st.integers(0, 2**32), st.sampled_from((damaged_bytes, damaged_tokens)))
@settings(max_examples=150, deadline=None)
def test_damaged_answer_is_read_or_refused(row, seed, damaged):
    given_fields = {field: row[field] for field in FIELDS if row.get(field)}
    others = () if damaged is damaged_bytes else (ANSWERS,)
    text = damaged(row["answer"].rpartition(r"\boxed{")[2], *others, random.Random(seed))
    read_or_refused(text, contract_of(row["gold"], row["symbols"], **given_fields))


@pytest.mark.parametrize("text", [r"\frac1e400", r"\frac12.5.5", r"\int_0^1\frac{x\,d s\left(", r"\int_0^1 x d x"])
def test_text_that_once_broke_the_reader_does_no_more(text):
    read_or_refused(text, contract())


def test_bare_number_behind_frac_gives_its_first_digit_whatever_follows():
    (reading,) = latex.read(r"\frac1e5", contract(), latex.vocabulary_of(contract()))
    value = evaluate(reading.parts[0], {"m": 1.0, "g": 1.0})
    assert isinstance(value, Scalar)
    assert float(value.ball.real) == pytest.approx(5 / math.e)


SYMBOLS = [
    symbol("m", "positive", latex="m_\\phi"),
    symbol("g", "real"),
    symbol("alpha_s", "positive"),
    symbol("d", "positive"),
    symbol("z", "complex"),
    symbol("p", "four_vector"),
    symbol("q", "four_vector"),
]
ITEM = contract(symbols=SYMBOLS, gold=expression("m*g*alpha_s*d*z*p[0]*q[0]"))
POINTS = (
    {
        "m": 1.25,
        "g": -0.75,
        "alpha_s": 0.5,
        "d": 3.5,
        "z": 0.5 + 1.5j,
        "p": (3.0, 1.0, 0.5, 2.0),
        "q": (2.0, 0.25, 1.0, -1.0),
    },
    {
        "m": 0.5,
        "g": 2.25,
        "alpha_s": 1.75,
        "d": 0.25,
        "z": -1.25 + 0.5j,
        "p": (1.0, -0.5, 2.0, 0.5),
        "q": (4.0, 1.5, -1.0, 0.75),
    },
)
VECTORS = st.sampled_from((tree.Variable("p"), tree.Variable("q"), tree.Sum((tree.Variable("p"), tree.Variable("q")))))
UNARY = (
    "sqrt exp log log10 log1p expm1 sin cos tan cot sech tanh asin atan asinh acoth abs sign conjugate re im arg floor "
    "gamma loggamma zeta psi dilogarithm trilogarithm spence erf heaviside factorial expint_ei expint_e1 airy_ai"
).split()
BINARY = "log atan2 maximum complex quotient power polylog beta binomial rising bessel_j legendre expint zeta".split()
LEAVES = st.one_of(
    st.integers(-12, 12).map(tree.number),
    st.fractions(Fraction(-3), Fraction(3), max_denominator=9).map(tree.number),
    st.sampled_from(("0.125", "1e-7", "250000.5")).map(lambda text: tree.number(Fraction(text))),
    st.sampled_from(("pi", "e", "i", "euler_gamma")).map(tree.Constant),
    st.sampled_from(("m", "g", "alpha_s", "d", "z")).map(tree.Variable),
    st.tuples(st.sampled_from(("p", "q")), st.integers(0, 3)).map(lambda pair: tree.Variable(*pair)),
    st.tuples(VECTORS, VECTORS).map(lambda pair: tree.Call("dot", pair)),
)
EXPONENTS = st.one_of(st.integers(-3, 4).map(tree.number), st.sampled_from((tree.HALF, tree.number(Fraction(-3, 2)))))


def _larger(inner):
    lists = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        lists.map(tree.Sum),
        lists.map(tree.Product),
        st.builds(tree.Power, inner, EXPONENTS),
        st.builds(tree.Power, inner, inner),
        st.builds(lambda name, part: tree.Call(name, (part,)), st.sampled_from(UNARY), inner),
        st.builds(lambda name, *parts: tree.Call(name, parts), st.sampled_from(BINARY), inner, inner),
    )


TREES = st.recursive(LEAVES, _larger, max_leaves=8)


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_tree_written_in_latex_is_read_with_the_same_value(node):
    text = typeset(node, ITEM)
    (reading,) = latex.read(text, ITEM, latex.vocabulary_of(ITEM))
    (again,) = reading.parts
    for point in POINTS:
        before, after = evaluate(node, point), evaluate(again, point)
        assert isinstance(before, Scalar), text
        assert isinstance(after, Scalar), text
        # On a cut, rounding of one form may reach across it: then that ball is not finite.
        are_finite = before.ball.is_finite() and after.ball.is_finite()
        assert not are_finite or before.ball.overlaps(after.ball), text


def test_second_component_is_not_shown_as_the_square():
    component = tree.Variable("p", 2)
    assert typeset(component, ITEM) == r"p^{\mu=2}"
    assert typeset(tree.Power(tree.Variable("p"), tree.number(2)), ITEM) == "p^{2}"


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (tree.Product((tree.number(8), tree.Variable("m"))), r"8 m_\phi"),
        (tree.Call("quotient", (tree.HALF, tree.number(Fraction(3, 8)))), r"\frac{1}{2 \cdot \frac{3}{8}}"),
        (tree.Product((tree.HALF, tree.Power(tree.MINUS_ONE, tree.MINUS_ONE))), r"\frac{1}{2 \left(-1\right)}"),
        (tree.Call("loggamma", (tree.Variable("g"),)), r"\operatorname{loggamma}\left(g\right)"),
    ],
)
def test_what_could_be_read_as_something_else_is_written_otherwise(node, text):
    assert typeset(node, ITEM) == text
