"""What the conventions of a contract fix: the metric, the γ-matrices and the sign of ε, as components."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import acb, acb_mat

from qftapp.verification.conventions import Conventions
from qftapp.verification.lorentz import colour, tensors
from qftapp.verification.lorentz.tensors import DIMENSIONS, WHOLE, Key, Tensor, Term, Unfit
from qftapp.verification.tree import Index

_SIGNATURES = {"mostly_minus": (1, -1, -1, -1), "mostly_plus": (-1, 1, 1, 1), "euclidean": (1, 1, 1, 1)}
_USUAL = _SIGNATURES["mostly_minus"]
_Matrix = list[list[complex]]
_PARTS: dict[str, Callable[[acb], acb]] = {
    "re": lambda ball: acb(ball.real),
    "im": lambda ball: acb(ball.imag),
    "conjugate": lambda ball: ball.conjugate(),
}


def _kronecker(left: _Matrix, right: _Matrix, factor: complex = 1) -> _Matrix:
    return [[factor * a * b for a in row for b in other] for row in left for other in right]


_ONE: _Matrix = [[1, 0], [0, 1]]
_S1: _Matrix = [[0, 1], [1, 0]]
_S2: _Matrix = [[0, -1j], [1j, 0]]
_S3: _Matrix = [[1, 0], [0, -1]]
_SPACE = [_kronecker(_S2, sigma, 1j) for sigma in (_S1, _S2, _S3)]
_DIRAC = [_kronecker(_S3, _ONE), *_SPACE]
_WEYL = [_kronecker(_S1, _ONE), *_SPACE]
_MAJORANA = [_kronecker(_S1, _S2), _kronecker(_ONE, _S3, 1j), _kronecker(_S2, _S2, -1j), _kronecker(_ONE, _S1, -1j)]
_REPRESENTATIONS = {"weyl": _WEYL, "majorana": _MAJORANA}


@dataclass(frozen=True, slots=True)
class Spacetime:
    """The diagonal of the metric, and the contravariant components of the tensors that have a name.

    γ-matrices are those of the Dirac, Weyl or Majorana representation in (+,−,−,−), times −i where the metric has the
    other sign: all four in (−,+,+,+), as in Weinberg's book, the spatial ones in the Euclidean metric. Where the
    anticommutator is −2g^{μν}, each is multiplied by a further i. Always γ_5 = iγ⁰γ¹γ²γ³.
    """

    signature: tuple[int, ...]
    named: Mapping[str, Tensor]

    @classmethod
    def of(cls, conventions: Conventions) -> "Spacetime":
        """Return the spacetime of a contract; not stated: (+,−,−,−), ε^{0123} = −1, the Dirac representation."""
        fixed = _spacetime(conventions.metric, conventions.gamma_matrices, conventions.levi_civita)
        tensors_of_colour = colour.named(conventions.gauge_group)
        return cls(fixed.signature, {**fixed.named, **tensors_of_colour}) if tensors_of_colour else fixed

    @property
    def is_euclidean(self) -> bool:
        """Whether upper and lower indices are the same."""
        return min(self.signature) > 0

    def constant(self, name: str) -> Tensor | None:
        """Return a tensor by its name where it may stand without indices: only γ_5."""
        return self.named[name] if name in ("gamma_5", "unit_matrix") else None

    def vector(self, components: tuple[float, ...]) -> Tensor:
        """Return a four-vector, given by its contravariant components."""
        return Tensor((WHOLE,), False, {(n,): acb(part) for n, part in enumerate(components) if part})

    def indexed(self, tensor: Tensor, indices: tuple[Index, ...]) -> Term:
        """Return a tensor of contravariant components with indices, lowered where they are lower. Raises Unfit.

        A number for an index picks that component.
        """
        if len(indices) != len(tensor.indices):
            raise Unfit("a tensor has too many or too few indices")
        if self.is_euclidean:
            indices = tuple(Index(index.name, is_upper=True) for index in indices)
        lower = [n for n, index in enumerate(indices) if not index.is_upper]
        entries = {key: ball if self._sign(key, lower) > 0 else -ball for key, ball in tensor.entries.items()}
        return self.contracted(Tensor(indices, tensor.is_matrix, entries, tensor.size))

    def contracted(self, tensor: Tensor) -> Term:
        """Return a tensor with its numbered indices picked and its equal ones summed over. Raises Unfit."""
        part = tensors.picked(tensor)
        return self._summed(part) if isinstance(part, Tensor) else part

    def _sign(self, key: Key, lower: list[int]) -> int:
        sign = 1
        for place in lower:
            sign *= self.signature[key[place]]
        return sign

    def _summed(self, tensor: Tensor) -> Term:
        """Sum over the indices that occur twice on one tensor. Raises Unfit."""
        for (first, index), (second, other) in itertools.combinations(enumerate(tensor.indices), 2):
            if index.name == other.name:
                if index.is_upper == other.is_upper and not self.is_euclidean and not index.is_colour:
                    raise Unfit("two equal indices stand at one height")
                rest = tensors.traced_pair(tensor, first, second)
                return self._summed(rest) if isinstance(rest, Tensor) else rest
        return tensor

    def product(self, factors: Sequence[Term]) -> Term:
        """Return a product; in the Euclidean metric, whatever the heights of its indices. Raises Unfit, Unwieldy."""
        return tensors.product(factors, any_height=self.is_euclidean)

    def dot(self, left: Any, right: Any) -> acb:
        """Return a·b. Raises Unfit unless both are four-vectors."""
        total = acb(0)
        first, second = _components(left), _components(right)
        for key in first.keys() & second.keys():
            term = first[key] * second[key]
            total = total + term if self.signature[key[0]] > 0 else total - term
        return total

    def slash(self, vector: Any) -> Tensor:
        """Return γ_μ a^μ. Raises Unfit unless a is a four-vector."""
        components = _components(vector)
        entries: dict[Key, acb] = {}
        for (n, row, column), ball in self.named["gamma"].entries.items():
            if (n,) in components:
                term = ball * components[(n,)]
                term = term if self.signature[n] > 0 else -term
                entries[row, column] = entries[row, column] + term if (row, column) in entries else term
        return Tensor((), True, entries)

    def power(self, base: Tensor, exponent: int) -> Term:
        """Return a power of a four-vector, (a·a)^(n/2), or of a matrix. Raises Unfit."""
        if base.indices == (WHOLE,) and not base.is_matrix and exponent % 2 == 0:
            return self.dot(base, base) ** (exponent // 2)
        return tensors.from_dense(_matrix_power(tensors.dense(base), exponent))

    def call(self, function: str, arguments: Sequence[Any]) -> Term:
        """Return a function of which an argument may be a tensor. Raises Unfit."""
        match function, arguments:
            case "dot", [left, right]:
                return self.dot(left, right)
            case "slash", [vector]:
                return self.slash(vector)
            case "trace", [matrix]:
                return tensors.trace(matrix)
            case "scalar_part", [matrix]:
                return tensors.scalar_part(matrix)
            case "re" | "im" | "conjugate", [Tensor() as tensor]:
                return tensors.by_component(tensor, _PARTS[function])
            case "adjoint", [matrix]:
                return tensors.adjoint(matrix)
            case "transpose", [matrix]:
                return tensors.transpose(matrix)
            case "determinant", [Tensor() as matrix]:
                return tensors.dense(matrix).det()
            case "exp", [Tensor() as matrix]:
                return tensors.from_dense(tensors.dense(matrix).exp())
        raise Unfit(f"{function} of a vector or tensor")


def _components(value: Any) -> dict[Key, acb]:
    if isinstance(value, Tensor) and value.indices == (WHOLE,) and not value.is_matrix:
        return value.entries
    raise Unfit("not a four-vector")


def _matrix_power(matrix: acb_mat, exponent: int) -> acb_mat:
    if exponent < 0:
        try:
            matrix = matrix.inv()
        except ZeroDivisionError:
            raise Unfit("the matrix has no inverse") from None
    if abs(exponent) > 64:
        raise Unfit("too high a power of a matrix")
    size = matrix.nrows()
    total = acb_mat(size, size, [int(n % (size + 1) == 0) for n in range(size * size)])
    for _ in range(abs(exponent)):
        total = total * matrix
    return total


@lru_cache(maxsize=64)
def _spacetime(metric: str, gamma_matrices: str, levi_civita: str) -> Spacetime:
    signature = _SIGNATURES[metric or "mostly_minus"]
    gamma = _gamma(signature, gamma_matrices)
    named = {
        "metric": _tensor({(n, n): sign for n, sign in enumerate(signature)}, 2),
        "levi_civita": _tensor(_levi_civita(1 if levi_civita == "upper_plus" else -1), 4),
        "gamma": _matrices({(n,): matrix for n, matrix in enumerate(gamma)}, 1),
        "gamma_5": _matrices({(): gamma[0] * gamma[1] * gamma[2] * gamma[3] * acb(0, 1)}, 0),
        "unit_matrix": Tensor((), True, {(n, n): acb(1) for n in DIMENSIONS}),
        "sigma": _matrices({(m, n): _sigma(gamma[m], gamma[n]) for m in DIMENSIONS for n in DIMENSIONS}, 2),
    }
    return Spacetime(signature, named)


def _sigma(left: acb_mat, right: acb_mat) -> acb_mat:
    return (left * right - right * left) * (acb(0, 1) / 2)


def _levi_civita(sign: int) -> dict[Key, int]:
    """Return ε^{μνρσ} where it is not 0, from the number of pairs out of order."""
    return {
        key: sign * (-1) ** sum(first > second for first, second in itertools.combinations(key, 2))
        for key in itertools.permutations(DIMENSIONS)
    }


def _gamma(signature: tuple[int, ...], code: str) -> list[acb_mat]:
    """Return γ⁰ … γ³; `code` is one of conventions.gamma_matrices."""
    matrices = _REPRESENTATIONS.get(code, _DIRAC)
    turns = [acb(1) if sign == usual else acb(0, -1) for sign, usual in zip(signature, _USUAL, strict=True)]
    further = acb(0, 1) if code == "clifford_minus" else acb(1)
    return [acb_mat(matrix) * (turn * further) for matrix, turn in zip(matrices, turns, strict=True)]


def _tensor(components: dict[Key, int], rank: int) -> Tensor:
    indices = tuple(Index(str(n), is_upper=True) for n in range(rank))
    return Tensor(indices, False, {key: acb(number) for key, number in components.items()})


def _matrices(matrices: dict[Key, acb_mat], rank: int) -> Tensor:
    entries = {
        key + place: ball
        for key, matrix in matrices.items()
        for place, ball in tensors.from_dense(matrix).entries.items()
    }
    return Tensor(tuple(Index(str(n), is_upper=True) for n in range(rank)), True, entries)
