"""Whether an answer has gold's free indices: components alone do not tell, g^{μν} and g_{μν} have the same."""

from typing import TYPE_CHECKING

from qftapp.verification.lorentz import Character, IndexFault, Sort, character
from qftapp.verification.sources import vectors_of
from qftapp.verification.tree import Call, Constant, Index, Node, Product

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract


class IndicesDiffer(ValueError):
    """An answer with sound indices that are not those of gold."""


def character_of(node: Node, contract: "Contract") -> Character:
    """Return what a tree is in the contract's vectors and metric. Raises IndexFault."""
    return character(node, vectors_of(contract), is_euclidean=contract.conventions.metric == "euclidean")


def fitted(answer: Node, gold: Node, contract: "Contract") -> Node:
    """Return the answer, a number for the unit matrix and the unit matrix for a number where gold has the other.

    Raises IndexFault where the answer's indices make no sense, IndicesDiffer where they are not those of gold. Indices
    by other names make no sense either: nothing says which of gold's they are.
    """
    found, wanted = character_of(answer, contract), character_of(gold, contract)
    if found.sort is Sort.VECTOR:
        raise IndexFault("a four-vector stands without its index")
    names, asked = ([index.name for index in one.indices] for one in (found, wanted))
    if names and asked and set(names) - set(asked):
        raise IndexFault(f"the free indices of the answer are {_listed(found)}, asked for are {_listed(wanted)}")
    if found.indices != wanted.indices:
        raise IndicesDiffer(f"the free indices of the answer are {_listed(found)}, those of gold {_listed(wanted)}")
    if found.sort is Sort.MATRIX and wanted.sort is Sort.SCALAR:
        return Call("scalar_part", (answer,))
    if found.sort is Sort.SCALAR and wanted.sort is Sort.MATRIX:
        return Product((answer, Constant("unit_matrix")))
    return answer


def _listed(found: Character) -> str:
    return ", ".join(map(_shown, found.indices)) or "none"


def _shown(index: Index) -> str:
    return f"{index.name} {'above' if index.is_upper else 'below'}"
