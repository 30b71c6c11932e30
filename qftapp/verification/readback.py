"""How an answer was read: what it means to the verifier, as a formula and as text, for people who try one."""

from dataclasses import dataclass

from qftapp.verification.answers import Solution, UnitMissing, Unreadable, read_answer
from qftapp.verification.contract import Contract
from qftapp.verification.extract import Missing, extract
from qftapp.verification.typesetting import typeset
from qftapp.verification.written import written

LONGEST = 4_000
"""Characters of a formula or text that are still shown."""


@dataclass(frozen=True, slots=True)
class Readback:
    """One thing an answer can mean: the parts of a = b = c, each as LaTeX ("" for code) and as text."""

    parts: tuple[tuple[str, str], ...]


def read_back(contract: Contract, response: str) -> tuple[Readback, ...]:
    """Return what the answer in a response was read as, mostly one thing; nothing where it cannot be read."""
    found = extract(response, contract.entry_point)
    if isinstance(found, Missing):
        return ()
    try:
        readings = read_answer(found, contract)
    except (Unreadable, UnitMissing):
        return ()
    return tuple(Readback(tuple(_part(contract, solution) for solution in reading)) for reading in readings)


def _part(contract: Contract, solution: Solution) -> tuple[str, str]:
    if isinstance(solution.body, str):
        return "", solution.body[:LONGEST]
    latex, text = typeset(solution.body, contract), written(solution.body)
    return latex if len(latex) <= LONGEST else "", text[:LONGEST]
