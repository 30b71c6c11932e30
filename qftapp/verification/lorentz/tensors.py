"""Tensors by their components, and the products in which equal indices are summed over."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from flint import acb, acb_mat

from qftapp.verification.functions import Ball
from qftapp.verification.lorentz.probes import probe
from qftapp.verification.tree import Index
from qftapp.verification.values import Collection, Scalar, Value

Key = tuple[int, ...]
Picker = Callable[[Key], Key]
DIMENSIONS = range(4)
MOST_PRODUCTS = 70_000
"""Products of two components that one contraction may take: eight open indices."""
WHOLE = Index("", is_upper=True)
"""The index of a four-vector that is written without one."""
_ZERO = acb(0)
_DIAGONAL = (acb(5) / 32, acb(7) / 64, acb(3) / 16)  # exact at any precision
_ROW, _BETWEEN, _COLUMN = "§row", "§between", "§column"


class Unfit(ValueError):
    """Tensors that cannot be added, multiplied or handed to a function."""


class Unwieldy(Exception):
    """A tensor with too many components."""


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """The components that are not zero, by the values of `indices`; a matrix has its row and column behind them.

    An index has the height it is written with: lowered components are lowered already. A matrix has `size` rows.
    """

    indices: tuple[Index, ...]
    is_matrix: bool
    entries: dict[Key, Ball]
    size: int = 4

    def __add__(self, other: "Tensor | Ball") -> "Tensor":
        left, right = _alike(self, as_tensor(other, self))
        entries = dict(left.entries)
        for key, ball in right.entries.items():
            entries[key] = entries[key] + ball if key in entries else ball
        return Tensor(left.indices, left.is_matrix, entries, left.size)

    __radd__ = __add__

    def times(self, factor: Ball) -> "Tensor":
        """Return the tensor multiplied by a number."""
        entries = {key: ball * factor for key, ball in self.entries.items()}
        return Tensor(self.indices, self.is_matrix, entries, self.size)

    def value(self) -> Value:
        """Return the nested list of all components, indices in alphabetical order, then row and column."""
        probed = _probed(self)
        if not isinstance(probed, Tensor):
            return Scalar(probed)
        tensor = _permuted(probed, tuple(sorted(probed.indices, key=lambda index: index.name)))
        extents = (4,) * len(tensor.indices) + (tensor.size,) * 2 * tensor.is_matrix
        return _nested(tensor.entries, extents)


Term: TypeAlias = Tensor | Ball


def as_tensor(value: Term, like: Tensor) -> Tensor:
    """Return a tensor as it is, a number as that number times the unit matrix. Raises Unfit."""
    if isinstance(value, Tensor):
        return value
    if not like.is_matrix:
        raise Unfit("a number cannot be added to a vector or tensor")
    return Tensor((), True, {(n, n): value for n in range(like.size)}, like.size)


def _alike(left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Return two terms of a sum in one form. Raises Unfit if their indices differ."""
    if set(left.indices) != set(right.indices):
        raise Unfit("the terms of a sum have different indices")
    if left.is_matrix != right.is_matrix:
        size = left.size if left.is_matrix else right.size
        left, right = (term if term.is_matrix else _with_unit_matrix(term, size) for term in (left, right))
    if left.is_matrix and left.size != right.size:
        raise Unfit("matrices of different size are added")
    return left, _permuted(right, left.indices)


def _with_unit_matrix(tensor: Tensor, size: int) -> Tensor:
    entries = {(*key, n, n): ball for key, ball in tensor.entries.items() for n in range(size)}
    return Tensor(tensor.indices, True, entries, size)


def _permuted(tensor: Tensor, indices: tuple[Index, ...]) -> Tensor:
    if tensor.indices == indices:
        return tensor
    places = [tensor.indices.index(index) for index in indices]
    if tensor.is_matrix:
        places += [len(indices), len(indices) + 1]
    pick = _picker(places)
    return Tensor(indices, tensor.is_matrix, {pick(key): ball for key, ball in tensor.entries.items()}, tensor.size)


def _picker(places: Sequence[int]) -> Picker:
    """Return a function that picks the entries of a key at some places."""
    if not places:
        return lambda key: ()
    if len(places) == 1:
        (place,) = places
        return lambda key: (key[place],)
    return itemgetter(*places)


def _probed(tensor: Tensor) -> Term:
    """Return a tensor with every free index of colour multiplied by its vector (see `probes`)."""
    while (index := next((index for index in tensor.indices if index.is_colour), None)) is not None:
        place = tensor.indices.index(index)
        vector: dict[Key, Ball] = {(key[place],): probe(index.letter, key[place]) for key in tensor.entries}
        found = _contracted(tensor, Tensor((index,), False, vector), any_height=True)
        if not isinstance(found, Tensor):
            return found
        tensor = found
    return tensor


def _nested(entries: dict[Key, Ball], extents: tuple[int, ...]) -> Value:
    """Return the components as lists in lists, the last index innermost."""
    zero = Scalar(_ZERO)
    places = itertools.product(*map(range, extents))
    values: list[Value] = [Scalar(entries[place]) if place in entries else zero for place in places]
    for extent in reversed(extents):
        values = [Collection("list", tuple(values[n : n + extent])) for n in range(0, len(values), extent)]
    return values[0]


def product(factors: Sequence[Term], *, any_height: bool = False) -> Term:
    """Return the product of numbers and tensors; γ-matrices keep their order. Raises Unfit, Unwieldy.

    Whatever shares an index with what is multiplied already comes first, so that few indices are open at once.
    """
    number = acb(1)
    matrices: list[Tensor] = []
    others: list[Tensor] = []
    for factor in factors:
        if not isinstance(factor, Tensor):
            number = number * factor
        else:
            (matrices if factor.is_matrix else others).append(factor)
    total: Term = number
    while matrices or others:
        part: Term = (matrices or others).pop(0)
        while isinstance(part, Tensor) and (best := _next(part, matrices, others)):
            best[0].remove(best[1])
            part = _contracted(part, best[1], any_height)
        total = _times(total, part, any_height)
    return total


def _next(part: Tensor, matrices: list[Tensor], others: list[Tensor]) -> tuple[list[Tensor], Tensor] | None:
    """Return the factor after which the fewest indices are open, with the list it stands in; None if none is left."""
    mine = set(_names(part))
    candidates = [(others, other) for other in others if not mine.isdisjoint(_names(other))]
    if matrices and part.is_matrix:
        candidates.append((matrices, matrices[0]))
    return min(candidates, key=lambda candidate: len(mine.symmetric_difference(_names(candidate[1]))), default=None)


def _names(tensor: Tensor) -> list[str]:
    return [index.name for index in tensor.indices]


def _times(left: Term, right: Term, any_height: bool) -> Term:
    if isinstance(left, Tensor):
        return _contracted(left, right, any_height) if isinstance(right, Tensor) else left.times(right)
    return right.times(left) if isinstance(right, Tensor) else left * right


def _contracted(left: Tensor, right: Tensor, any_height: bool) -> Term:
    """Return the product of two tensors, summed over the indices they share; of two matrices, their matrix product."""
    if WHOLE in left.indices or WHOLE in right.indices:
        raise Unfit("a four-vector without an index stands in a product")
    if not any_height and any(index in right.indices and not index.is_colour for index in left.indices):
        raise Unfit("two equal indices stand at one height")
    slots, others = _slots(left), _slots(right)
    size = left.size if left.is_matrix else right.size
    if left.is_matrix and right.is_matrix:
        if left.size != right.size:
            raise Unfit("matrices of different size are multiplied")
        slots[-1] = others[-2] = _BETWEEN
    shared = [name for name in slots if name in others]
    kept = [n for n, name in enumerate(slots) if name not in shared]
    added = [n for n, name in enumerate(others) if name not in shared]
    entries = _joined(
        left.entries,
        right.entries,
        (_picker([slots.index(name) for name in shared]), _picker(kept)),
        (_picker([others.index(name) for name in shared]), _picker(added)),
    )
    names = [slots[n] for n in kept] + [others[n] for n in added]
    every = {index.name: index for index in (*left.indices, *right.indices)}
    indices = tuple(every[name] for name in names if name in every)
    if left.is_matrix or right.is_matrix:
        places = [n for n, name in enumerate(names) if name in every]
        places += [names.index(_ROW), names.index(_COLUMN)]
        if places != list(range(len(names))):
            pick = _picker(places)
            entries = {pick(key): ball for key, ball in entries.items()}
        return Tensor(indices, True, entries, size)
    return Tensor(indices, False, entries) if indices else entries.get((), _ZERO)


def _slots(tensor: Tensor) -> list[str]:
    return _names(tensor) + [_ROW, _COLUMN] * tensor.is_matrix


def _joined(
    left: dict[Key, Ball], right: dict[Key, Ball], mine: tuple[Picker, Picker], theirs: tuple[Picker, Picker]
) -> dict[Key, Ball]:
    """Return the sums of the products of components whose shared slots, picked first, have equal values."""
    partners: dict[Key, list[tuple[Key, Ball]]] = {}
    for key, ball in right.items():
        partners.setdefault(theirs[0](key), []).append((theirs[1](key), ball))
    entries: dict[Key, Ball] = {}
    work = 0
    for key, ball in left.items():
        found = partners.get(mine[0](key), ())
        work += len(found)
        if work > MOST_PRODUCTS:
            raise Unwieldy
        head = mine[1](key)
        for tail, other in found:
            place = head + tail
            term = ball * other
            entries[place] = entries[place] + term if place in entries else term
    return entries


def picked(tensor: Tensor) -> Term:
    """Return the part of a tensor that its numbered indices name: of γ^0 the matrix, of p^3 the number."""
    numbered = [(place, int(index.letter)) for place, index in enumerate(tensor.indices) if index.is_number]
    if not numbered:
        return tensor
    kept = [place for place in range(len(tensor.indices)) if place not in dict(numbered)]
    spinor = [len(tensor.indices), len(tensor.indices) + 1] if tensor.is_matrix else []
    pick = _picker([*kept, *spinor])
    entries = {pick(key): ball for key, ball in tensor.entries.items() if all(key[n] == value for n, value in numbered)}
    if not kept and not tensor.is_matrix:
        return entries.get((), _ZERO)
    return Tensor(tuple(tensor.indices[place] for place in kept), tensor.is_matrix, entries, tensor.size)


def traced_pair(tensor: Tensor, first: int, second: int) -> Term:
    """Return a tensor summed over two of its slots, given by their places among the keys."""
    rest = [n for n in range(len(tensor.indices) + 2 * tensor.is_matrix) if n not in (first, second)]
    pick = _picker(rest)
    entries: dict[Key, Ball] = {}
    for key, ball in tensor.entries.items():
        if key[first] == key[second]:
            place = pick(key)
            entries[place] = entries[place] + ball if place in entries else ball
    indices = tuple(index for n, index in enumerate(tensor.indices) if n not in (first, second))
    is_matrix = tensor.is_matrix and first < len(tensor.indices)
    return Tensor(indices, is_matrix, entries, tensor.size) if indices or is_matrix else entries.get((), _ZERO)


def trace(value: Term) -> Term:
    """Return the trace over the spinor indices; a number stands for its multiple of the unit matrix. Raises Unfit."""
    if not isinstance(value, Tensor):
        return 4 * value
    if not value.is_matrix:
        return value.times(acb(4))
    return traced_pair(value, len(value.indices), len(value.indices) + 1)


def scalar_part(value: Term) -> Term:
    """Return c for the multiple c of the unit matrix, and for every other matrix something that is not its trace/4.

    That something is linear in the matrix and adds to its first entry a share of all that keeps it from being c times
    the unit matrix: two matrices that are no multiples do not pass for numbers by accident.
    """
    if not isinstance(value, Tensor) or not value.is_matrix:
        return value
    entries: dict[Key, Ball] = {}
    for key, ball in value.entries.items():
        *rest, row, column = key
        place, part = tuple(rest), ball * _share(row, column, value.size)
        entries[place] = entries[place] + part if place in entries else part
    return Tensor(value.indices, False, entries) if value.indices else entries.get((), _ZERO)


def _share(row: int, column: int, size: int) -> acb:
    """Return the weight of an entry in `scalar_part`: those of the diagonal add up to 1."""
    if row != column:
        return acb(17 + 4 * row * row + column) / 64
    return 1 - sum(_DIAGONAL[: size - 1], _ZERO) if row == 0 else _DIAGONAL[row - 1]


def dense(tensor: Tensor) -> acb_mat:
    """Return a γ-matrix without Lorentz indices as a matrix of flint. Raises Unfit."""
    if not tensor.is_matrix or tensor.indices:
        raise Unfit("not a matrix")
    places = range(tensor.size)
    return acb_mat([[tensor.entries.get((row, column), _ZERO) for column in places] for row in places])


def from_dense(matrix: acb_mat) -> Tensor:
    """Return a square matrix of flint as a tensor."""
    size = matrix.nrows()
    places = itertools.product(range(size), repeat=2)
    entries: dict[Key, Ball] = {(n, m): matrix[n, m] for n, m in places if not matrix[n, m].is_zero()}
    return Tensor((), True, entries, size)


def by_component(tensor: Tensor, changed: Callable[[Ball], Ball]) -> Tensor:
    """Return a tensor with every component changed. Raises Unfit of a matrix: its conjugate is not its adjoint."""
    if tensor.is_matrix:
        raise Unfit("a part or the conjugate of a matrix")
    return Tensor(tensor.indices, False, {key: changed(ball) for key, ball in tensor.entries.items()})


def adjoint(value: Term) -> Term:
    """Return the Hermitian conjugate of a matrix, the complex conjugate of a number. Raises Unfit."""
    if not isinstance(value, Tensor):
        return value.conjugate()
    return _turned(value, lambda ball: ball.conjugate())


def transpose(value: Term) -> Term:
    """Return the transpose of a matrix, a number as it is. Raises Unfit."""
    return _turned(value, lambda ball: ball) if isinstance(value, Tensor) else value


def _turned(tensor: Tensor, changed: Callable[[Ball], Ball]) -> Tensor:
    if not tensor.is_matrix:
        raise Unfit("not a matrix")
    entries = {(*key, column, row): changed(ball) for (*key, row, column), ball in tensor.entries.items()}
    return Tensor(tensor.indices, True, entries, tensor.size)
