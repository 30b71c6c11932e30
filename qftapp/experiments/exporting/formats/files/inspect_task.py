"""The items as an Inspect task: `inspect eval task.py --model openai-api/local/NAME --epochs 4`."""

import sys
from pathlib import Path

import anyio
from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, grouped, scorer, stderr
from inspect_ai.solver import TaskState, generate

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
from scoring import judge  # noqa: E402  # stands beside this file


@scorer(metrics=[accuracy(), stderr(cluster="item"), grouped(accuracy(), "topic")])
def verified() -> Scorer:
    """Score an answer by its verdict; an item that cannot be judged has no score."""

    async def score(state: TaskState, target: Target) -> Score | None:
        verdict = await anyio.to_thread.run_sync(judge, target.text, state.output.completion)
        if verdict.outcome.value == "broken_item":
            return None
        value = CORRECT if verdict.outcome.value == "correct" else INCORRECT
        answer = verdict.evidence.get("answer", {}).get("text")
        return Score(
            value=value, answer=answer, explanation=verdict.reason, metadata={"outcome": verdict.outcome.value}
        )

    return score


@task
def qft(max_tokens: int = 16_384) -> Task:
    """Return the task; each item is asked once, or `--epochs` times."""
    dataset = json_dataset(str(FOLDER / "items.jsonl"))
    return Task(dataset=dataset, solver=generate(), scorer=verified(), config=GenerateConfig(max_tokens=max_tokens))
