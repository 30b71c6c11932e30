"""What a file that was handed in as annotations holds, known by its beginning, where it cannot come in."""

from collections.abc import Mapping, Set
from typing import Any

import orjson

COMES_IN = (
    "Annotations come in as JSON lines of two kinds: our own, which `manage.py export_labels --shape jsonl` writes,"
    " and rows of PRM800K."
)
BEGINNINGS = {
    b"[": "a JSON array, such as the .json beside a list; it has no annotation on each line",
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a ZIP archive, such as a release or an export; unpack it first",
    b"\x1f\x8b": "compressed; unpack it first",
}
"""What is no JSON lines at all, by its first bytes."""
FIELDS: Mapping[str, Set[str]] = {
    "a file of rows of ProcessBench, which say neither who labelled nor which answer of a run it was": {
        "problem",
        "steps",
        "label",
    },
    "a file of items, as a release or their list holds them; they come in at /import/": {
        "slug",
        "statement",
        "contract",
    },
    "a file of golden rows for the tests of the verifier": {"id", "answer", "outcome", "diagnosis"},
    "a file of rows that a trainer learns reasoning from": {"prompt", "completion"},
    "a file of rows that a trainer learns to judge steps from": {"prompt", "labels"},
    "a file of prompts with the contracts of their answers": {"prompt", "contract"},
    "a file of answers of a language model, which come in at /trace-imports/": {"item", "text"},
}
"""What other files we know hold, by fields that all of their rows have."""


OURS = {"annotator", "marks", "question"}
"""What only rows hold that can come in; what else is wrong with them is said line by line."""


def stranger(line: bytes) -> str:
    """Return what a file is that begins with this line, where it is one of those that cannot come in; else nothing."""
    for beginning, words in BEGINNINGS.items():
        if line.startswith(beginning):
            return words
    try:
        row: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(row, dict) or not row.keys().isdisjoint(OURS):
        return ""
    return next((words for words, fields in FIELDS.items() if fields <= row.keys()), "")
