r"""Tensors of colour where the contract states a group: f^{abc}, T^a_{ij}, \delta^{ab}, \lambda^8, \sigma_i, C_F.

| group | letters of indices |
|---|---|
| SU(2), SU(3) | a to h for generators, i to n for the rows and columns of matrices |
| Pauli matrices | any, and x, y, z for 1, 2, 3 |
"""

from collections.abc import Iterator, MutableMapping
from fractions import Fraction
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.scripts import Scripts
from qftapp.verification.latex.spelling import folded, key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.lorentz.colour import COLOURS
from qftapp.verification.tree import COLOUR, Index, Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_ADJOINT = frozenset("abcdefgh")
_FUNDAMENTAL = frozenset("ijklmn")
_AXES = {"x": "1", "y": "2", "z": "3"}
_TENSORS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "f": (("structure", 3, "su2 su3"),),
    "d": (("symmetric", 3, "su2 su3"),),
    "\\epsilon ": (("structure", 3, "su2 pauli"),),
    "T": (("generator", 1, "su2 su3"), ("generator_entry", 3, "su2 su3")),
    "t": (("generator", 1, "su2 su3"), ("generator_entry", 3, "su2 su3")),
    "\\lambda ": (("doubled", 1, "su3"),),
    "\\sigma ": (("doubled", 1, "su2 pauli"),),
    "\\tau ": (("doubled", 1, "su2"),),
    "\\delta ": (("adjoint_delta", 2, "su2 su3 pauli"),),
}
"""What a letter is with so many indices, and in which groups."""


def read(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    """Return the tensor that a letter is with its indices; nothing where it is none in the contract's group."""
    group = parser.vocabulary.group
    letters = list(_letters(scripts)) if group in COLOURS else []
    for name, rank, groups in _TENSORS.get(folded(spelled), ()):
        if letters and len(letters) == rank and group in groups.split():
            if spelled in ("T", "t") and key(scripts.sup) == "2":
                raise ExpressionError(f"{spelled}^2 may be a generator or a square: write {spelled}_2 or brackets")
            return _tensor(name, letters, group)
    return None


def entry(node: Node, script: list[Token]) -> Node | None:
    """Return the entry (T^a)_{ij} of a generator; nothing of anything else."""
    match node:
        case tree.Indexed(tree.Constant("generator"), (index,)):
            letters = [token.text for token in script if token.text not in ("{", "}", ",")]
            if len(letters) == 2 and set(letters) <= _FUNDAMENTAL:
                return _tensor("generator_entry", [index.letter, *letters], "su3")
    return None


def _letters(scripts: Scripts) -> Iterator[str]:
    """Yield the letters and digits of all scripts in order; one that can be no index ends it with an empty one."""
    for _, part in scripts.parts:
        for token in part:
            if token.kind == "number" and token.text.isdecimal():
                yield from token.text
            elif token.kind == "letter" and token.text.islower():
                yield token.text
            elif token.text not in ("{", "}", ","):
                yield ""


def _tensor(name: str, letters: list[str], group: str) -> Node | None:
    if group == "pauli":
        letters = [_AXES.get(letter, letter) for letter in letters]
    elif name == "adjoint_delta" and set(letters) <= _FUNDAMENTAL:
        name = "fundamental_delta"
    if not all(map(str.isalnum, letters)):
        return None
    if group != "pauli":
        lower = {"fundamental_delta": 2, "generator_entry": 2}.get(name, 0)
        _check(letters[: len(letters) - lower], _ADJOINT, "generators are numbered by a, b, c …")
        _check(letters[len(letters) - lower :], _FUNDAMENTAL, "rows and columns of generators are called i, j, k …")
    indices = tuple(Index(f"{COLOUR}{letter}", is_upper=True) for letter in letters)
    return tree.Indexed(tree.Constant(name), indices)


def _check(letters: list[str], known: frozenset[str], why: str) -> None:
    for letter in letters:
        if not letter.isdecimal() and letter not in known:
            raise ExpressionError(f"the index “{letter}” is not read here: {why}")


def add_casimirs(group: str, symbols: MutableMapping[str, Node]) -> None:
    """Let N, N_c, C_A, C_F, T_F and T_R mean what they are in the group, where they are not declared."""
    number: Node | None = tree.number(COLOURS[group]) if group in ("su2", "su3") else None
    if group == "su_n":
        number = symbols.get("N") or symbols.get("N_c")
    if number is None:
        return
    square = tree.Sum((tree.Power(number, tree.number(2)), tree.MINUS_ONE))
    casimir = tree.Product((square, tree.Power(tree.Product((tree.number(2), number)), tree.MINUS_ONE)))
    half = tree.number(Fraction(1, 2))
    for spelled, node in (("N", number), ("N_c", number), ("C_A", number), ("C_F", casimir)):
        symbols.setdefault(spelled, node)
    for spelled in ("T_F", "T_R"):
        symbols.setdefault(spelled, half)
