r"""Arithmetic with matrices and vectors as they are written: \frac12\begin{pmatrix}…\end{pmatrix}, A + B, AB,
A^2, A^{-1}, A^T, A^\dagger.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.tree import Group, Node

ROWS_LIMIT = 4
"""Rows of a matrix whose determinant is written out."""
POWER_LIMIT = 50
SYMBOLIC_POWER_LIMIT = 4
_REFUSED = "there is no arithmetic with lists here: write the factor into each entry"


def product(factors: Sequence[Node]) -> Node:
    """Return a product with matrices among its factors."""
    matrices = [factor for factor in factors if isinstance(factor, Group)]
    scalars = [factor for factor in factors if not isinstance(factor, Group)]
    result = matrices[0]
    for right in matrices[1:]:
        result = _multiplied(_rows(result), _rows(right))
    return _scaled(result, scalars) if scalars else result


def sum_of(terms: Sequence[Node]) -> Node | None:
    """Return a sum of matrices entry by entry, nothing where no term is one."""
    if Group not in map(type, terms):
        return None
    return _added(terms)


def determinant(matrix: Node) -> Node:
    """Return the determinant of a square matrix of at most 4 rows, by its first row."""
    return _expanded(_square(matrix))


def raised(matrix: Node, mark: str) -> Node | None:
    """Return the transpose or adjoint that a superscript asks for, nothing where it is none of these marks."""
    rows = _rows(matrix)
    if mark in ("T", "top"):
        return _list(zip(*rows, strict=True))
    if mark in ("dagger", "H"):
        return conjugate(_list(zip(*rows, strict=True)))
    if mark == "*":
        raise ExpressionError(r"A^* of a matrix can be two things: write \bar{A} or A^\dagger")
    return None


def power(matrix: Node, exponent: Node) -> Node:
    """Return a whole power of a square matrix, negative ones by its inverse."""
    rows = _square(matrix)
    if not isinstance(exponent, tree.Number) or exponent.value.denominator != 1:
        raise ExpressionError("only whole powers of matrices are read")
    size = abs(int(exponent.value))
    are_numbers = all(isinstance(entry, tree.Number) for row in rows for entry in row)
    if size > (POWER_LIMIT if are_numbers else SYMBOLIC_POWER_LIMIT):
        raise ExpressionError("the power of the matrix is too high to be written out")
    base = rows if exponent.value > 0 else _rows(inverse(matrix))
    result = _unit(len(rows)) if size == 0 else _list(base)
    for _ in range(size - 1):
        result = _multiplied(_rows(result), base)
    return result


def _unit(size: int) -> Group:
    return _list([[tree.ONE if row == column else tree.ZERO for column in range(size)] for row in range(size)])


def inverse(matrix: Node) -> Node:
    """Return the inverse of a square matrix of at most 4 rows."""
    return _scaled(adjugate(matrix), (tree.Power(determinant(matrix), tree.MINUS_ONE),))


def adjugate(matrix: Node) -> Node:
    """Return the transposed matrix of cofactors."""
    rows = _square(matrix)
    if len(rows) == 1:
        return _list(((tree.ONE,),))
    return _list([[_cofactor(rows, column, row) for column in range(len(rows))] for row in range(len(rows))])


def _cofactor(rows: Sequence[tuple[Node, ...]], row: int, column: int) -> Node:
    minor = [other[:column] + other[column + 1 :] for place, other in enumerate(rows) if place != row]
    return _times(tree.number((-1) ** (row + column)), _expanded(minor))


def trace(matrix: Node) -> Node:
    """Return the sum of the diagonal of a square matrix."""
    rows = _square(matrix)
    return tree.Sum(tuple(row[place] for place, row in enumerate(rows))) if len(rows) > 1 else rows[0][0]


def conjugate(node: Node) -> Node:
    """Return the complex conjugate of every entry."""
    if isinstance(node, Group):
        return Group(node.form, tuple(map(conjugate, node.items)))
    return tree.Call("conjugate", (node,))


def is_matrix(node: Node) -> bool:
    """Whether a tree is a list of lists."""
    return isinstance(node, Group) and bool(node.items) and all(isinstance(item, Group) for item in node.items)


def _square(matrix: Node) -> list[tuple[Node, ...]]:
    rows = _rows(matrix)
    if len(rows) > ROWS_LIMIT or any(len(row) != len(rows) for row in rows):
        raise ExpressionError(f"only square matrices of up to {ROWS_LIMIT} rows have powers, a trace or a determinant")
    return rows


def _list(rows: Iterable[Iterable[Node]]) -> Group:
    return Group("list", tuple(Group("list", tuple(row)) for row in rows))


def _times(left: Node, right: Node) -> Node:
    if isinstance(left, tree.Number) and isinstance(right, tree.Number):
        return tree.Number(left.value * right.value)
    return tree.Product((left, right))


def _scaled(node: Node, scalars: Sequence[Node]) -> Node:
    if isinstance(node, Group):
        if node.form == "set":
            raise ExpressionError(_REFUSED)
        return Group(node.form, tuple(_scaled(item, scalars) for item in node.items))
    return tree.Product((*scalars, node))


def _added(terms: Sequence[Node]) -> Node:
    if not any(isinstance(term, Group) for term in terms):
        return tree.Sum(tuple(terms))
    groups = [term for term in terms if isinstance(term, Group) and term.form != "set"]
    if len(groups) != len(terms) or len({len(group.items) for group in groups}) != 1:
        raise ExpressionError("only matrices of the same size can be added")
    return Group(groups[0].form, tuple(_added(parts) for parts in zip(*(g.items for g in groups), strict=True)))


def _rows(node: Node) -> list[tuple[Node, ...]]:
    rows = [item for item in node.items if isinstance(item, Group)] if isinstance(node, Group) else []
    if not isinstance(node, Group) or len(rows) != len(node.items) or len({len(row.items) for row in rows}) != 1:
        raise ExpressionError(_REFUSED)
    return [row.items for row in rows]


def _multiplied(left: list[tuple[Node, ...]], right: list[tuple[Node, ...]]) -> Group:
    if len(left[0]) != len(right):
        raise ExpressionError("these matrices cannot be multiplied: their sizes do not fit")
    columns = list(zip(*right, strict=True))
    return _list([[_dot(row, column) for column in columns] for row in left])


def _dot(row: Sequence[Node], column: Sequence[Node]) -> Node:
    products = tuple(_times(*pair) for pair in zip(row, column, strict=True))
    numbers = [product.value for product in products if isinstance(product, tree.Number)]
    if len(numbers) == len(products):
        return tree.Number(sum(numbers, Fraction(0)))
    return products[0] if len(products) == 1 else tree.Sum(products)


def _expanded(rows: Sequence[tuple[Node, ...]]) -> Node:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for place, entry in enumerate(rows[0]):
        minor = _expanded([row[:place] + row[place + 1 :] for row in rows[1:]])
        terms.append(tree.Product((tree.number((-1) ** place), entry, minor)))
    return tree.Sum(tuple(terms))
