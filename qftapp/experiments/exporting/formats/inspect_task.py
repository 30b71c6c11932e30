"""A task for Inspect: the items as samples, scored by the verdict; its log comes back as an import of traces."""

from collections.abc import Iterator
from pathlib import Path

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import Row, copy, write_lines

ABOUT = ("item", "version", "topic", "domain_level", "operational_level")

HOW_TO_OPEN = """\
```sh
pip install inspect-ai openai
LOCAL_API_KEY=none LOCAL_BASE_URL=http://127.0.0.1:8001/v1 \\
    inspect eval task.py --model openai-api/local/NAME --epochs 4 --epochs-reducer mean,pass_at_4
```

Its log can be imported as a run. An item that cannot be judged has no score.
"""


def write(facts: Facts, folder: Path) -> str:
    """Write samples, task and scorer; returns how to run them."""
    write_lines(folder / "items.jsonl", _samples(facts))
    copy("scoring.py", folder / "scoring.py")
    copy("inspect_task.py", folder / "task.py")
    return HOW_TO_OPEN


def _samples(facts: Facts) -> Iterator[Row]:
    for row in facts.read():
        yield {
            "id": row["item"],
            "input": row["prompt"],
            "target": row["contract"],
            "metadata": {name: row[name] for name in ABOUT},
        }
