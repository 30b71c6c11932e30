r"""Infinite sets of whole numbers: n = 0, 1, 2, \ldots, n \in \mathbb{N}_0, n \geq 1 with n \in \mathbb{Z}.

| text | from |
|---|---|
| `0, 1, 2, \ldots` | 0 |
| `\mathbb{N}`, `\mathbb{Z}_{>0}` | 1 |
| `\mathbb{N}_0`, `\mathbb{Z}_{\geq 0}` | 0 |
| `n \geq 2,\ n \in \mathbb{Z}` | 2 |
| `\mathbb{Z}`, `0, \pm 1, \pm 2, \ldots` | no least one |
"""

from collections.abc import Sequence

from qftapp.verification import tree
from qftapp.verification.latex.cursor import split
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node

_FAMILIES: dict[str, int | None] = {
    "\\mathbb N": 1,
    "\\mathbb N_0": 0,
    "\\mathbb N_\\geq 0": 0,
    "\\mathbb N^+": 1,
    "\\mathbb Z": None,
    "\\mathbb Z^+": 1,
    "\\mathbb Z_>0": 1,
    "\\mathbb Z_\\geq 0": 0,
    "\\mathbb Z_\\geq 1": 1,
}
_MEMBERSHIP = ("in", "=")


def read(tokens: Sequence[Token]) -> Node | None:
    """Return the set as labels that say which it is, nothing where the text is something else."""
    parts = [part for part in split(tokens, ",", ";", "wedge") if part]
    if parts and key(parts[-1]) == "\\ldots ":
        return _listed(parts[:-1])
    families = [_family(part) for part in parts]
    bounds = [_bound(part) for part in parts]
    is_understood = all(family or bound is not None for family, bound in zip(families, bounds, strict=True))
    if not any(families) or not is_understood:
        return None
    least = [low for family in families if family and (low := _FAMILIES[family]) is not None]
    return _from(max([*least, *(bound for bound in bounds if bound is not None)], default=None))


def _from(least: int | None) -> Node:
    name = "all whole numbers" if least is None else f"whole numbers from {least}"
    return tree.Group("set", (tree.Text(name),))


def _listed(parts: list[list[Token]]) -> Node | None:
    parts = [_value(part) for part in parts]
    texts = [key(part) for part in parts]
    if [text.replace("\\pm ", "±") for text in texts[:3]] == ["0", "±1", "±2"]:
        return _from(None)
    if len(texts) < 2 or not all(text.lstrip("-").isdecimal() and len(text) < 10 for text in texts):
        return None
    numbers = [int(text) for text in texts]
    return _from(numbers[0]) if numbers == list(range(numbers[0], numbers[0] + len(numbers))) else None


def _value(tokens: list[Token]) -> list[Token]:
    """Return what stands behind n = or n ∈."""
    return split(tokens, *_MEMBERSHIP)[-1]


def _family(tokens: list[Token]) -> str | None:
    spelled = key(_value(tokens))
    return spelled if spelled in _FAMILIES else None


def _bound(tokens: list[Token]) -> int | None:
    """Return the least number that n ≥ 2 or n > 1 allows."""
    for mark, step in (("geq", 0), (">", 1)):
        sides = split(tokens, mark)
        if len(sides) == 2 and len(sides[0]) == 1 and key(sides[1]).lstrip("-").isdecimal():
            return int(key(sides[1])) + step
    return None
