"""Every completion of GRPO, kept as the traces of a run: rollouts/step-<n>.jsonl in the columns of docs/trace-files.md.

`sample_index` counts the completions of an item through all steps, so that the files of a run come into one run of the
application; a step that is done again after a resume replaces its file.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FOLDER = "rollouts"


class Rollouts:
    """The files of one run; files of steps after the one resumed from are removed."""

    def __init__(self, output: Path, *, resumed_from: int = 0) -> None:
        self._folder = output / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self._counts: Counter[str] = Counter()
        for step, path in sorted(self._files()):
            if step > resumed_from:
                path.unlink()
            else:
                self._counts.update(row["item"] for row in _rows(path))

    def write(self, step: int, rows: Iterable[dict[str, Any]]) -> None:
        """Keep the completions of a step, whole or not at all."""
        path = self._folder / f"step-{step}.jsonl"
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8", errors="replace") as file:
            for row in rows:
                numbered = {"item": row["item"], "sample_index": self._counts[row["item"]], **row, "step": step}
                self._counts[row["item"]] += 1
                file.write(json.dumps(numbered, ensure_ascii=False) + "\n")
        part.rename(path)

    def _files(self) -> Iterator[tuple[int, Path]]:
        for path in self._folder.glob("step-*.jsonl"):
            number = path.stem.removeprefix("step-")
            if number.isdecimal():
                yield int(number), path


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
