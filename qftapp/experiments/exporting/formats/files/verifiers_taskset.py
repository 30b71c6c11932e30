"""The items as a taskset of verifiers: a task is one prompt, its reward the verdict on the last reply."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import verifiers.v1 as vf

from .scoring import contract_of, judge

ITEMS = Path(__file__).with_name("items.jsonl")


class QftData(vf.TaskData):
    """One item: its prompt, and the contract by which an answer is judged."""

    item: str
    topic: str
    domain_level: str
    operational_level: str
    contract: str


class BrokenItemError(Exception):
    """An item by which nothing can be judged, whatever was answered."""


class QftTask(vf.Task[QftData]):
    """One item put to a model."""

    @vf.reward(weight=1.0)
    async def correct(self, trace: vf.Trace) -> float:
        """Return 1 for a right answer; a broken item fails the rollout, which is left without a reward."""
        verdict = await asyncio.to_thread(judge, self.data.contract, trace.last_reply)
        trace.info["outcome"] = verdict.outcome.value
        trace.info["reason"] = verdict.reason
        if verdict.outcome.value == "broken_item":
            raise BrokenItemError(verdict.reason)
        return float(verdict.outcome.value == "correct")

    async def validate(self, runtime: vf.Runtime) -> bool:
        """Return whether the item's own gold answer passes."""
        gold = contract_of(self.data.contract).gold
        answer = f"```python\n{gold.source}\n```" if gold.is_python else rf"\boxed{{{gold.source.strip()}}}"
        verdict = await asyncio.to_thread(judge, self.data.contract, answer)
        return verdict.outcome.value == "correct"


class QftConfig(vf.TasksetConfig):
    """Nothing is to be set."""


class QftTaskset(vf.Taskset[QftTask, QftConfig]):
    """All items of the export."""

    def load(self) -> Iterator[QftTask]:
        """Yield the items in their order."""
        with ITEMS.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                yield QftTask(QftData(idx=number, **row), self.config.task)
