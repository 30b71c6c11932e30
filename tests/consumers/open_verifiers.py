"""Run by verifiers' own Python: loads the taskset by its name and validates it as its own command does."""

import asyncio
import contextlib
import json
import subprocess
import sys
from pathlib import Path

import verifiers.v1 as vf
from answers import gold_answer
from verifiers.v1.errors import TaskError
from verifiers.v1.utils.loaders import import_taskset

folder, module = Path(sys.argv[1]), sys.argv[2]
name = module.replace("_", "-")
taskset = import_taskset(name).QftTaskset(vf.TasksetConfig(id=name))
tasks = list(taskset)


def rewarded(task: vf.Task, reply: str) -> dict[str, float | None]:
    """The rewards of a reply, as a rollout has them; none where scoring failed."""
    trace = vf.Trace.model_construct(root_reply=reply, rewards={}, metrics={}, info={})
    with contextlib.suppress(TaskError):
        asyncio.run(task.score(trace))
    return {name: reward and reward.score for name, reward in trace.rewards.items()}


def broken(task: vf.Task) -> vf.Task:
    """The same task with gold that nobody can compute."""
    contract = json.loads(task.data.contract)
    contract["gold"] = {"language": "expression", "source": "1/0"}
    return type(task)(task.data.model_copy(update={"contract": json.dumps(contract)}), task.config)


validate = Path(sys.executable).with_name("vf-validate")
command = [validate, name, "--runtime.type", "subprocess", "--rich", "false", "-o", folder / "outputs"]
ended = subprocess.run(command, capture_output=True, text=True, check=False)
(summary,) = (folder / "outputs").rglob("summary.json")
print(
    json.dumps(
        {
            "samples": len(tasks),
            "prompts": [task.data.prompt_text[:40] for task in tasks],
            "right": [rewarded(task, gold_answer(task.data.contract)) for task in tasks],
            "none": [rewarded(task, "I do not know.") for task in tasks],
            "broken": [rewarded(broken(task), r"\boxed{1}") for task in tasks],
            "exit": ended.returncode,
            "tail": ended.stderr[-500:],
            "summary": json.loads(summary.read_text()),
        }
    )
)
