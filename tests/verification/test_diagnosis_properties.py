"""What holds of the diagnosis of any formula: a known error is named, and nothing breaks it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from qftapp.verification import Outcome, verify
from qftapp.verification.diagnosis import CODES
from qftapp.verification.diagnosis.normal import normal
from qftapp.verification.evaluation import evaluate
from qftapp.verification.points import sample
from qftapp.verification.sources import read_expression
from qftapp.verification.values import Scalar
from tests.verification.diagnosed import item

atoms = st.sampled_from(["x", "y", "m", "2", "3", "pi", "sqrt(y)", "exp(-x)", "log(y + 1)", "1/(x + m)"])


formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} + {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} * {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} - 3*{pair[1]})"),
        inner.map(lambda text: f"({text})**2"),
    ),
    max_leaves=5,
)


seeds = st.integers(0, 10_000)


# A sum of x²y and something else: it varies, and is 0 at no point that is likely to be drawn.
varying = formulas.map(lambda text: f"x**2*y + {text}")


KNOWN_ERRORS = [
    ("-({})", {"sign"}),
    ("2*({})", {"factor"}),
    ("({})/(16*pi**2)", {"factor"}),
    ("pi*({})", {"power_of_pi"}),
    ("I*({})", {"factor_i"}),
    ("({})*m", {"missing_power"}),
    ("({})*x**2/m", {"missing_power"}),
    # A term too many, or one that stands in gold and has another factor now; m = x for gold's symbols.
    ("({}) + y**3*x/(m + 5)", {"extra_term", "term_factor", "dropped_term"}),
    ("1/({})", {"inverse"}),
    ("0*({})", {"zero"}),
]


@given(varying, st.sampled_from(KNOWN_ERRORS), seeds)
@settings(max_examples=120, deadline=None)
def test_known_error_in_any_formula_is_named(gold, error, seed):
    alteration, codes = error
    answer = alteration.format(gold)
    contract_ = item(gold, also="xym")
    verdict = verify(contract_, f"\\boxed{{{answer}}}", seed=seed)
    assert verdict.outcome is Outcome.WRONG
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.code in codes


@given(formulas, formulas, formulas, seeds)
@settings(max_examples=80, deadline=None)
def test_term_that_is_dropped_or_turned_is_named(first, second, third, seed):
    """Terms may cancel or repeat each other: then the difference is told in another true way."""
    gold = f"x**2*y + ({first})*m + ({second})/y + {third}"
    for answer in (f"x**2*y + ({first})*m + {third}", f"x**2*y + ({first})*m - ({second})/y + {third}"):
        verdict = verify(item(gold, also="xym"), f"\\boxed{{{answer}}}", seed=seed)
        if verdict.outcome is Outcome.WRONG:
            assert verdict.diagnosis is not None
            assert verdict.diagnosis.code in {"dropped_term", "term_sign", "term_factor", "extra_term"}


@given(formulas, seeds)
@settings(max_examples=80, deadline=None)
def test_exchanged_symbols_are_named(text, seed):
    gold = f"x**3*y + 2*y/x + {text}"
    answer = gold.replace("x", "#").replace("y", "x").replace("#", "y").replace("eyp", "exp")
    verdict = verify(item(gold, also="xym"), f"\\boxed{{{answer}}}", seed=seed)
    assert verdict.outcome is Outcome.WRONG
    assert verdict.diagnosis.code == "swapped_symbols"
    assert verdict.diagnosis.words == "x and y are exchanged"


@given(formulas, seeds)
@settings(max_examples=100, deadline=None)
def test_normal_form_has_the_same_value(text, seed):
    contract_ = item(f"x*y*m + {text}")
    node = read_expression(contract_.gold.source, contract_)
    for point in sample(contract_, 3, seed):
        before, after = evaluate(node, point), evaluate(normal(node), point)
        assert isinstance(before, Scalar)
        assert isinstance(after, Scalar)
        assert before.ball.overlaps(after.ball)


@given(varying, varying, seeds)
@settings(max_examples=80, deadline=None)
def test_any_two_formulas_are_compared_without_failing(gold, answer, seed):
    verdict = verify(item(gold, also="xym"), f"\\boxed{{{answer}}}", seed=seed)
    assert verdict.diagnosis is None or verdict.diagnosis.code in CODES
    assert verdict.outcome is Outcome.WRONG or verdict.diagnosis is None
