"""Deciding whether a response answers an item rightly.

| response | outcome |
|---|---|
| agrees with gold at every point where gold is defined | correct |
| differs, is undefined, or raises at one of them; leaves its confinement | wrong |
| nothing that looks like an answer | no_answer |
| an answer that cannot be read, two different boxes, a function of another name, an unlisted label | unreadable |
| hangs on the sign of a zero on a branch cut, or cannot be computed accurately enough | unreadable |
| still running at the deadline, or out of memory | timeout |
| anything, while gold raises, is undefined or undecided, has another kind, or no point exists | broken_item |
"""

import time
from collections.abc import Hashable, Sequence
from typing import Any

from qftapp.verification.answers import Reading, Solution, UnitMissing, Unreadable, read_answer
from qftapp.verification.contract import Contract
from qftapp.verification.diagnosis import Diagnosis
from qftapp.verification.extract import Answer, Missing, extract
from qftapp.verification.gold import Footing, Gold, gold_at_points
from qftapp.verification.indices import IndicesDiffer, fitted
from qftapp.verification.judgement import Clock, Judgement
from qftapp.verification.lorentz import IndexFault
from qftapp.verification.points import NoPoints
from qftapp.verification.trial import Trial
from qftapp.verification.verdict import Evidence, Outcome, Verdict

VERIFIER_VERSION = "4"


def verify(
    contract: Contract,
    response: str,
    *,
    seed: int | None = None,
    deadline_seconds: float = 10.0,
    in_prose: bool = False,
    with_diagnosis: bool = True,
) -> Verdict:
    """Return the verdict on a response; without a diagnosis it takes a fraction of the time where an answer is wrong.

    The points are secret, drawn once for a contract in each process, unless `seed` fixes them; gold is computed at them
    once (see `gold`). `in_prose` is for contracts that were guessed: it also takes a final answer that sentences state,
    which no prompt of ours asks for. Raises SandboxUnavailable if Python would have to be run and this machine cannot
    confine it; never anything else.
    """
    clock = Clock(time.monotonic(), deadline_seconds, with_diagnosis)
    known: dict[str, Any] = {}
    found = extract(response, contract.entry_point, in_prose=in_prose)
    judgement = _judge(contract, found, seed, clock, known)
    known["seconds"] = round(time.monotonic() - clock.started, 6)
    return Verdict(judgement.outcome, judgement.reason, judgement.diagnosis, Evidence(known, judgement.compared))


def _judge(
    contract: Contract, found: Answer | Missing, seed: int | None, clock: Clock, known: dict[str, Any]
) -> Judgement:
    if isinstance(found, Missing):
        return Judgement(Outcome.UNREADABLE if found.is_unreadable else Outcome.NO_ANSWER, found.reason)
    known["answer"] = {"form": found.form, "text": found.source[:10_000]}
    try:
        gold, known["seed"] = gold_at_points(contract, seed)
    except NoPoints as error:
        return Judgement(Outcome.BROKEN_ITEM, str(error))
    judgement: Judgement | None = gold.judged.recall(found)
    if judgement is None:
        judgement = _judge_answer(contract, found, gold, clock)
        _keep(gold, found, judgement, clock)
    return judgement


def _keep(gold: Gold, answer: Hashable, judgement: Judgement, clock: Clock) -> None:
    """Remember a judgement that another time would not change."""
    is_whole = clock.has_time_to_diagnose or judgement.outcome is not Outcome.WRONG
    if is_whole and judgement.outcome in (Outcome.CORRECT, Outcome.WRONG, Outcome.UNREADABLE):
        gold.judged.keep(answer, judgement)


def _judge_answer(contract: Contract, found: Answer, gold: Gold, clock: Clock) -> Judgement:
    try:
        readings = read_answer(found, contract)
    except Unreadable as error:
        return Judgement(Outcome.UNREADABLE, str(error))
    except UnitMissing as error:
        return Judgement(Outcome.WRONG, str(error), Diagnosis("unit_missing", "the unit is missing"))
    known: Judgement | None = gold.judged.recall(readings)  # another spelling of an answer given before
    if known is not None:
        return known
    judgement = _judge_readings(contract, readings, gold, clock)
    _keep(gold, readings, judgement, clock)
    return judgement


def _judge_readings(contract: Contract, readings: Sequence[Reading], gold: Gold, clock: Clock) -> Judgement:
    footing = gold.footing(time.monotonic() + clock.left / 2)
    if footing.fault:
        return Judgement(Outcome.BROKEN_ITEM, footing.fault)
    judgements = [_all_right(contract, reading, gold, footing, clock) for reading in readings]
    if len({judgement.outcome for judgement in judgements}) > 1:
        reason = "the answer can be read in two ways, with two verdicts: write brackets"
        return Judgement(Outcome.UNREADABLE, reason, compared=judgements[-1].compared)
    return judgements[0]


def _all_right(contract: Contract, reading: Reading, gold: Gold, footing: Footing, clock: Clock) -> Judgement:
    """Judge the parts of a = b = c, of which each must be right."""
    for place, solution in enumerate(reading, 1):
        judgement = _judge_part(contract, solution, gold, footing, clock)
        if judgement.outcome is not Outcome.CORRECT and len(reading) > 1:
            return judgement._replace(reason=f"part {place} of the equation: {judgement.reason}")
    return judgement


def _judge_part(contract: Contract, solution: Solution, gold: Gold, footing: Footing, clock: Clock) -> Judgement:
    try:
        comparable = fitted(solution, gold.solution, contract)
    except IndexFault as error:
        return Judgement(Outcome.UNREADABLE, str(error))
    except IndicesDiffer as error:
        return Judgement(Outcome.WRONG, str(error), Diagnosis("indices", str(error)))
    wider = gold.beside(comparable)
    if wider is not gold:
        around = wider.footing(time.monotonic() + clock.left / 2)
        if around.values.status == "ok":
            gold, footing = wider, around
    return Trial(contract, comparable, gold, footing).judged(clock)
