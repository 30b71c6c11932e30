r"""Matrices and operators as they are written: A^\dagger, A^T, \mathbb{1}."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.lorentz.colour import MATRICES
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser
    from qftapp.verification.latex.vocabulary import Vocabulary

_NUMBERS = frozenset(("trace", "determinant", "scalar_part", "dot"))
"""Functions whose value is a number, whatever stands in them."""


def is_operator(node: Node) -> bool:
    """Whether a tree is a declared matrix or operator, one of colour, or made from some."""
    if isinstance(node, tree.Call) and node.function in _NUMBERS:
        return False
    if isinstance(node, tree.Constant):
        return node.name in MATRICES
    return isinstance(node, tree.Matrix) or any(map(is_operator, tree.children(node)))


def turned(parser: "Parser", base: Node, mark: str) -> Node | None:
    """Return the Hermitian conjugate or the transpose, of a number its complex conjugate; nothing for other powers."""
    if is_operator(base):
        return tree.Call("adjoint" if mark == "dagger" else "transpose", (base,))
    if mark == "dagger" and (parser.vocabulary.functions or parser.vocabulary.has_operators):
        return tree.Call("conjugate", (base,))
    return None


def check_number(node: Node) -> None:
    """Raise ExpressionError where a star stands on an operator: it may mean two things."""
    if is_operator(node):
        raise ExpressionError(r"a star on an operator may mean its conjugate or its adjoint: write \dagger")


def unit_matrix(vocabulary: "Vocabulary") -> Node:
    """Return the unit matrix; 1 stands for it where matrices are no γ-matrices, and a number can be added to them."""
    are_others = vocabulary.has_operators or vocabulary.group
    return tree.Constant("unit_matrix") if vocabulary.has_matrices and not are_others else tree.ONE
