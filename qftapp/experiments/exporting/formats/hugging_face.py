"""A folder as the Hugging Face hub has them: a card with front matter, Parquet shards, one schema a config."""

import json
from itertools import islice
from pathlib import Path

import pyarrow as pa

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import ITEM, MESSAGES, write_table

ROWS_A_SHARD = 5_000

_TRACE = [("trace", pa.string()), ("sample", pa.int64()), ("teacher", pa.string())]
SCHEMAS = {
    "sft": pa.schema([*ITEM, *_TRACE, ("prompt", MESSAGES), ("completion", MESSAGES)]),
    "rl": pa.schema([*ITEM, ("prompt", MESSAGES), ("contract", pa.string())]),
    "process": pa.schema(
        [
            *ITEM,
            *_TRACE,
            ("prompt", MESSAGES),
            ("steps", pa.list_(pa.string())),
            ("labels", pa.list_(pa.bool_())),
            ("categories", pa.list_(pa.list_(pa.string()))),
        ]
    ),
}
"""The columns of each kind; the contract is a JSON string, because contracts of several kinds are no one struct."""

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
LICENCES = {
    "apache-2.0": "apache-2.0",
    "mit": "mit",
    "cc by 4.0": "cc-by-4.0",
    "cc by-sa 4.0": "cc-by-sa-4.0",
    "cc by-nc 4.0": "cc-by-nc-4.0",
    "cc by-nc-sa 4.0": "cc-by-nc-sa-4.0",
    "cc0": "cc0-1.0",
    "public domain": "pddl",
}
"""What the hub calls the licences that sources state; any other is `other`."""

HOW_TO_OPEN = """\
```python
from datasets import load_dataset
data = load_dataset("PATH/TO/THIS/FOLDER", "{kind}", split="train")
```
"""


def write(facts: Facts, folder: Path) -> str:
    """Write the shards; returns how to open them."""
    shards = max(1, -(-facts.rows // ROWS_A_SHARD))
    rows = facts.read()
    for number in range(shards):
        path = folder / facts.kind / f"train-{number:05d}-of-{shards:05d}.parquet"
        write_table(path, SCHEMAS[facts.kind], islice(rows, ROWS_A_SHARD))
    return HOW_TO_OPEN.format(kind=facts.kind)


def front_matter(facts: Facts) -> str:
    """The card's front matter, as YAML whose values are JSON, which YAML reads."""
    size = next((word for most, word in SIZES if facts.rows < most), "n>1M")
    values = {
        "license": _licence(facts),
        "language": ["en"],
        "pretty_name": facts.slug,
        "tags": ["physics", "quantum-field-theory", "reasoning", facts.kind],
        "task_categories": ["text-generation"],
        "size_categories": [size],
        "configs": [
            {
                "config_name": facts.kind,
                "data_files": [{"split": "train", "path": f"{facts.kind}/train-*.parquet"}],
            }
        ],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---", ""])


def _licence(facts: Facts) -> str:
    """The hub's word for the one licence of all sources; where they have several, or items have none, `other`."""
    known = {LICENCES.get(licence.casefold(), "other") for licence in facts.licences}
    return known.pop() if len(known) == 1 else "other"
