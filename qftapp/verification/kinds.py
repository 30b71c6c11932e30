"""What a value of each kind looks like, and how an answer is brought into the shape of gold."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qftapp.verification.terms import Equality, Kind
from qftapp.verification.values import Collection, Scalar, Value, is_matrix, shape

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract

_BRACKETS = {"tuple": "()", "list": "[]"}
MOST_ELEMENTS = 100
"""Elements that gold may have where order does not matter: matching them takes the square of their number."""


def is_unordered(contract: "Contract") -> bool:
    """Whether the elements of the answer may come in any order."""
    return contract.kind is Kind.SET or contract.equality is Equality.AS_SET


def kind_fault(contract: "Contract", value: Value) -> str:
    """Say why a value of gold does not have the declared kind, "" if it has."""
    kind = contract.kind
    match kind:
        case Kind.NUMBER if not (isinstance(value, Scalar) and (not value.is_finite or value.ball.imag.contains(0))):
            what = "a complex number" if isinstance(value, Scalar) else shape(value)
            return f"gold returns {what}, not one real number"
        case Kind.EQUATION if isinstance(value, bool):
            return ""  # an inequality: it holds at a point or not
        case Kind.COMPLEX | Kind.EXPRESSION if not isinstance(value, Scalar):
            return f"gold returns {shape(value)}, not one number"
        case Kind.EQUATION if isinstance(value, bool | str) or (isinstance(value, Collection) and value.form == "set"):
            return f"gold returns {shape(value)}, not the difference of two sides"
        case Kind.BOOLEAN if not isinstance(value, bool):
            return f"gold returns {shape(value)}, not True or False"
        case Kind.LABEL if not isinstance(value, str) or folded(value) not in map(folded, contract.labels):
            return f"gold returns {shape(value)}, not one of the labels {', '.join(contract.labels)}"
        case Kind.MATRIX if not is_matrix(value):
            return f"gold returns {shape(value)}, not a matrix (a list of rows of one length)"
        case Kind.TENSOR if isinstance(value, bool | str):
            return f"gold returns {shape(value)}, not a tensor"
        case Kind.TUPLE | Kind.VECTOR | Kind.SET:
            return _collection_fault(contract, value)
    return ""


def _collection_fault(contract: "Contract", value: Value) -> str:
    kind = contract.kind
    if not isinstance(value, Collection):
        return f"gold returns {shape(value)}, not a {kind}"
    if not value.items and kind is not Kind.SET:
        return f"gold returns an empty {kind}"
    if is_unordered(contract) and len(value.items) > MOST_ELEMENTS:
        return f"gold returns {shape(value)}, too many to be matched in any order (at most {MOST_ELEMENTS})"
    if value.form == "set" and kind is not Kind.SET:
        return f"gold returns a set, whose order is lost, not a {kind}"
    if kind is Kind.VECTOR and not all(isinstance(item, Scalar) for item in value.items):
        return f"gold returns {shape(value)}, not a vector of numbers"
    return ""


def folded(label: str) -> str:
    """Return a label as it is compared: without case and surplus blanks."""
    return " ".join(label.split()).casefold()


def conformed(contract: "Contract", gold: Value, answer: Value) -> Value | None:
    """Return the answer in the shape of gold, None if it has another shape.

    A tuple of one is its entry, a list is a tuple, a row or column matrix is a vector, one number is a set of one; but
    a matrix has the rows and columns of gold. Sets are left as they are: their elements are matched, not lined up.
    """
    if isinstance(gold, Scalar) and isinstance(answer, Scalar):
        return answer
    if isinstance(gold, Collection):
        return _conformed_collection(contract, gold, answer)
    answer = _unwrapped(answer)
    if isinstance(gold, bool) or isinstance(answer, bool):
        return answer if isinstance(gold, bool) and isinstance(answer, bool) else None
    return answer if type(gold) is type(answer) else None


def _conformed_collection(contract: "Contract", gold: Collection, answer: Value) -> Value | None:
    if _is_alike(gold, answer):
        return answer
    if not isinstance(answer, Collection):
        answer = Collection("tuple", (answer,))
    if contract.kind in (Kind.VECTOR, Kind.SET) and not any(isinstance(item, Collection) for item in gold.items):
        answer = _flattened_matrix(answer)
    if contract.kind is Kind.MATRIX and is_matrix(answer) and _extent(answer) != _extent(gold):
        return None
    if contract.kind is Kind.MATRIX and len(gold.items) == 1 and len(answer.items) > 1:
        answer = Collection("list", (answer,))
    if is_unordered(contract):
        return answer
    if answer.form == "set" and len(answer.items) > 1:
        return None
    if len(answer.items) != len(gold.items):
        answer = _as_interval(gold, answer) or answer
    if len(answer.items) != len(gold.items):
        inner = answer.items[0] if len(answer.items) == 1 else None
        if not isinstance(inner, Collection) or len(inner.items) != len(gold.items):
            return None
        answer = inner
    parts = [_part(contract, *pair) for pair in zip(gold.items, answer.items, strict=True)]
    fitting = tuple(part for part in parts if part is not None)
    return Collection(gold.form, fitting) if len(fitting) == len(parts) else None


def _is_alike(gold: Value, answer: Value) -> bool:
    """Whether two values have the same shape already, and no sets in them."""
    if type(gold) is not type(answer):
        return False
    if not isinstance(gold, Collection) or not isinstance(answer, Collection):
        return True
    is_same_list = gold.form == answer.form != "set" and len(gold.items) == len(answer.items)
    return is_same_list and all(map(_is_alike, gold.items, answer.items))


def _as_interval(gold: Collection, answer: Collection) -> Collection | None:
    """Return (a, b) and [a, b] as the intervals they are beside one, and one as a pair beside a pair."""
    match gold.items, answer.items:
        case (str(), _, _, str()), (low, high):
            return Collection("tuple", ("[", low, high, "]") if answer.form == "list" else ("(", low, high, ")"))
        case (_, _), (str() as opening, low, high, str() as closing):
            return Collection("tuple", (low, high)) if opening + closing == _BRACKETS.get(gold.form) else None
    return None


def _extent(matrix: Collection) -> list[int]:
    """Return the lengths of the rows."""
    return [len(row.items) for row in matrix.items if isinstance(row, Collection)]


def _part(contract: "Contract", gold: Value, answer: Value) -> Value | None:
    if isinstance(gold, Collection) and not isinstance(answer, Collection) and len(gold.items) > 1:
        return None
    return conformed(contract, gold, answer)


def _unwrapped(value: Value) -> Value:
    while isinstance(value, Collection) and len(value.items) == 1:
        value = value.items[0]
    return value


def _flattened_matrix(value: Collection) -> Collection:
    if not is_matrix(value):
        return value
    rows = [row.items for row in value.items if isinstance(row, Collection)]
    if len(rows) == 1:
        return Collection("list", rows[0])
    return Collection("list", tuple(row[0] for row in rows)) if len(rows[0]) == 1 else value


def leaves(value: Value) -> Sequence[Scalar | bool | str]:
    """Return the numbers, labels and truth values of a value, in order."""
    if not isinstance(value, Collection):
        return [value]
    found: list[Scalar | bool | str] = []
    for item in value.items:
        if isinstance(item, Collection):
            found += leaves(item)
        else:
            found.append(item)
    return found
