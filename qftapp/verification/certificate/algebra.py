"""Asking SymPy, in a process of its own that is ended in time, whether the difference of two trees is 0."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.tree import Node

MEGABYTES = 1024
_SIMPLIFIER = Path(__file__).with_name("simplifier.py")
_DOMAINS = {
    Domain.REAL: ("real",),
    Domain.POSITIVE: ("positive",),
    Domain.NEGATIVE: ("negative",),
    Domain.NONNEGATIVE: ("nonnegative",),
    Domain.COMPLEX: ("complex",),
    Domain.INTEGER: ("integer",),
    Domain.NATURAL: ("integer", "positive"),
    Domain.FOUR_VECTOR: ("real",),
}


def are_same(pairs: list[tuple[Node, Node]], contract: Contract, seconds: float) -> bool:
    """Whether SymPy brings every difference to 0 in that time; trees are those of `Scalars`."""
    request = {
        "pairs": [[_data(first), _data(second)] for first, second in pairs],
        "assumptions": {name: _assumptions(symbol) for symbol in contract.symbols for name in _names(symbol)},
        "seconds": seconds,
        "megabytes": MEGABYTES,
    }
    try:
        # By path and isolated: nothing of the project is imported there, and nothing but true or false comes back.
        done = subprocess.run(
            [sys.executable, "-I", str(_SIMPLIFIER)],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd="/",
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.stdout == b"true"


def _data(node: Node) -> list[Any]:
    """Return a tree as JSON: its kind, then its parts."""
    match node:
        case tree.Number(value):
            return ["number", str(value)]
        case tree.Constant(name):
            return ["constant", name]
        case tree.Variable(name, index):
            return ["symbol", name if index is None else f"{name}[{index}]"]
        case tree.Call(function, _):
            return ["call", function, *map(_data, tree.children(node))]
    return [type(node).__name__.lower(), *map(_data, tree.children(node))]


def _names(symbol: Symbol) -> list[str]:
    if symbol.domain is Domain.FOUR_VECTOR:
        return [f"{symbol.name}[{place}]" for place in range(4)]
    return [symbol.name]


def _assumptions(symbol: Symbol) -> tuple[str, ...]:
    """Return what SymPy may take for granted, by the domain and by bounds on one side of 0."""
    known = _DOMAINS[symbol.domain]
    if symbol.domain in (Domain.REAL, Domain.INTEGER):
        if symbol.low is not None and symbol.low >= 0:
            return (*known, "positive" if symbol.low > 0 else "nonnegative")
        if symbol.high is not None and symbol.high < 0:
            return (*known, "negative")
    return known
