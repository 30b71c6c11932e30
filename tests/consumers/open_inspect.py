"""Run by Inspect's own Python: evaluates the task with right and with empty answers; prints both accuracies."""

import json
import os
import sys
from pathlib import Path

from answers import gold_answer
from inspect_ai import eval as evaluate
from inspect_ai.log import read_eval_log
from inspect_ai.model import ModelOutput, get_model

folder = Path(sys.argv[1])
os.chdir(folder)
items = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]


def accuracy(answers: list[str]) -> dict:
    outputs = [ModelOutput.from_content("mockllm/model", answer) for answer in answers]
    (log,) = evaluate(
        "task.py",
        model=get_model("mockllm/model", custom_outputs=outputs),
        log_dir=str(folder / "logs"),
        display="none",
        max_samples=1,
    )
    log = read_eval_log(log.location)
    assert log.status == "success", log.error
    metrics = log.results.scores[0].metrics
    return {name: metric.value for name, metric in metrics.items()}


right = accuracy([gold_answer(item["target"]) for item in items])
none = accuracy(["I do not know."] * len(items))
print(json.dumps({"right": right, "none": none, "samples": len(items)}))
