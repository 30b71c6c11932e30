"""Parquet for verl: the prompt, the contract as ground truth, and a reward that loads by its path."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import ITEM, MESSAGES, Row, copy, write_table

SCHEMA = pa.schema(
    [
        ("data_source", pa.string()),
        ("prompt", MESSAGES),
        ("ability", pa.string()),
        ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
        ("extra_info", pa.struct([("split", pa.string()), ("index", pa.int64()), *ITEM])),
    ]
)

HOW_TO_OPEN = """\
```sh
python -m verl.trainer.main_ppo data.train_files=$PWD/train.parquet \\
    reward.custom_reward_function.path=$PWD/reward.py reward.custom_reward_function.name=compute_score …
```

`reward_model.ground_truth` is the contract as a JSON string. verl 0.9 reads it.

verl wants a number for every answer and cannot leave one out. An item that cannot be judged scores 0 for whatever is
answered to it, with `outcome` `broken_item`: under GRPO all its answers are then equal and teach nothing, but the mean
reward is lower, and a critic (PPO) takes them for wrong. Watch `outcome`, and mend or drop such items. TRL and
verifiers leave them out.
"""


def write(facts: Facts, folder: Path) -> str:
    """Write the table and the reward; returns how to open them."""
    write_table(folder / "train.parquet", SCHEMA, _rows(facts))
    copy("scoring.py", folder / "scoring.py")
    copy("verl_reward.py", folder / "reward.py")
    return HOW_TO_OPEN


def _rows(facts: Facts) -> Iterator[Row]:
    for number, row in enumerate(facts.read()):
        about = {name: row[name] for name, _ in ITEM}
        yield {
            "data_source": f"qft/{facts.release}",
            "prompt": row["prompt"],
            "ability": "physics",
            "reward_model": {"style": "rule", "ground_truth": row["contract"]},
            "extra_info": {"split": "train", "index": number, **about},
        }
