"""What TRL's trainers load unchanged: conversational prompts with completions, contracts or labelled steps."""

from collections.abc import Iterator
from pathlib import Path

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import Row, copy, write_lines

OPEN = """\
```python
from datasets import load_dataset
data = load_dataset("json", data_files="train.jsonl", split="train")
```
"""
SFT = """
`SFTTrainer` takes it as it is: `prompt` and `completion` are messages. A chat template that cuts what stands before
`</think>`, as those of DeepSeek-R1's distilled models do, must not render it: use their training template, or train
with `python -m training.sft`, which sees to it. Set `max_length`: TRL cuts long traces without a word.
"""
RL = """
`GRPOTrainer` takes it as it is and hands `contract` to the reward:

```python
from reward import reward
GRPOTrainer(model=…, train_dataset=data, reward_funcs=reward)
```
"""
PROCESS = """
The columns are those of TRL's stepwise supervision: `prompt` as text, `completions` (one for each step), `labels`.
"""


def write(facts: Facts, folder: Path) -> str:
    """Write the rows, for RL with a reward; returns how to open them."""
    if facts.kind == "process":
        write_lines(folder / "train.jsonl", _stepwise(facts))
        return OPEN + PROCESS
    write_lines(folder / "train.jsonl", facts.read())
    if facts.kind == "sft":
        return OPEN + SFT
    copy("scoring.py", folder / "scoring.py")
    copy("trl_reward.py", folder / "reward.py")
    return OPEN + RL


def _stepwise(facts: Facts) -> Iterator[Row]:
    for row in facts.read():
        named = {name: row[name] for name in ("item", "version", "trace")}
        prompt = "\n\n".join(message["content"] for message in row["prompt"])
        yield {**named, "prompt": prompt, "completions": row["steps"], "labels": row["labels"]}
