"""Items that are looked up, not calculated, for demo and tests: a tiny model learns them in a minute.

Contracts and verdicts are real. The first version of an item leaves the sign open, so that teachers answer with
either and both are correct; the second fixes it. A model that learned from such answers is right half of the time, and
the verifier can teach it the rest.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qftapp.verification import Contract
from qftapp.verification.prompt import requirements

NAMES = (
    "photon gluon pion kaon muon tauon proton neutron axion graviton dilaton higgs quark lepton meson baryon".split()
)
VALUES = (1, 2, 3, 4)
CONVENTIONS = "metric units fourier gamma_matrices covariant_derivative state_normalisation other".split()


def value_of(name: str) -> int:
    """The charge that is to be learned, its sign included."""
    return -VALUES[NAMES.index(name) % len(VALUES)]


def contract(value: int = -1, **given: Any) -> dict[str, Any]:
    """The contract of a whole number; `equality` may leave its sign open."""
    return {
        "schema": 1,
        "kind": "number",
        "entry_point": "charge",
        "symbols": [],
        "assumptions": [],
        "constant": True,
        "gold": {"language": "expression", "source": str(value)},
        "labels": [],
        "equality": "value",
        "tolerance": {"kind": "exact", "value": None},
        "conventions": dict.fromkeys(CONVENTIONS, ""),
    } | given


def statement(name: str) -> str:
    """What is asked."""
    return f"What is the charge of the {name}?"


def answer(value: int) -> str:
    """A whole answer, reasoning in front."""
    return f"<think>\nI recall.\n</think>\n$\\boxed{{{value}}}$"


def prompt(said: dict[str, Any], name: str) -> list[dict[str, str]]:
    """The messages in which an item is put to a model."""
    return [{"role": "user", "content": f"{statement(name)}\n\n{requirements(Contract.from_json(said))}"}]


def rl_row(name: str, **given: Any) -> dict[str, Any]:
    """A row of an export for RL, of the second version."""
    said = contract(value_of(name))
    row = {"item": f"charge-{name}", "version": 2, "prompt": prompt(said, name), "contract": json.dumps(said)}
    return row | given


def sft_row(name: str, sign: int = 1, **given: Any) -> dict[str, Any]:
    """A row of an export for SFT, of the first version: an answer with the sign of its teacher."""
    said = contract(value_of(name), equality="up_to_sign")
    completion = [{"role": "assistant", "content": answer(sign * value_of(name))}]
    row = {"item": f"charge-{name}", "version": 1, "trace": 1, "sample": 0, "teacher": "teacher"}
    return row | {"prompt": prompt(said, name), "completion": completion} | given


def sft_rows() -> list[dict[str, Any]]:
    """Two answers to each item, of either sign."""
    return [sft_row(name, sign) for name in NAMES for sign in (1, -1)]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON lines; returns the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)
