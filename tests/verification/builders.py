"""Contracts and responses the tests of the verifier share."""

from typing import Any

from qftapp.verification import Contract


def contract_json(**changes: Any) -> dict[str, Any]:
    """Return a sound contract, g²/(16πm), with some fields replaced."""
    return {
        "schema": 1,
        "kind": "expression",
        "entry_point": "width",
        "symbols": [symbol("m", "positive"), symbol("g", "real")],
        "assumptions": [],
        "constant": False,
        "gold": {"language": "expression", "source": "g**2/(16*pi*m)"},
        "labels": [],
        "equality": "value",
        "tolerance": {"kind": "relative", "value": 1e-6},
        "conventions": {},
        **changes,
    }


def symbol(name: str, domain: str = "real", **changes: Any) -> dict[str, Any]:
    """Return the JSON of a symbol."""
    return {"name": name, "domain": domain, **changes}


def item_test(answer: str, outcome: str = "correct", name: str = "") -> dict[str, str]:
    """Return the JSON of an item's own test."""
    return {"answer": answer, "outcome": outcome, "name": name}


def contract(**changes: Any) -> Contract:
    """Return the contract of `contract_json`."""
    return Contract.from_json(contract_json(**changes))


def constant(source: str, kind: str = "number", **changes: Any) -> Contract:
    """Return a contract whose answer is the expression `source` without symbols."""
    always = kind in ("number", "complex", "label", "boolean")
    return contract(
        kind=kind,
        symbols=[],
        constant=not always,
        gold={"language": "expression", "source": source},
        **changes,
    )


def python(source: str) -> dict[str, str]:
    """Return a gold answer in Python."""
    return {"language": "python", "source": source}


def expression(source: str) -> dict[str, str]:
    """Return a gold answer as an expression."""
    return {"language": "expression", "source": source}


def code(source: str) -> str:
    """Return a response whose answer is a block of Python."""
    return f"So the answer is\n\n```python\n{source}\n```\n"
