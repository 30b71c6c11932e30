"""A task for lm-eval: YAML beside its rows, answers generated until the model stops, scored by the verdict."""

from pathlib import Path

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import copy, write_lines

YAML = """\
task: {task}
custom_dataset: !function functions.dataset
output_type: generate_until
test_split: train
doc_to_text: !function functions.prompt
doc_to_target: ""
process_results: !function functions.process_results
generation_kwargs:
  until: []
  do_sample: true
  temperature: 0.6
  max_gen_toks: 16384
metric_list:
  - metric: correct
    aggregation: mean
    higher_is_better: true
  - metric: broken
    aggregation: mean
    higher_is_better: false
metadata:
  version: 1.0
"""

HOW_TO_OPEN = """\
```sh
lm_eval run --include_path . --tasks {task} --apply_chat_template --model local-chat-completions \\
    --model_args model=NAME,base_url=http://127.0.0.1:8001/v1/chat/completions
```

One seed for all samples makes them equal: ask for several answers to an item by several runs with seeds of their own.
"""


def write(facts: Facts, folder: Path) -> str:
    """Write rows, task and functions; returns how to run them."""
    write_lines(folder / "items.jsonl", facts.read())
    (folder / f"{facts.module}.yaml").write_text(YAML.format(task=facts.module), encoding="utf-8")
    copy("scoring.py", folder / "scoring.py")
    copy("lm_eval_functions.py", folder / "functions.py")
    return HOW_TO_OPEN.format(task=facts.module)
