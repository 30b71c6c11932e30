"""The rows of an export, read and checked."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.faults import CannotStart

Row = dict[str, Any]
Messages = list[dict[str, str]]

SHOWN = 5
"""Problems of rows that are told."""


def sft_rows(path: str) -> list[Row]:
    """Return rows with prompts and verified answers. Raises CannotStart."""
    return _checked(path, _sft_fault)


def rl_rows(path: str) -> list[Row]:
    """Return rows with prompts and contracts. Raises CannotStart."""
    return _checked(path, _rl_fault)


def lines(path: str) -> Iterator[tuple[int, Any]]:
    """Yield line numbers and what the lines hold. Raises CannotStart where one is not JSON."""
    file = Path(path)
    number = 0
    try:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                if line.strip():
                    yield number, json.loads(line)
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise CannotStart(f"{path}: cannot be read after line {number}: {error}") from None
    except OSError as error:
        raise CannotStart(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise CannotStart(f"{path}: line {number} is not JSON: {error}") from None


def _checked(path: str, fault: Any) -> list[Row]:
    rows: list[Row] = []
    problems: list[str] = []
    for number, row in lines(path):
        problem = fault(row) if isinstance(row, dict) else "must be an object"
        if problem:
            problems.append(f"{path}: line {number}: {problem}")
        else:
            rows.append(row)
    if len(problems) > SHOWN:
        problems[SHOWN:] = [f"and {len(problems) - SHOWN:,} more lines"]
    if problems:
        raise CannotStart(*problems)
    if not rows:
        raise CannotStart(f"{path}: has no rows")
    return rows


def _sft_fault(row: Row) -> str:
    if "contract" in row and "completion" not in row:
        return "has a contract and no completion: this is an export for RL"
    return _messages_fault(row, "prompt", "user") or _messages_fault(row, "completion", "assistant")


def _rl_fault(row: Row) -> str:
    if "completion" in row and "contract" not in row:
        return "has a completion and no contract: this is an export for SFT"
    if not isinstance(row.get("contract"), str):
        return "contract: must be a text of JSON"
    if not isinstance(row.get("item"), str):
        return "item: must be a slug"
    return _messages_fault(row, "prompt", "user")


def _messages_fault(row: Row, name: str, last: str) -> str:
    messages = row.get(name)
    if not isinstance(messages, list) or not messages:
        return f"{name}: must be a list of messages"
    for message in messages:
        if not isinstance(message, dict) or not all(isinstance(message.get(key), str) for key in ("role", "content")):
            return f"{name}: a message has role and content, both texts"
    if messages[-1]["role"] != last:
        return f"{name}: its last message must be of the {last}"
    return ""
