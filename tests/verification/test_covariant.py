"""Covariant derivatives of scalar fields, by the sign that the contract states."""

import pytest

from qftapp.verification import Contract, ContractError, Outcome, verify


def outcome(gold: str, answer: str, *, convention: str = "minus_ig", kind: str = "expression") -> Outcome:
    declared = (
        ("x", "x", "four_vector", []),
        ("g", "g", "positive", []),
        ("m", "m", "positive", []),
        ("phi", r"\phi", "complex_function", ["x"]),
        ("A", "A", "vector_function", ["x"]),
    )
    symbols = [
        {"name": name, "latex": latex, "domain": domain, "low": None, "high": None, "decoy": False}
        | ({"arguments": arguments} if arguments else {})
        for name, latex, domain, arguments in declared
    ]
    contract = Contract.from_json(
        {
            "schema": 1,
            "kind": kind,
            "entry_point": "answer",
            "gold": {"language": "latex", "source": gold},
            "symbols": symbols,
            "conventions": {"covariant_derivative": convention},
        }
    )
    return verify(contract, rf"\boxed{{{answer}}}", seed=1, deadline_seconds=60).outcome


LAGRANGIAN = r"|D_\mu\phi|^2-m^2|\phi|^2"
CURRENT = r"ig A_\mu(\phi^*\partial^\mu\phi-\phi\,\partial^\mu\phi^*)"
REST = r"\partial_\mu\phi^*\partial^\mu\phi+g^2A_\mu A^\mu|\phi|^2-m^2|\phi|^2"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (r"(D_\mu\phi)^*(D^\mu\phi)-m^2\phi^*\phi", Outcome.CORRECT),
        (r"D_\mu\phi^*\,D^\mu\phi-m^2\phi^*\phi", Outcome.CORRECT),
        (rf"{REST}+{CURRENT}", Outcome.CORRECT),
        (rf"{REST}-{CURRENT}", Outcome.WRONG),
    ],
)
def test_kinetic_term_of_a_charged_field_is_written_out(answer, wanted):
    assert outcome(LAGRANGIAN, answer) is wanted


def test_convention_decides_the_sign():
    assert outcome(LAGRANGIAN, f"{REST}-{CURRENT}", convention="plus_ig") is Outcome.CORRECT
    assert outcome(LAGRANGIAN, f"{REST}+{CURRENT}", convention="plus_ig") is Outcome.WRONG


@pytest.mark.parametrize(("convention", "sign"), [("minus_ig", "-"), ("plus_ig", "")])
def test_commutator_is_the_field_strength(convention, sign):
    commutator = r"D_\mu D_\nu\phi-D_\nu D_\mu\phi"
    wanted, other = rf"{sign}igF_{{\mu\nu}}\phi", rf"{'' if sign else '-'}igF_{{\mu\nu}}\phi"
    assert outcome(wanted, commutator, convention=convention, kind="tensor") is Outcome.CORRECT
    assert outcome(other, commutator, convention=convention, kind="tensor") is Outcome.WRONG


def test_square_is_the_sum_over_components():
    assert outcome(r"D_\mu D^\mu\phi+m^2\phi", r"(D^2+m^2)\phi") is Outcome.CORRECT


def test_neutral_products_have_plain_derivatives():
    assert outcome(r"\partial_\mu(\phi^*\phi)", r"D_\mu(\phi^*\phi)", kind="tensor") is Outcome.CORRECT
    assert outcome(r"D_\mu\phi", r"D_\mu(\phi+\phi^*)", kind="tensor") is Outcome.UNREADABLE


def test_without_a_convention_nothing_is_read():
    with pytest.raises(ContractError):
        outcome(LAGRANGIAN, LAGRANGIAN, convention="")
