"""Run by lm-eval's own Python: evaluates the task with right and with empty answers; prints both results."""

import json
import sys
from pathlib import Path

from answers import gold_answer
from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

folder = Path(sys.argv[1])
(name,) = (path.stem for path in folder.glob("*.yaml"))
items = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
gold = {item["prompt"][-1]["content"]: gold_answer(item["contract"]) for item in items}


class Knows(LM):
    """Answers with gold, or that it does not know."""

    def __init__(self, *, knows: bool) -> None:
        super().__init__()
        self.knows = knows

    def generate_until(self, requests, disable_tqdm=False):
        return [gold[request.args[0].strip()] if self.knows else "I do not know." for request in requests]

    def loglikelihood(self, requests, disable_tqdm=False):
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood


def results(*, knows: bool) -> dict:
    manager = TaskManager(include_path=str(folder), include_defaults=False)
    found = simple_evaluate(model=Knows(knows=knows), tasks=[name], task_manager=manager, bootstrap_iters=0)
    return {key.split(",")[0]: value for key, value in found["results"][name].items() if key.endswith(",none")}


print(json.dumps({"right": results(knows=True), "none": results(knows=False), "samples": len(items)}))
