"""Whatever the formula: gold is accepted in any form, altered gold is refused, and the seed decides everything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from qftapp.verification import Outcome, verify
from qftapp.verification.soundness import examine
from tests.verification.builders import contract, expression, symbol

atoms = st.sampled_from(["x", "y", "2", "3", "pi", "sqrt(y)", "exp(-x)", "log(y)", "1/y"])


def _combined(inner):
    return st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} + {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} * {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} - 3*{pair[1]})"),
        inner.map(lambda text: f"({text})**2"),
    )


formulas = st.recursive(atoms, _combined, max_leaves=6).map(lambda text: f"x*y + {text}")
seeds = st.integers(0, 10_000)


def item(source: str):
    return contract(
        symbols=[symbol("x", "positive", low=0.2, high=3), symbol("y", "positive", low=0.2, high=3)],
        gold=expression(source),
    )


def outcome(source: str, answer: str, seed: int) -> Outcome:
    return verify(item(source), f"\\boxed{{{answer}}}", seed=seed).outcome


@given(formulas, seeds)
@settings(max_examples=60, deadline=None)
def test_gold_is_accepted(source, seed):
    assert outcome(source, source, seed) is Outcome.CORRECT


@given(formulas, seeds)
@settings(max_examples=60, deadline=None)
def test_gold_in_another_form_is_accepted(source, seed):
    assert outcome(source, f"(2*({source})**2 + ({source}))/(2*({source}) + 1)", seed) is Outcome.CORRECT


@given(
    formulas,
    st.sampled_from(["-({})", "2*({})", "({})/2", "pi*({})", "({}) + y/10", "({})*x", "({})**2 + 1000", "1"]),
    seeds,
)
@settings(max_examples=100, deadline=None)
def test_altered_gold_is_refused(source, alteration, seed):
    assert outcome(source, alteration.format(source), seed) is Outcome.WRONG


@given(formulas, formulas, seeds)
@settings(max_examples=40, deadline=None)
def test_the_seed_decides_the_verdict(source, answer, seed):
    assert outcome(source, answer, seed) is outcome(source, answer, seed)


@given(formulas, seeds)
@settings(max_examples=40, deadline=None)
def test_examination_of_any_formula_lets_no_factor_pass(source, seed):
    found = {check.code: check.status for check in examine(item(source), seed=seed).checks}
    assert found["finite"] == "pass"
    assert not {"mutant_sign", "mutant_double", "mutant_half", "mutant_pi", "mutant_zero", "mutant_constant"} & set(
        found
    )


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_response_has_a_verdict(response):
    assert verify(item("x*y"), response, seed=1).outcome in Outcome
