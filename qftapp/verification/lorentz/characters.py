"""What an expression is under Lorentz transformations, found without evaluating it: its sort and its free indices."""

from collections import Counter
from collections.abc import Collection, Sequence
from enum import Enum

from qftapp.verification import tree
from qftapp.verification.lorentz import colour
from qftapp.verification.records import record
from qftapp.verification.tree import Index, Node
from qftapp.verification.written import written

MOST_FREE = 4
_RANKS = {"metric": 2, "levi_civita": 4, "gamma": 1, "sigma": 2, **colour.RANKS}
_MATRICES = frozenset(("gamma", "sigma")) | colour.MATRICES
_SPINOR = frozenset(map(tree.Constant, ("gamma", "gamma_5", "sigma")))
_COLOURED = frozenset(map(tree.Constant, colour.MATRICES))
_NAMES = {
    "metric": "the metric",
    "levi_civita": "ε",
    "gamma": "γ",
    "sigma": "σ",
    "generator": "T",
    "generator_entry": "T",
    "doubled": "the matrix",
    "structure": "f",
    "symmetric": "d",
    **dict.fromkeys(("adjoint_delta", "fundamental_delta"), "δ"),
}


class IndexFault(ValueError):
    """An expression whose indices, vectors or matrices make no sense; the message says why."""


class Sort(Enum):
    """What every component is: a number, all of a four-vector written without an index, or a 4×4 matrix."""

    SCALAR = "scalar"
    VECTOR = "vector"
    MATRIX = "matrix"


@record
class Character:
    """The sort of an expression and its free indices in alphabetical order."""

    sort: Sort
    indices: tuple[Index, ...] = ()


_SCALAR = Character(Sort.SCALAR)


def free_indices(node: Node, vectors: Collection[str], *, is_euclidean: bool = False) -> tuple[Index, ...]:
    """Return the free indices of an expression in alphabetical order. Raises IndexFault."""
    return character(node, vectors, is_euclidean=is_euclidean).indices


def character(node: Node, vectors: Collection[str], *, is_euclidean: bool = False) -> Character:
    """Return what an expression is, `vectors` being the names of the four-vectors. Raises IndexFault.

    In the Euclidean metric the heights of indices mean nothing: all are given as upper. Of a collection every entry is
    looked at; it counts as a scalar itself, and so do labels and conditions.
    """
    parts = set(tree.walk(node))
    has_matrices = any(isinstance(part, tree.Matrix) for part in parts)
    if has_matrices and any(part in _SPINOR or _is_slash(part) for part in parts):
        raise IndexFault("γ-matrices and declared matrices stand in one expression: they act on different things")
    has_colour = not _COLOURED.isdisjoint(parts)
    if has_colour and (has_matrices or any(part in _SPINOR or _is_slash(part) for part in parts)):
        raise IndexFault("matrices of colour and others stand in one expression: they act on different things")
    found = _Judge(vectors, is_euclidean, has_matrices or has_colour).of(node)
    free = [index for index in found.indices if not index.is_colour]
    if len(free) > MOST_FREE:
        raise IndexFault(f"the expression has {len(free)} free indices, at most {MOST_FREE} can be compared")
    return found


@record
class _Judge:
    vectors: Collection[str]
    is_euclidean: bool
    has_matrices: bool

    def of(self, node: Node) -> Character:
        match node:
            case tree.Constant(name) if name in _RANKS:
                raise IndexFault(f"{_NAMES[name]} stands without its indices")
            case tree.Constant("gamma_5" | "unit_matrix"):
                return Character(Sort.MATRIX)
            case tree.Matrix():
                return Character(Sort.MATRIX)
            case tree.Variable(name, None) if name in self.vectors:
                return Character(Sort.VECTOR)
            case tree.Applied(name, arguments, _):
                return self._applied(name, arguments)
            case tree.Derivative(body, _, index):
                return self._derivative(body, index)
            case tree.Sum(terms):
                return self._alike(terms, "the terms of a sum")
            case tree.Product(factors):
                return self._product(factors)
            case tree.Power(base, exponent):
                return self._power(base, exponent)
            case tree.Call(function, arguments):
                return self._call(function, arguments)
            case tree.Indexed(tensor, indices):
                return self._indexed(tensor, indices)
            case tree.Integral(_, low, high, integrand):
                self._scalar(low, "a bound of an integral")
                self._scalar(high, "a bound of an integral")
                return self.of(integrand)
            case tree.Series(_, low, high, term, _):
                for part, what in ((low, "a bound of a sum"), (high, "a bound of a sum"), (term, "a term of a sum")):
                    self._scalar(part, what)
                return _SCALAR
            case tree.Choice(condition, yes, no):
                self.of(condition)
                return self._alike((yes, no), "the cases")
            case tree.Comparison(_, operands) | tree.Logic(_, operands):
                for operand in operands:
                    self._scalar(operand, "a side of a comparison")
        for part in tree.children(node):
            self.of(part)
        return _SCALAR

    def _applied(self, name: str, arguments: Sequence[Node]) -> Character:
        for argument in arguments:
            if (found := self.of(argument)) != Character(Sort.VECTOR):
                _check_scalar(found, argument, f"an argument of {name}")
        return Character(Sort.VECTOR) if name in self.vectors else _SCALAR

    def _derivative(self, body: Node, index: Index | None) -> Character:
        found = self.of(body)
        if index in (None, tree.DALEMBERT, tree.LAPLACE):
            return found
        if found.sort is Sort.VECTOR:
            raise IndexFault(f"the four-vector “{_short(body)}” is derived without its index")
        carried = () if index.is_number else (index,)
        return Character(found.sort, self._free([*carried, *found.indices]))

    def _alike(self, nodes: Sequence[Node], what: str) -> Character:
        """Return the character that all of them have; numbers count as multiples of the unit matrix beside matrices."""
        found = [self.of(node) for node in nodes]
        first = found[0]
        for node, other in zip(nodes, found, strict=True):
            if other.indices != first.indices:
                pair = f"“{_listed(first.indices)}” and “{_listed(other.indices)}”"
                raise IndexFault(f"{what} have different free indices, {pair}")
            if (other.sort is Sort.VECTOR) != (first.sort is Sort.VECTOR):
                vector = node if other.sort is Sort.VECTOR else nodes[0]
                raise IndexFault(f"“{_short(vector)}” is a four-vector and is added to what is none")
        return next((one for one in found if one.sort is Sort.MATRIX), first)

    def _product(self, factors: Sequence[Node]) -> Character:
        found = [self.of(factor) for factor in factors]
        vectors = [node for node, one in zip(factors, found, strict=True) if one.sort is Sort.VECTOR]
        if len(vectors) > 1:
            pair = f"“{_short(vectors[0])}” and “{_short(vectors[1])}”"
            raise IndexFault(f"the four-vectors {pair} stand side by side: give them indices or a dot between them")
        if vectors and (sum(one != _SCALAR for one in found) > 1):
            raise IndexFault(
                f"the four-vector “{_short(vectors[0])}” stands without an index beside a matrix or tensor"
            )
        indices = self._free([index for one in found for index in one.indices])
        sorts = {one.sort for one in found}
        sort = next((sort for sort in (Sort.VECTOR, Sort.MATRIX) if sort in sorts), Sort.SCALAR)
        return Character(sort, indices)

    def _free(self, indices: Sequence[Index]) -> tuple[Index, ...]:
        """Return the indices that are not summed over, in alphabetical order. Raises IndexFault."""
        counts = Counter(index.name for index in indices)
        for name, count in counts.items():
            heights = [index.is_upper for index in indices if index.name == name]
            if count > 2:
                letter = name.removeprefix(tree.COLOUR)
                raise IndexFault(f"the index “{letter}” occurs {count} times in one product")
            if count == 2 and len(set(heights)) == 1 and not self.is_euclidean and not name.startswith(tree.COLOUR):
                where = "an upper" if heights[0] else "a lower"
                raise IndexFault(f"the index “{name}” occurs twice as {where} one; a sum needs one of each height")
        free = [Index(i.name, i.is_upper or self.is_euclidean) for i in indices if counts[i.name] == 1]
        return tuple(sorted(free, key=lambda index: index.name))

    def _power(self, base: Node, exponent: Node) -> Character:
        self._scalar(exponent, "an exponent")
        found = self.of(base)
        if found == _SCALAR:
            return _SCALAR
        whole = exponent.value if isinstance(exponent, tree.Number) and exponent.value.denominator == 1 else None
        if found.indices:
            raise IndexFault(f"a power of “{_short(base)}”, which has the free index “{found.indices[0].name}”")
        if found.sort is Sort.VECTOR:
            if whole is None or whole % 2:
                raise IndexFault(f"a power of the four-vector “{_short(base)}” other than an even one")
            return _SCALAR
        if whole is None:
            raise IndexFault(f"a power of the matrix “{_short(base)}” other than a whole one")
        return found

    def _call(self, function: str, arguments: Sequence[Node]) -> Character:
        match function, arguments:
            case "dot", (left, right):
                self._vector(left, "a factor of a dot product")
                self._vector(right, "a factor of a dot product")
                return _SCALAR
            case "slash", (vector,):
                self._vector(vector, "what is slashed")
                return Character(Sort.MATRIX)
            case "adjoint" | "transpose", (matrix,):
                found = self.of(matrix)
                if found.sort is Sort.VECTOR:
                    raise IndexFault(f"“{_short(matrix)}” is a four-vector and no matrix")
                return found
            case "re" | "im" | "conjugate", (argument,) if self.of(argument).sort is Sort.SCALAR:
                return self.of(argument)
            case "determinant", (matrix,):
                if (found := self.of(matrix)) != Character(Sort.MATRIX):
                    raise IndexFault(f"the determinant of “{_short(matrix)}”, which is no matrix")
                return _SCALAR
            case "trace", (matrix,) if self.has_matrices and self.of(matrix).sort is Sort.SCALAR:
                raise IndexFault("the trace of a number, where nobody says what size the matrices have")
            case "trace" | "scalar_part", (matrix,):
                found = self.of(matrix)
                if found.sort is Sort.VECTOR:
                    raise IndexFault(f"the trace of “{_short(matrix)}”, which is a four-vector and no matrix")
                return Character(Sort.SCALAR, found.indices)
            case "exp", (exponent,):
                found = self.of(exponent)
                if found != Character(Sort.MATRIX):
                    _check_scalar(found, exponent, "an exponent")
                return found
        for argument in arguments:
            self._scalar(argument, f"an argument of {function}")
        return _SCALAR

    def _indexed(self, tensor: Node, indices: tuple[Index, ...]) -> Character:
        if isinstance(tensor, tree.Constant) and tensor.name in _RANKS:
            rank, name = _RANKS[tensor.name], _NAMES[tensor.name]
            sort = Sort.MATRIX if tensor.name in _MATRICES else Sort.SCALAR
        elif self.of(tensor) == Character(Sort.VECTOR):
            rank, name, sort = 1, f"the four-vector “{_short(tensor)}”", Sort.SCALAR
        else:
            raise IndexFault(f"the index “{indices[0].name}” stands on “{_short(tensor)}”, which is no four-vector")
        if len(indices) != rank:
            raise IndexFault(f"{name} has {rank} {'index' if rank == 1 else 'indices'}, here it has {len(indices)}")
        return Character(sort, self._free([index for index in indices if not index.is_number]))

    def _scalar(self, node: Node, what: str) -> None:
        _check_scalar(self.of(node), node, what)

    def _vector(self, node: Node, what: str) -> None:
        if self.of(node) != Character(Sort.VECTOR):
            raise IndexFault(f"“{_short(node)}” is no four-vector, but {what} must be one")


def _is_slash(node: Node) -> bool:
    return isinstance(node, tree.Call) and node.function == "slash"


def _check_scalar(found: Character, node: Node, what: str) -> None:
    if found.sort is not Sort.SCALAR:
        noun = "a four-vector" if found.sort is Sort.VECTOR else "a matrix"
        raise IndexFault(f"“{_short(node)}” is {noun}, but {what} must be a number")
    if found.indices:
        raise IndexFault(f"“{_short(node)}” has the free index “{found.indices[0].name}”, but {what} must be a number")


def _short(node: Node) -> str:
    text = written(node)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _listed(indices: Sequence[Index]) -> str:
    return " ".join(f"{'^' if index.is_upper else '_'}{index.letter}" for index in indices) or "none"
