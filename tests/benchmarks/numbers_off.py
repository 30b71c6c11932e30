"""An error that a source allows in the numbers of a formula, as the relative error of its value that it amounts to.

For a contract has a tolerance of the value alone. To first order, every number counting apart; and since the factor
differs from place to place, all symbols are kept in a narrow range.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from qftapp.verification import tree
from qftapp.verification.answers import read_gold
from qftapp.verification.contract import Contract, ContractError
from qftapp.verification.evaluation import evaluate
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from qftapp.verification.tree import Node
from qftapp.verification.values import Scalar

LOW, HIGH = 0.45, 0.55
_STEP = 1e-6
_EULER = tree.Constant("e")


def symbols(gold: str, beside: str) -> list[str]:
    """Return the symbols of gold and of what is beside it, none where gold cannot be read."""
    found = _contract(gold, beside)
    return [symbol.latex for symbol in found.symbols] if found else []


def relative_error(gold: str, error: float, *, is_absolute: bool, in_exponents: bool) -> float:
    """Return what an error in each number amounts to in the value, at most 1."""
    contract = _contract(gold, "")
    if contract is None:
        return error
    node = read_gold(contract)
    worst = 0.0
    for place in (LOW, HIGH):
        point = {symbol.name: place for symbol in contract.symbols}
        value = _number(node, point)
        changes = [abs(_number(other, point) - value) for other in _shifted(node, is_absolute, in_exponents)]
        worst = max(worst, sum(changes) / _STEP / abs(value) if value else 0.0)
    return min(error * worst, 0.5) if 0 < worst < float("inf") else error


def _contract(gold: str, beside: str) -> Contract | None:
    try:
        return contract_of(gold, beside=beside)
    except (ExpressionError, ContractError):
        return None


def _shifted(node: Node, is_absolute: bool, in_exponents: bool) -> Iterator[Node]:
    """Yield the tree with one number after the other a little larger."""
    if isinstance(node, tree.Number):
        step = Fraction(_STEP) * (1 if is_absolute else node.value)
        if abs(node.value) != 1:
            yield tree.Number(node.value + step)
        return
    parts = tree.children(node)
    for place, part in enumerate(parts):
        is_exponent = isinstance(node, tree.Power) and place == 1 and node.base != _EULER
        if is_exponent and (part == tree.MINUS_ONE or not in_exponents):
            continue
        for changed in _shifted(part, is_absolute, in_exponents):
            yield tree.rebuilt(node, (*parts[:place], changed, *parts[place + 1 :]))


def _number(node: Node, point: dict[str, Any]) -> complex:
    value = evaluate(node, point)
    return complex(value.ball) if isinstance(value, Scalar) and value.is_finite else complex("nan")
