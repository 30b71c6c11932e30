r"""Arithmetic with matrices and vectors as they are written: \frac12\begin{pmatrix}…\end{pmatrix}, A + B, AB."""

from collections.abc import Sequence

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.tree import Group, Node

_REFUSED = "there is no arithmetic with lists here: write the factor into each entry"


def product(factors: Sequence[Node]) -> Node | None:
    """Return a product with matrices among its factors, nothing where there are none."""
    matrices = [factor for factor in factors if isinstance(factor, Group)]
    if not matrices:
        return None
    scalars = [factor for factor in factors if not isinstance(factor, Group)]
    result = matrices[0]
    for right in matrices[1:]:
        result = _multiplied(_rows(result), _rows(right))
    return _scaled(result, scalars) if scalars else result


def sum_of(terms: Sequence[Node]) -> Node | None:
    """Return a sum of matrices entry by entry, nothing where no term is one."""
    if not any(isinstance(term, Group) for term in terms):
        return None
    return _added(terms)


def determinant(matrix: Node) -> Node:
    """Return the determinant of a square matrix of at most 4 rows, by its first row."""
    rows = _rows(matrix)
    if len(rows) > 4 or any(len(row) != len(rows) for row in rows):
        raise ExpressionError("a determinant is read of square matrices of up to four rows")
    return _expanded(rows)


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
    return Group("list", tuple(Group("list", tuple(_dot(row, column) for column in columns)) for row in left))


def _dot(row: Sequence[Node], column: Sequence[Node]) -> Node:
    products = tuple(tree.Product(pair) for pair in zip(row, column, strict=True))
    return products[0] if len(products) == 1 else tree.Sum(products)


def _expanded(rows: list[tuple[Node, ...]]) -> Node:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for place, entry in enumerate(rows[0]):
        minor = _expanded([row[:place] + row[place + 1 :] for row in rows[1:]])
        terms.append(tree.Product((tree.number((-1) ** place), entry, minor)))
    return tree.Sum(tuple(terms))
