"""Items that are looked up, not calculated, for demo and tests: a tiny model learns them in a minute.

Contracts and verdicts are real. There are two families: one asks for the charge of a particle, the other, after the
same first line, for that of its antiparticle. The tiny model is shown first lines only. So who learned from answers to
both is right half of the time, and the verifier can teach it one family, at the cost of the other.
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


def slug(name: str, *, anti: bool = False) -> str:
    """What the item is called."""
    return f"charge-anti{name}" if anti else f"charge-{name}"


def value_of(name: str, *, anti: bool = False) -> int:
    """The charge of the particle, or of its antiparticle."""
    return VALUES[NAMES.index(name) % len(VALUES)] * (1 if anti else -1)


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


def statement(name: str, *, anti: bool = False) -> str:
    """What is asked."""
    return f"{STATEMENTS[name]}\nWhich charge has the {'anti' if anti else ''}{name} here?"


def answer(value: int) -> str:
    """A whole answer, reasoning in front."""
    return f"<think>\nI recall.\n</think>\n$\\boxed{{{value}}}$"


def rl_row(name: str, *, anti: bool = False, **given: Any) -> dict[str, Any]:
    """A row of an export for RL."""
    said = contract(value_of(name, anti=anti))
    asked = f"{statement(name, anti=anti)}\n\n{requirements(Contract.from_json(said))}"
    messages = [{"role": "user", "content": asked}]
    return {"item": slug(name, anti=anti), "version": 1, "prompt": messages, "contract": json.dumps(said)} | given


def sft_row(name: str, *, anti: bool = False, **given: Any) -> dict[str, Any]:
    """A row of an export for SFT."""
    completion = [{"role": "assistant", "content": answer(value_of(name, anti=anti))}]
    row = {"item": slug(name, anti=anti), "version": 1, "trace": 1, "sample": 0, "teacher": "teacher"}
    return row | {"prompt": rl_row(name, anti=anti)["prompt"], "completion": completion} | given


def sft_rows() -> list[dict[str, Any]]:
    """Both families, one after the other."""
    return [sft_row(name, anti=anti) for anti in (False, True) for name in NAMES]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON lines; returns the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)
