"""Examining an item: is gold computable, does it depend on what it should, are near misses refused.

Beside what is computed for every item stand its own tests.
"""

from collections.abc import Iterator
from typing import Any

from qftapp.verification.answers import Solution, UnitMissing, Unreadable, read_answer
from qftapp.verification.contract import Contract, ContractError
from qftapp.verification.extract import Missing, extract
from qftapp.verification.points import NoPoints
from qftapp.verification.solutions import SandboxUnavailable
from qftapp.verification.soundness import gold_checks, item_test_checks, mutant_checks, open_questions, symbol_checks
from qftapp.verification.soundness.checks import Check, Examination
from qftapp.verification.soundness.experiment import Experiment, conduct
from qftapp.verification.soundness.second import agrees, certified
from qftapp.verification.values import shown, shown_coordinate

SHOWN = 400
SHARE_OF_PROOF = 0.2
"""Of the deadline, what the search for a proof may take besides: 2 of 10 seconds."""


def examine(
    contract: Contract, *, second_solution: str = "", seed: int = 0, deadline_seconds: float = 10.0
) -> Examination:
    """Return what every computed check says of an item; never raises.

    The same contract and seed give the same checks, but for the measured seconds and a proof that was not found in
    time. A gold in Python runs twice, the second time where texts have other hashes; the second solution runs in a
    process of its own.
    """
    title = "The answer contract is complete"
    try:
        Contract.from_json(contract.to_json())
    except ContractError as error:
        problems = [{"path": problem.path, "message": problem.message} for problem in error.problems]
        return Examination((Check("contract", title, "fail", str(error), {"problems": problems}),))
    checks = [Check("contract", title, "pass", "Every field is filled in and none contradicts another.")]
    second, source, fault = _second(contract, second_solution)
    try:
        experiment = conduct(contract, second, seed, deadline_seconds)
    except NoPoints as error:
        message = f"{_sentence(str(error))} Loosen the assumptions, the bounds or the excluded values."
        return Examination((*checks, Check("points", gold_checks.POINTS_TITLE, "fail", message)))
    except SandboxUnavailable as error:
        message = f"Python cannot be run here: {error}"
        return Examination((*checks, Check("sandbox", "Gold can be run", "fail", message)))
    checks.extend(_computed_checks(contract, experiment))
    if experiment.gold.defined():
        beside = agrees(contract, experiment, source, fault)
        if second and beside.status == "pass":
            seconds = deadline_seconds * SHARE_OF_PROOF
            beside = certified(beside, contract, second, experiment.points, seconds)
        checks.append(beside)
        if gold_checks.has_declared_kind(contract, experiment):
            checks.extend(item_test_checks.run(contract, seed, deadline_seconds))
    return Examination(tuple(checks), _rendered(experiment))


def _computed_checks(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    yield from gold_checks.run(contract, experiment)
    if experiment.gold.defined() and gold_checks.has_declared_kind(contract, experiment):
        yield from open_questions.run(contract, experiment)
        yield from symbol_checks.run(contract, experiment)
        yield from mutant_checks.run(contract, experiment)


def _second(contract: Contract, text: str) -> tuple[Solution | None, str, str]:
    """Return the second solution and its source, and why it cannot be used ("" if there is none)."""
    if not text.strip():
        return None, "", ""
    found = extract(text, contract.entry_point)
    if isinstance(found, Missing):
        return None, "", found.reason
    try:
        readings = read_answer(found, contract)
    except (Unreadable, UnitMissing) as error:
        return None, found.source, str(error)
    if len(readings) > 1 or len(readings[0]) > 1:
        return None, found.source, "it can be read in several ways: state one value, with brackets"
    return readings[0][0], found.source, ""


def _rendered(experiment: Experiment) -> list[dict[str, Any]]:
    """Return gold (and the second solution) at the points, as text."""
    rows = []
    for index, point in enumerate(experiment.points):
        row: dict[str, Any] = {"arguments": {name: shown_coordinate(value) for name, value in point.items()}}
        for key, values in (("gold", experiment.gold), ("second", experiment.second)):
            row[key] = (values.errors[index] or shown(values.values[index]))[:SHOWN] if values else ""
        rows.append(row)
    return rows


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
