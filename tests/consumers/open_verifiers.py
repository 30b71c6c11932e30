"""Run by verifiers' own Python: loads the taskset by its name and validates it as its own command does."""

import json
import subprocess
import sys
from pathlib import Path

import verifiers.v1 as vf
from verifiers.v1.utils.loaders import import_taskset

folder, module = Path(sys.argv[1]), sys.argv[2]
name = module.replace("_", "-")
taskset = import_taskset(name).QftTaskset(vf.TasksetConfig(id=name))
tasks = list(taskset)

validate = Path(sys.executable).with_name("validate")
command = [validate, name, "--runtime.type", "subprocess", "--rich", "false", "-o", folder / "outputs"]
ended = subprocess.run(command, capture_output=True, text=True, check=False)
(summary,) = (folder / "outputs").rglob("summary.json")
print(
    json.dumps(
        {
            "samples": len(tasks),
            "prompts": [task.data.prompt_text[:40] for task in tasks],
            "exit": ended.returncode,
            "tail": ended.stderr[-500:],
            "summary": json.loads(summary.read_text()),
        }
    )
)
