"""Traces in files of some hundred lines, each written whole or not at all; what stands in them is not asked again."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Key = tuple[str, int, int]
"""Item, version, sample."""


class Shards:
    """The files of one part of the work; other parts may write into the same folder at the same time."""

    def __init__(self, folder: Path, part: int) -> None:
        self._folder = folder
        self._part = part
        folder.mkdir(parents=True, exist_ok=True)

    def files(self) -> list[Path]:
        """Return the complete files of this part, in their order."""
        return sorted(self._folder.glob(f"traces-{self._part:03}-*.jsonl"))

    def done(self) -> set[Key]:
        """Return what has been answered, by whichever part."""
        return {(row["item"], row["version"], row["sample"]) for row in self._rows()}

    def write(self, rows: Iterable[dict[str, Any]]) -> Path:
        """Keep rows in a file of their own; returns it."""
        last = self.files()[-1].stem.rpartition("-")[2] if self.files() else "-1"
        path = self._folder / f"traces-{self._part:03}-{int(last) + 1:05}.jsonl"
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8", errors="replace") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        part.rename(path)
        return path

    def _rows(self) -> Iterator[dict[str, Any]]:
        for path in self._folder.glob("traces-*.jsonl"):
            with path.open(encoding="utf-8") as file:
                for line in file:
                    yield json.loads(line)
