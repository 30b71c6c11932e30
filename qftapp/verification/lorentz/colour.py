"""Generators, structure constants and δ of SU(2) and SU(3) by components, and the Pauli matrices.

| name | is |
|---|---|
| generator | T^a = σ^a/2 or λ^a/2, a matrix; generator_entry is its entry (T^a)_{ij} |
| doubled | σ^a or λ^a, a matrix |
| structure | f^{abc}, from [T^a, T^b] = i f^{abc} T^c |
| symmetric | d^{abc}, from {T^a, T^b} = δ^{ab}/N + d^{abc} T^c |
| adjoint_delta, fundamental_delta | δ^{ab}, δ_{ij} |

Colour indices have one height and count from 1. Free ones are not compared component by component but multiplied by
fixed vectors, another for every letter: two tensors that differ give two numbers.
"""

import itertools
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import isqrt

from flint import acb, arb

from qftapp.verification.lorentz.tensors import Key, Tensor
from qftapp.verification.tree import COLOUR, Index

COLOURS = {"pauli": 2, "su2": 2, "su3": 3}
"""The rows of the matrices, by the code of conventions.gauge_group."""
RANKS = {"generator": 1, "generator_entry": 3, "doubled": 1, "structure": 3, "symmetric": 3}
RANKS |= {"adjoint_delta": 2, "fundamental_delta": 2}
MATRICES = frozenset(("generator", "doubled"))
BITS = 2048
"""How exactly √3 is known: beyond what any comparison sees."""
_Matrix = list[list[complex]]
_PAULI: list[_Matrix] = [[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]


@lru_cache(maxsize=8)
def named(group: str) -> Mapping[str, Tensor]:
    """Return the tensors of a group by name, none where the contract states no group with components."""
    size = COLOURS.get(group)
    if size is None:
        return {}
    doubled = _PAULI if size == 2 else _gell_mann()
    numbers, rows = range(1, len(doubled) + 1), range(size)
    triples = list(itertools.product(numbers, repeat=3))
    places = list(itertools.product(numbers, rows, rows))
    return {
        "generator": _tensor(1, (((a, i, j), doubled[a - 1][i][j] / 2) for a, i, j in places), size),
        "doubled": _tensor(1, (((a, i, j), doubled[a - 1][i][j]) for a, i, j in places), size),
        "generator_entry": _tensor(3, (((a, i + 1, j + 1), doubled[a - 1][i][j] / 2) for a, i, j in places)),
        "structure": _tensor(3, ((key, _bracket(doubled, key, -1) / 4j) for key in triples)),
        "symmetric": _tensor(3, ((key, _bracket(doubled, key, 1) / 4) for key in triples)),
        "adjoint_delta": _tensor(2, (((a, a), 1) for a in numbers)),
        "fundamental_delta": _tensor(2, (((i + 1, i + 1), 1) for i in rows)),
    }


def _gell_mann() -> list[_Matrix]:
    third = 3**-0.5
    last: _Matrix = [[third, 0, 0], [0, third, 0], [0, 0, -2 * third]]
    first, second, third_one = ([_within(matrix, rows) for rows in ((0, 1), (0, 2), (1, 2))] for matrix in _PAULI)
    return [first[0], second[0], third_one[0], first[1], second[1], first[2], second[2], last]


def _within(matrix: _Matrix, rows: tuple[int, int]) -> _Matrix:
    """Return a 2×2 matrix as the part of a 3×3 matrix in these rows and columns."""
    whole: _Matrix = [[0] * 3 for _ in range(3)]
    for (n, row), (m, column) in itertools.product(enumerate(rows), repeat=2):
        whole[row][column] = matrix[n][m]
    return whole


def _bracket(doubled: list[_Matrix], key: Key, sign: int) -> complex:
    """Return tr((λ_aλ_b ± λ_bλ_a)λ_c)."""
    a, b, c = (doubled[n - 1] for n in key)
    return _traced(a, b, c) + sign * _traced(b, a, c)


def _traced(a: _Matrix, b: _Matrix, c: _Matrix) -> complex:
    size = range(len(a))
    return sum(a[i][j] * b[j][k] * c[k][i] for i, j, k in itertools.product(size, repeat=3))


def _tensor(rank: int, components: Iterable[tuple[Key, complex]], size: int = 0) -> Tensor:
    """Return a tensor, or with a size the matrices of which it is made."""
    indices = tuple(Index(f"{COLOUR}{n}", is_upper=True) for n in range(rank))
    entries = {key: _exact(number) for key, number in components if abs(number) > 0.01}
    return Tensor(indices, size > 0, entries, size or 4)


def _exact(number: complex) -> acb:
    """Return the number meant: here the squares of all parts are twelfths."""
    return acb(_root(complex(number).real), _root(complex(number).imag))


def _root(part: float) -> arb:
    size = arb((isqrt((round(12 * part * part) << 2 * BITS) // 12), -BITS))
    return -size if part < 0 else size
