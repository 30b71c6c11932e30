"""What holds on one branch alone is refused whatever the seed, and what holds on all is accepted."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.inference import contract_of

SEEDS = range(30)


def outcomes(gold: str, answer: str, domain: str) -> set[Outcome]:
    contract = contract_of(gold, dict.fromkeys(("x", "y", "z", "n"), domain), beside=rf"\boxed{{{answer}}}")
    return {verify(contract, rf"\boxed{{{answer}}}", seed=seed, with_diagnosis=False).outcome for seed in SEEDS}


@pytest.mark.parametrize(
    ("gold", "answer", "domain"),
    [
        ("z", r"\ln(e^z)", "complex"),
        (r"\ln(x^2 y) - \ln z", r"\ln\frac{x^2 y}{z}", "complex"),
        (r"x\ln y", r"\ln(y^x)", "complex"),
        ("e^{x y}", "(e^x)^y", "complex"),
        ("(-x)^n", "(-1)^n x^n", "complex"),
        (r"(-\cos x)^n", r"(-1)^n (\cos x)^n", "real"),
        (r"\arcsin(\sin z)", "z", "complex"),
    ],
)
def test_identity_of_one_branch_is_refused_at_every_seed(gold: str, answer: str, domain: str) -> None:
    assert outcomes(gold, answer, domain) == {Outcome.WRONG}


@pytest.mark.parametrize(
    ("gold", "answer", "domain"),
    [
        ("z", r"e^{\ln z}", "complex"),
        (r"\sqrt{z}^3", r"z\sqrt{z}", "complex"),
        (r"\ln\sqrt{z}", r"\frac{1}{2}\ln z", "complex"),
        ("x^{-y}", r"\frac{1}{x^y}", "complex"),
        ("z", r"\ln(e^z)", "real"),
        (r"\ln(x^2 y)", r"2\ln x + \ln y", "positive"),
    ],
)
def test_identity_of_every_branch_is_accepted_at_every_seed(gold: str, answer: str, domain: str) -> None:
    assert outcomes(gold, answer, domain) == {Outcome.CORRECT}
