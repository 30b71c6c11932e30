"""Plain JSON lines: the rows as they are stored."""

from pathlib import Path

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import write_lines

HOW_TO_OPEN = """\
```python
import json
rows = [json.loads(line) for line in open("rows.jsonl", encoding="utf-8")]
```
"""


def write(facts: Facts, folder: Path) -> str:
    """Write the rows; returns how to open them."""
    write_lines(folder / "rows.jsonl", facts.read())
    return HOW_TO_OPEN
