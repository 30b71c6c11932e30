"""Completions judged by the verifier, in processes that can be killed and until a deadline."""

import functools
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qftapp.verification import Contract, ContractError, Outcome, SandboxUnavailable, verify
from qftapp.verification.bulk.crew import Crew
from qftapp.verification.reading import Problem

UNJUDGED = "unjudged"
"""What stands for an outcome where the verifier failed, or had no time left."""
OUTCOMES = (*(outcome.value for outcome in Outcome), UNJUDGED)
GRACE_SECONDS = 5.0
"""How long a process that does not even keep its own deadline lives on."""
STARTING_SECONDS = 60.0
"""Beyond its deadline, what the first batch may take: processes and sandboxes have to start."""
REASON_LIMIT = 300


class Task(NamedTuple):
    """An answer, and the contract it is judged by, in JSON."""

    number: int
    contract: str
    text: str


class Judged(NamedTuple):
    """What the verifier says of an answer."""

    outcome: str
    reason: str = ""
    diagnosis: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """The duty of the processes (see `bulk.crew`)."""

    seconds: float

    def done(self, task: Task) -> Judged:
        """Return the verdict on an answer; raises nothing, whatever it holds."""
        try:
            contract = _contract(task.contract)
            verdict = verify(contract, task.text, deadline_seconds=self.seconds)
        except ContractError as error:
            return Judged(Outcome.BROKEN_ITEM.value, f"the contract is not sound: {error}"[:REASON_LIMIT])
        except SandboxUnavailable as error:
            return Judged(UNJUDGED, f"{error}"[:REASON_LIMIT])
        except Exception as error:  # a fault of ours must not cost the run
            return Judged(UNJUDGED, f"the verifier failed: {type(error).__name__}: {error}"[:REASON_LIMIT])
        diagnosis = verdict.diagnosis.code if verdict.diagnosis else ""
        return Judged(verdict.outcome.value, verdict.reason[:REASON_LIMIT], diagnosis)

    def cut_off(self, task: Task, reason: str) -> Judged:
        """Return what an answer comes to that its processes did not survive."""
        return Judged(Outcome.TIMEOUT.value, reason)

    def family(self, task: Task) -> str:
        """Return the contract, whose gold a process computes once."""
        return task.contract


@functools.lru_cache(maxsize=1024)
def _contract(text: str) -> Contract:
    """Return a contract, its gold computed beforehand: that must not come out of the time of the first answer."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContractError((Problem("", f"is not JSON: {error}"),)) from None
    contract = Contract.from_json(found)
    verify(contract, r"$\boxed{0}$", with_diagnosis=False)
    return contract


class Pool:
    """Processes that judge batches, one after the other; a batch ends at its deadline, whatever hangs."""

    def __init__(self, *, processes: int, seconds: float, batch_seconds: float) -> None:
        self._count = processes or len(os.sched_getaffinity(0))
        self._judge = Judge(seconds)
        self._batch_seconds = batch_seconds
        self._crew: Crew[Task, Judged] | None = None

    def judged(self, pairs: Sequence[tuple[str, str]]) -> list[Judged]:
        """Return the verdicts on answers, given as (contract, text), in their order."""
        allowed = self._batch_seconds + (0.0 if self._crew else STARTING_SECONDS)
        crew = self._crew = self._crew or Crew(self._count, self._judge, grace_seconds=GRACE_SECONDS)
        found = [Judged(UNJUDGED, "the time for all answers of the step was over")] * len(pairs)
        for number, (contract, text) in enumerate(pairs):
            crew.add(Task(number, contract, text))
        stop_at = time.monotonic() + allowed
        while not crew.is_idle:
            left = stop_at - time.monotonic()
            if left <= 0:
                self.close()  # what is left would mix with the next batch
                break
            for task, judged in crew.work(None, min(left, 0.5))[1]:
                found[task.number] = judged
        return found

    def close(self) -> None:
        """End the processes."""
        if self._crew:
            self._crew.close()
        self._crew = None
