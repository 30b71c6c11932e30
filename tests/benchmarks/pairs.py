"""Labelled pairs of gold and answer, in the two forms in which they are kept.

One is that of tests/verification/golden. The other, for collections from elsewhere, has gold, pred, label, kind, fmt,
opts, source and id, and gold_tex and pred_tex where there is a conversion to LaTeX.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.numbers_off import HIGH, LOW, symbols
from tests.benchmarks.sources import COMPLEX_SOURCES, assumptions, is_bounded, tolerance, written

GIVEN = ("assumptions", "conventions", "equality", "kind", "labels", "tolerance", "unit")


@dataclass(frozen=True)
class Pair:
    """Gold and answer as every grader gets them; `domains` and `given` are for a grader that asks for a contract."""

    id: str
    source: str
    gold: str
    answer: str
    is_right: bool
    domains: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)


def read_pairs(folder: Path) -> Iterator[Pair]:
    """Yield the pairs of every .jsonl file of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield _collected(row, path.stem) if "label" in row else _golden(row, path.stem)


def _golden(row: dict[str, Any], source: str) -> Pair:
    given = {name: row[name] for name in GIVEN if name in row}
    return Pair(
        row["id"], source, row["gold"], row["answer"], row["outcome"] == "correct", row.get("symbols", {}), given
    )


def _collected(row: dict[str, Any], source: str) -> Pair:
    gold, answer = written(row, "gold"), written(row, "pred")
    is_bare = row["fmt"] != "tex-raw" and "\\boxed" not in answer and "$" not in answer
    options = row["opts"]
    given = {"tolerance": tolerance(row, gold), "assumptions": assumptions(options)}
    return Pair(
        row["id"],
        source,
        gold.strip().strip("$"),
        f"${answer}$" if is_bare else answer,
        row["label"],
        _domains(row, gold, answer),
        {name: value for name, value in given.items() if value},
    )


def _domains(row: dict[str, Any], gold: str, answer: str) -> dict[str, Any]:
    options = row["opts"]
    if "allowed_error_in_numbers" in options:
        return {name: [LOW, HIGH] for name in symbols(gold, answer)}
    if row.get("source") in COMPLEX_SOURCES and row["kind"] == "expr":
        return dict.fromkeys(symbols(gold, answer), "complex")
    if isinstance(options.get("domain"), dict):
        return options["domain"]
    points = options.get("points") or []
    values = {name: [complex(*point[name]) for point in points] for name in options.get("variables", ())}
    return {name: _range(found) if is_bounded(options) else _domain(found) for name, found in values.items()}


def _range(values: list[complex]) -> str | list[float]:
    """Return the range of real values, where a source compares within bounds only."""
    domain = _domain(values)
    found = [value.real for value in values]
    return [min(found), max(found)] if domain in ("real", "positive") and min(found) < max(found) else domain


def _domain(values: list[complex]) -> str:
    """Return the narrowest domain that holds the values at which a source compares."""
    if not values or any(value.imag for value in values):
        return "complex"
    if all(value.real.is_integer() for value in values):
        return "natural" if all(value.real >= 1 for value in values) else "integer"
    return "positive" if all(value.real > 0 for value in values) else "real"
