"""Whether an answer has gold's free indices: components alone do not tell, g^{μν} and g_{μν} have the same."""

import unicodedata
from typing import TYPE_CHECKING

from qftapp.verification.answers import Solution
from qftapp.verification.lorentz import Character, IndexFault, Sort, character
from qftapp.verification.lorentz.colour import MATRICES
from qftapp.verification.sources import has_objects, vectors_of
from qftapp.verification.terms import Kind
from qftapp.verification.tree import (
    COLOUR,
    ZERO,
    Call,
    Constant,
    Group,
    Index,
    Indexed,
    Matrix,
    Node,
    Power,
    Product,
    walk,
)

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract

_OF_COLOUR = frozenset(map(Constant, MATRICES))


class IndicesDiffer(ValueError):
    """An answer with sound indices that are not those of gold."""


def character_of(node: Node, contract: "Contract") -> Character:
    """Return what a tree is in the contract's vectors and metric. Raises IndexFault."""
    return character(node, vectors_of(contract), is_euclidean=contract.conventions.metric == "euclidean")


def fitted(answer: Solution, gold: Solution, contract: "Contract") -> Solution:
    """Return an answer as it can be compared with gold; see `_fitted`. What runs as Python is left alone."""
    if isinstance(answer.body, str) or isinstance(gold.body, str):
        return answer
    if isinstance(
        gold.body, Group
    ):  # a matrix by its entries, which γ-matrices in the representation declared may equal
        return answer
    if isinstance(answer.body, Group) and character_of(gold.body, contract) == Character(Sort.MATRIX):
        return answer
    has_indices = any(map(_has_indices, answer.parts))
    if contract.kind is not Kind.TENSOR and not has_indices and not has_objects(contract):
        return answer
    return Solution(_fitted(answer.body, gold.body, contract))


def _has_indices(part: Node) -> bool:
    """Whether a part of a tree carries indices, of spinors too."""
    match part:
        case Indexed() | Constant("gamma_5") | Call("slash"):
            return True
    return False


def _fitted(answer: Node, gold: Node, contract: "Contract") -> Node:
    """Return the answer, a number for the unit matrix and the unit matrix for a number where gold has the other.

    Raises IndexFault where the answer's indices make no sense, IndicesDiffer where they are not those of gold. Indices
    by other names make no sense either: nothing says which of gold's they are.
    """
    found, wanted = character_of(answer, contract), character_of(gold, contract)
    if answer == ZERO:  # of every tensor
        return Product((ZERO, gold))
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
        return Product((answer, _unit_matrix(gold, contract)))
    return answer


def _unit_matrix(gold: Node, contract: "Contract") -> Node:
    """Return the unit matrix among those of gold: as a power, of colour or of what the contract declares."""
    declared = next((symbol.name for symbol in contract.symbols if symbol.domain.is_matrix), None)
    if declared is not None:
        return Power(Matrix(declared), ZERO)
    if any(part in _OF_COLOUR for part in walk(gold)):
        return Power(Indexed(Constant("generator"), (Index(f"{COLOUR}1", is_upper=True),)), ZERO)
    return Constant("unit_matrix")


def _listed(found: Character) -> str:
    return ", ".join(map(_shown, found.indices)) or "none"


def _shown(index: Index) -> str:
    if index.is_colour:
        return index.letter
    return f"{_letter(index.name)} {'above' if index.is_upper else 'below'}"


def _letter(name: str) -> str:
    """Return μ for mu."""
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {'LAMDA' if name == 'lambda' else name.upper()}")
    except KeyError:
        return name
