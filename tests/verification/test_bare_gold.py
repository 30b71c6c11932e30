"""What a bare gold says of its symbols, and bars that may open or close."""

import pytest

from qftapp.verification import Outcome, evidence, verify
from qftapp.verification.inference import contract_of


def outcome(gold: str, answer: str, domains: dict[str, str] | None = None) -> Outcome:
    return verify(contract_of(gold, domains, beside=rf"\boxed{{{answer}}}"), rf"\boxed{{{answer}}}", seed=1).outcome


@pytest.mark.parametrize(
    ("gold", "answer", "wanted"),
    [
        ("|xy|", "||x||y||", Outcome.CORRECT),
        ("|x|+|y|", "||x|+|y||", Outcome.CORRECT),
        ("|x|+y", "||x|+|y||", Outcome.WRONG),
        ("|x||y||z|", "|x|y||z||", Outcome.WRONG),
        ("||x|-|y||", r"\left||x|-|y|\right|", Outcome.CORRECT),
    ],
)
def test_bars_are_paired_so_that_all_have_partners(gold, answer, wanted):
    assert outcome(gold, answer, dict.fromkeys("xyz", "real")) is wanted


@pytest.mark.parametrize(
    ("gold", "answer", "wanted"),
    [
        (r"\sum_{k=0}^{n} k", r"\frac{n(n+1)}{2}", Outcome.CORRECT),
        (r"\sum_{k=0}^{n} k", r"\frac{n^2}{2}", Outcome.WRONG),
        (r"\frac{d}{dx}\tan x", r"\frac{1}{\cos^2 x}", Outcome.CORRECT),
        (r"\frac{d}{d x} f{\left(x \right)}", "f'(x)", Outcome.CORRECT),
        (r"\frac{d}{d x} f{\left(x \right)}", "f(x)", Outcome.WRONG),
        (
            r"\frac{d\sigma}{d\Omega} = \frac{\alpha^2}{s}",
            r"\frac{d\sigma}{d\Omega} = \frac{\alpha^2}{2s}",
            Outcome.WRONG,
        ),
        (
            r"\frac{d\sigma}{d\Omega} = \frac{\alpha^2}{s}",
            r"\frac{d\sigma}{d\Omega} = \alpha^2 s^{-1}",
            Outcome.CORRECT,
        ),
    ],
)
def test_bare_gold_says_what_its_letters_are(gold, answer, wanted):
    assert outcome(gold, answer) is wanted


def test_letters_that_bound_a_sum_are_whole_numbers():
    assert evidence.whole_numbers(r"\sum_{k=1}^{n} \prod_{j=a}^{k} x") == ["a", "n"]


def test_letters_before_a_bracket_are_functions_only_where_something_is_derived():
    assert evidence.functions("f(x)") == {}
    assert evidence.functions(r"\frac{d}{dx}f(x)") == {"f": "x"}


def test_abbreviations_that_grow_by_each_other_are_refused():
    names = "abcdefhjklmnopqrstuvwyzABCDEFGHJKLMNOPQRSTUVWXYZ"
    doubled = ", ".join(f"{new} = {old}+{old}+x" for old, new in zip("x" + names, names, strict=False))
    verdict = verify(contract_of("x"), rf"\boxed{{{names[-1]}, \text{{ where }} {doubled}}}", seed=1)
    assert verdict.outcome is Outcome.UNREADABLE
