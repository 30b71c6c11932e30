"""What the processes of a grading do: judge an answer, tell which answers to an item are the same. Knows no Django."""

import functools
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from qftapp.verification import Contract, ContractError, Outcome, SandboxUnavailable, Verdict, equivalence, verify
from qftapp.verification.extract import Answer

SECONDS = 10.0
"""For one answer, and for telling apart all answers to one item."""
ANSWER_LIMIT = 4_000
"""Characters of an answer that its grade keeps; a longer one is not compared with others, but by its text."""
REASON_LIMIT = 1_000
SHOWN_LIMIT = 120
"""Characters of a value at the point that shows a difference."""


class AnswerTask(NamedTuple):
    """The trace `number`, to be judged by a contract in JSON."""

    number: int
    item_version: int
    contract: str
    text: str


class GroupTask(NamedTuple):
    """Wrong answers to the item version `number`, of which some may be the same."""

    number: int
    contract: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The fields of a grade; `detail` holds form, seconds, seed, point and diagnosis as far as there are any."""

    outcome: str
    reason: str
    diagnosis: str
    answer: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no grade; `is_of_machine` tells a machine that cannot judge from a verifier that fails."""

    message: str
    is_of_machine: bool = False


Task = AnswerTask | GroupTask
Result = Judged | Fault | list[int]

_prepared: set[int] = set()
"""The item versions by which this process has judged."""


@dataclass(frozen=True, slots=True)
class Grader:
    """The duty of the processes (see `bulk.crew`)."""

    seconds: float = SECONDS

    def done(self, task: Task) -> Result:
        """Return the grade of an answer, or for each of several the place of the first that is the same."""
        try:
            if isinstance(task, GroupTask):
                return equivalence.groups(_contract(task.contract), task.answers, seconds=self.seconds)
            return graded(self._verdict(task))
        except ContractError as error:
            return graded(Verdict(Outcome.BROKEN_ITEM, f"the contract is not sound: {error}"))
        except SandboxUnavailable as error:
            return Fault(str(error), is_of_machine=True)
        except (
            Exception
        ) as error:  # one answer that shows a fault of the verifier must not cost the others their grades
            return Fault(f"the verifier failed: {type(error).__name__}: {error}")

    def _verdict(self, task: AnswerTask) -> Verdict:
        """Judge; once more where time ran out on the first answer to an item, since gold may have taken it."""
        contract = _contract(task.contract)
        verdict = verify(contract, task.text, deadline_seconds=self.seconds)
        if verdict.outcome is Outcome.TIMEOUT and task.item_version not in _prepared:
            verdict = verify(contract, task.text, deadline_seconds=self.seconds)
        _prepared.add(task.item_version)
        return verdict

    def cut_off(self, task: Task, reason: str) -> Result:
        """Return a timeout, or that no two answers are known to be the same."""
        if isinstance(task, GroupTask):
            return list(range(len(task.answers)))
        return graded(Verdict(Outcome.TIMEOUT, reason))

    def family(self, task: Task) -> int:
        """Return the item version, whose gold a process computes once."""
        return task.number if isinstance(task, GroupTask) else task.item_version


@functools.lru_cache(maxsize=256)
def _contract(text: str) -> Contract:
    return Contract.from_json(json.loads(text))


def graded(verdict: Verdict) -> Judged:
    """Return a verdict as the fields of a grade, of bounded length."""
    evidence, diagnosis = verdict.evidence, verdict.diagnosis
    answer = evidence.get("answer", {"form": "", "text": ""})
    detail: dict[str, Any] = {name: evidence[name] for name in ("seconds", "seed") if name in evidence}
    if answer["form"]:
        detail["form"] = answer["form"]
    if len(answer["text"]) > ANSWER_LIMIT:
        detail["is_cut"] = True
    if evidence.get("differs_at") is not None:
        detail["point"] = _short(evidence["points"][evidence["differs_at"]])
    if diagnosis:
        detail["diagnosis"] = {name: text for name, text in diagnosis.to_json().items() if name != "code" and text}
    return Judged(
        outcome=verdict.outcome.value,
        reason=verdict.reason[:REASON_LIMIT],
        diagnosis=diagnosis.code if diagnosis else "",
        answer=answer["text"][:ANSWER_LIMIT],
        detail=detail,
    )


def _short(point: dict[str, Any]) -> dict[str, Any]:
    values = {name: str(point[name])[:SHOWN_LIMIT] for name in ("gold", "answer")}
    return {"arguments": point["arguments"], **values}
