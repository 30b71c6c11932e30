"""Tensors of colour and Pauli matrices: identities that every physicist knows, by components."""

import itertools

import pytest
from flint import acb, ctx

from qftapp.verification import Contract, ContractError, Outcome, tree, verify
from qftapp.verification.conventions import Conventions
from qftapp.verification.inference import contract_of
from qftapp.verification.lorentz import IndexFault, Spacetime, Tensor, character
from qftapp.verification.lorentz.tensors import product
from qftapp.verification.tree import COLOUR, Index, Indexed

GROUPS = {"su2": 2, "su3": 3}


def on(group: str, name: str, letters: str) -> Tensor | acb:
    spacetime = Spacetime.of(Conventions(gauge_group=group))
    indices = tuple(Index(f"{COLOUR}{letter}", is_upper=True) for letter in letters)
    return spacetime.indexed(spacetime.named[name], indices)


def outcome(gold: str, answer: str, group: str, kind: str = "tensor") -> Outcome:
    contract = contract_of(gold, kind=kind, conventions={"gauge_group": group})
    return verify(contract, rf"\boxed{{{answer}}}", seed=1).outcome


def is_zero(tensor: Tensor | acb) -> bool:
    balls = tensor.entries.values() if isinstance(tensor, Tensor) else [tensor]
    return all(ball.contains(0) and float(abs(ball).upper()) < 1e-12 for ball in balls)


@pytest.mark.parametrize("group", GROUPS)
def test_structure_constants_obey_the_jacobi_identity(group):
    def term(*triples: str) -> Tensor | acb:
        return product([on(group, "structure", letters) for letters in triples])

    total = term("abe", "cde") + term("bce", "ade") + term("cae", "bde")
    assert is_zero(total)


@pytest.mark.parametrize("group", GROUPS)
def test_structure_constants_are_antisymmetric_and_the_others_symmetric(group):
    for permutation in itertools.permutations("abc"):
        letters = "".join(permutation)
        sign = acb(1 if letters in ("abc", "bca", "cab") else -1)
        assert is_zero(on(group, "structure", "abc") + on(group, "structure", letters).times(-sign))
        assert is_zero(on(group, "symmetric", "abc") + on(group, "symmetric", letters).times(acb(-1)))


@pytest.mark.parametrize(("group", "size"), GROUPS.items())
def test_generators_are_traceless_and_normalised_to_a_half(group, size):
    found = product([on(group, "generator_entry", "aij"), on(group, "generator_entry", "bji")])
    wanted = on(group, "adjoint_delta", "ab").times(acb(-1) / 2)
    assert is_zero(found + wanted)
    assert is_zero(product([on(group, "generator_entry", "aij"), on(group, "fundamental_delta", "ij")]))
    assert product([on(group, "adjoint_delta", "ab"), on(group, "adjoint_delta", "ab")]) == size**2 - 1


def test_components_are_exact_at_every_precision():
    with ctx.workprec(600):
        eighth = on("su3", "generator_entry", "811")
        assert isinstance(eighth, acb)
        assert abs(12 * eighth**2 - 1) < 1e-150


@pytest.mark.parametrize(
    ("gold", "answer", "wanted"),
    [
        (r"f^{abc}", r"f^{bca}", Outcome.CORRECT),
        (r"f^{abc}", r"f^{acb}", Outcome.WRONG),
        (r"f^{abc}", r"d^{abc}", Outcome.WRONG),
        (r"\lambda^8", r"\frac{1}{\sqrt3}\mathrm{diag}(1, 1, -2)", Outcome.CORRECT),
        (r"\lambda^8", r"\lambda^3", Outcome.WRONG),
        (r"\delta^{aa}", "8", Outcome.CORRECT),
        (r"T^a", r"(T^a)^\dagger", Outcome.CORRECT),
        (r"T^a", r"\mathrm{Tr}(T^a\not p)", Outcome.UNREADABLE),
        (r"T^a", "T^i", Outcome.UNREADABLE),
        (r"T^a", r"\frac{T^2}{2}", Outcome.UNREADABLE),
        (r"T^aT^a", "C_F", Outcome.CORRECT),
        (r"f^{abc}T^c", "0", Outcome.WRONG),
    ],
)
def test_answer_in_colour_is_read_by_the_group_of_the_contract(gold, answer, wanted):
    assert outcome(gold, answer, "su3") is wanted


def test_matrices_of_colour_and_gamma_matrices_are_not_multiplied():
    index = (Index(f"{COLOUR}a", is_upper=True),)
    node = tree.Product((Indexed(tree.Constant("generator"), index), tree.Constant("gamma_5")))
    with pytest.raises(IndexFault, match="act on different things"):
        character(node, ())


def test_colour_needs_a_group_in_the_contract():
    with pytest.raises(ContractError):
        contract_of(r"if^{abc}T^c+[T^a,T^b]", kind="tensor", constant=True)


def test_contract_without_a_group_keeps_its_digest():
    assert "gauge_group" not in Conventions().to_json()
    contract = contract_of("x^2")
    assert Contract.from_json(contract.to_json()).digest() == contract.digest()


def test_casimirs_of_a_general_group_are_functions_of_its_number():
    contract = contract_of("N", conventions={"gauge_group": "su_n"})
    named = Contract.from_json({**contract.to_json(), "gold": {"language": "latex", "source": r"\frac{N^2-1}{2N}"}})
    assert verify(named, r"\boxed{C_F}").outcome is Outcome.CORRECT
    assert verify(named, r"\boxed{C_A}").outcome is Outcome.WRONG
    assert verify(named, r"\boxed{T_F\frac{N_c^2-1}{N_c}}").outcome is Outcome.CORRECT
