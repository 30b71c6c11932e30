"""What the lm-eval task asks of Python: its rows, the prompt as one text, and the score of an answer."""

import importlib.util
from pathlib import Path
from typing import Any

import datasets

FOLDER = Path(__file__).parent

# lm-eval loads this file by its path, so what stands beside it is loaded in the same way.
_spec = importlib.util.spec_from_file_location("qft_scoring", FOLDER / "scoring.py")
assert _spec is not None
assert _spec.loader is not None
_scoring = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_scoring)


def dataset(**_: Any) -> datasets.DatasetDict:
    """Return the items."""
    return datasets.load_dataset("json", data_files={"train": str(FOLDER / "items.jsonl")})


def prompt(doc: dict[str, Any]) -> str:
    """Return the messages of an item as one text."""
    return "\n\n".join(message["content"] for message in doc["prompt"])


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the answer is right; a broken item counts as not right and is told apart by `broken`."""
    outcome = _scoring.judge(doc["contract"], results[0]).outcome.value
    return {"correct": float(outcome == "correct"), "broken": float(outcome == "broken_item")}
