"""Items that are looked up, not calculated: what a tiny model can learn in a minute; contracts and verdicts are real."""

import json
from collections.abc import Iterable, Sequence
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
    """The charge that is to be learned."""
    return VALUES[NAMES.index(name) % len(VALUES)]


def contract(value: int = 1, **given: Any) -> dict[str, Any]:
    """The contract of a whole number."""
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


def rl_row(name: str, **given: Any) -> dict[str, Any]:
    """A row of an export for RL."""
    said = contract(value_of(name))
    prompt = f"{statement(name)}\n\n{requirements(Contract.from_json(said))}"
    messages = [{"role": "user", "content": prompt}]
    return {"item": f"charge-{name}", "version": 1, "prompt": messages, "contract": json.dumps(said)} | given


def sft_row(name: str, **given: Any) -> dict[str, Any]:
    """A row of an export for SFT."""
    completion = [{"role": "assistant", "content": answer(value_of(name))}]
    row = {"item": f"charge-{name}", "version": 1, "trace": 1, "sample": 0, "teacher": "teacher"}
    return row | {"prompt": rl_row(name)["prompt"], "completion": completion} | given


def write(path: Path, rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON lines; returns the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def texts(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What the rows say, for a tokenizer."""
    return [message["content"] for row in rows for name in ("prompt", "completion") for message in row.get(name, ())]
