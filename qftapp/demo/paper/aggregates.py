"""What the paper prints, read from the file beside this module, and the counts that give it."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("aggregates.toml")
SAMPLES = 5
"""Answers to each item of the accuracy sets; the paper averages over five."""
CATEGORIES = ("factual", "mathematical", "logical", "executional")


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Items that the paper evaluates on: averages over five answers and best of five in percent, by model."""

    slug: str
    title: str
    items: int
    average: dict[str, float]
    best: dict[str, float] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    """Items generated (or seeds taken), of them passed quality control, of them solved by an independent solver."""
    level: str = ""
    is_adapted: bool = False


@dataclass(frozen=True, slots=True)
class Students:
    """Models taught by other teachers: averages on one of the sets, so many answers an item."""

    set: str
    samples: int
    average: dict[str, float]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Mean tokens and backtracks of one model's answers: of all, of right ones, of others."""

    answers: int
    right: int
    tokens: dict[str, float]
    backtracks: dict[str, float]


@dataclass(frozen=True, slots=True)
class Errors:
    """Responses of one model that were read, and the major errors found in them by category."""

    responses: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Paper:
    """All of it."""

    paper: str
    url: str
    title: str
    authors: str
    licence: str
    models: dict[str, str]
    sets: tuple[EvaluationSet, ...]
    students: Students
    length_items: int
    lengths: dict[str, Lengths]
    error_items: int
    errors: dict[str, Errors]


@cache
def read() -> Paper:
    """The file."""
    said: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    lengths, errors = said.pop("lengths"), said.pop("errors")
    return Paper(
        sets=tuple(EvaluationSet(**one) for one in said.pop("sets")),
        students=Students(**said.pop("students")),
        length_items=lengths.pop("items"),
        lengths={model: Lengths(**one) for model, one in lengths.items()},
        error_items=errors.pop("items"),
        errors={model: Errors(one.pop("responses"), one) for model, one in errors.items()},
        **said,
    )


def count_of(percent: float, size: int) -> int:
    """The count among `size` that a percentage stands for.

    The paper cuts some off: 40.25 % (161 of 400) is printed as 40.2, 59.75 % as 59.7.
    """
    return round(percent / 100 * size)
