"""Our columns of a trace, and which columns of a file they are: guessed from names, chosen by people."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

OURS = {
    "item": "Slug of the item.",
    "version": "Number of its version; the run’s release or the approved one decides where there is none.",
    "sample": "Which of the samples of the item, from 0; counted where there is none.",
    "text": "All that the model wrote.",
    "reasoning": "What it thought, where that stands apart; it comes before the text in <think>.",
    "finish_reason": "stop, length …",
    "input_tokens": "Tokens of the prompt.",
    "output_tokens": "Tokens that the model wrote.",
    "seconds": "From the request to the last token.",
}
"""Our columns, and what they hold."""

REQUIRED = ("item", "text")

_CALLED = {
    "item": "item, item slug, slug, item id, prompt id, problem id, question id, task id, custom id, doc id, uid, id",
    "version": "version, item version, version number, prompt version",
    "sample": "sample, sample index, sample idx, sample number, sample id, rollout, rollout index, completion index,"
    " attempt, repeat, run index",
    "text": "text, response, completion, output, generation, generated text, model output, model response, answer text,"
    " prediction, content, answer",
    "reasoning": "reasoning, reasoning content, thinking, thoughts, chain of thought, cot",
    "finish_reason": "finish reason, stop reason, finish",
    "input_tokens": "input tokens, prompt tokens, n input tokens, num input tokens",
    "output_tokens": "output tokens, completion tokens, generated tokens, n output tokens, num output tokens",
    "seconds": "seconds, duration, elapsed, latency, time, generation time, duration seconds, latency seconds",
}
MAX_DEPTH = 6
MAX_PATHS = 200

Columns = Mapping[str, str]
"""Our column names to paths of the file's, such as response.choices.0.message.content."""


def paths_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns of some rows, in their order; those within an object or the first of a list by their path."""
    found: dict[str, None] = {}
    for row in rows:
        for path in _paths(row, "", MAX_DEPTH):
            found.setdefault(path)
            if len(found) >= MAX_PATHS:
                return list(found)
    return list(found)


def _paths(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and value and depth:
        for key, inner in value.items():
            yield from _paths(inner, f"{path}.{key}" if path else str(key), depth - 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict) and depth:
        yield from _paths(value[0], f"{path}.0", depth - 1)
    elif path:
        yield path


def guess(paths: Iterable[str]) -> dict[str, str]:
    """Which column of the file each of ours is likely to be: by its whole name first, else by the end of its path."""
    paths = list(paths)
    whole = {_bare(path): path for path in reversed(paths)}
    ends = {_bare(path.rsplit(".", 1)[-1]): path for path in reversed(paths)}
    guessed: dict[str, str] = {}
    for ours, names in _CALLED.items():
        bare = [_bare(name) for name in names.split(",")]
        candidates = [known[name] for known in (whole, ends) for name in bare if name in known]
        theirs = next((path for path in candidates if path not in guessed.values()), None)
        if theirs:
            guessed[ours] = theirs
    return guessed


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def picker(columns: Columns) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function that gives a row by our column names; what the row does not have is None."""
    chosen = [(ours, theirs, theirs.split(".") if "." in theirs else []) for ours, theirs in columns.items()]

    def pick(row: Mapping[str, Any]) -> dict[str, Any]:
        return {ours: row[path] if path in row else _walk(row, steps) for ours, path, steps in chosen}

    return pick


def _walk(value: Any, steps: list[str]) -> Any:
    if not steps:
        return None
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and len(step) < 9 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
