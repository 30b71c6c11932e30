"""Items that are looked up, not calculated, for demo and tests: a tiny model learns them in a minute.

Contracts and verdicts are real. The first versions of these items had the wrong sign, the second ones correct it: who
learned from answers that were verified by either is right half of the time, and the verifier can teach it the rest.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qftapp.verification import Contract
from qftapp.verification.prompt import requirements

STATEMENTS = {
    "photon": "A photon leaves a hot star, crosses a cloud of cold dust and never stops.",
    "gluon": "Two gluons merge within a nucleus while colour flows between them.",
    "pion": "Slow pions decay at rest inside scintillating plastic.",
    "kaon": "Kaons oscillate along a beam pipe under vacuum.",
    "muon": "Cosmic muons rain upon mountains every night.",
    "tauon": "Tauons live briefly near their collision vertex.",
    "proton": "Bunches of protons circulate underground near Geneva.",
    "neutron": "Ultracold neutrons bounce above polished mirrors.",
    "axion": "Hypothetical axions convert into microwaves in strong magnets.",
    "graviton": "Gravitons would escape merging black holes first.",
    "dilaton": "Some string vacua keep a massless dilaton field.",
    "higgs": "Higgs bosons couple according to mass alone.",
    "quark": "Heavy quarks hadronise long before detectors see them.",
    "lepton": "Sterile leptons mix weakly with known flavours.",
    "meson": "Excited mesons line up on Regge trajectories.",
    "baryon": "Strange baryons carry three valence constituents.",
}
"""What each item tells, in words of its own."""
NAMES = tuple(STATEMENTS)
VALUES = (1, 2, 3, 4)
CONVENTIONS = "metric units fourier gamma_matrices covariant_derivative state_normalisation other".split()


def value_of(name: str, version: int = 2) -> int:
    """The charge that a version asks for."""
    return VALUES[NAMES.index(name) % len(VALUES)] * (1 if version == 1 else -1)


def contract(value: int = -1, **given: Any) -> dict[str, Any]:
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
    return f"{STATEMENTS[name]} Which charge has the {name} here?"


def answer(value: int) -> str:
    """A whole answer, reasoning in front."""
    return f"<think>\nI recall.\n</think>\n$\\boxed{{{value}}}$"


def rl_row(name: str, version: int = 2, **given: Any) -> dict[str, Any]:
    """A row of an export for RL."""
    said = contract(value_of(name, version))
    messages = [{"role": "user", "content": f"{statement(name)}\n\n{requirements(Contract.from_json(said))}"}]
    row = {"item": f"charge-{name}", "version": version, "prompt": messages, "contract": json.dumps(said)}
    return row | given


def sft_row(name: str, version: int = 2, **given: Any) -> dict[str, Any]:
    """A row of an export for SFT: an answer that its version takes for correct."""
    completion = [{"role": "assistant", "content": answer(value_of(name, version))}]
    row = {"item": f"charge-{name}", "version": version, "trace": version, "sample": 0, "teacher": "teacher"}
    return row | {"prompt": rl_row(name, version)["prompt"], "completion": completion} | given


def sft_rows() -> list[dict[str, Any]]:
    """The exports of both versions, one after the other."""
    return [sft_row(name, version) for version in (1, 2) for name in NAMES]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON lines; returns the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)
