"""Items as JSON lines: one documented row an item, written canonically and read back with a reason for each refusal.

The schema stands in docs/items-jsonl.md. A row holds what an item says, not where it stands in its life: reading a row
makes a draft, and writing that draft gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from qftapp.items.content import content_of
from qftapp.items.models import ItemVersion, Source, SourceProblem

SCHEMA = 1
MAX_LINE = 1_000_000
"""Bytes a row may have."""

MAX_DEPTH = 12
"""Levels a row may nest; a sound contract has four."""

SOURCE_FIELDS = ("slug", "kind", "title", "authors", "year", "url", "licence", "may_redistribute")
PROBLEM_FIELDS = ("locator", "statement", "solution")
ITEM_FIELDS = ("slug", "origin", "topic", "domain_level", "operational_level", "task_type")
_TYPES: dict[str, tuple[type, ...]] = {
    "contract": (dict,),
    "may_redistribute": (bool,),
    "year": (int, type(None)),
}


class RowRefused(Exception):
    """A line that is not a usable row; the message says why."""


@dataclass(frozen=True)
class Row:
    """One item as read from a file."""

    item: dict[str, str]
    content: dict[str, Any]
    source: dict[str, Any] | None
    problem: dict[str, str] | None


def row_of(version: ItemVersion) -> dict[str, Any]:
    """The row of a version; needs its item, source problem and source."""
    item = version.item
    return {
        "schema": SCHEMA,
        **{field: getattr(item, field) for field in ITEM_FIELDS},
        "source": _pick(item.source_problem.source, SOURCE_FIELDS) if item.source_problem else None,
        "problem": _pick(item.source_problem, PROBLEM_FIELDS) if item.source_problem else None,
        **content_of(version),
    }


def _pick(row: Source | SourceProblem, fields: Iterable[str]) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}


def write(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Each row as one canonical line: sorted keys, UTF-8, a line feed at its end."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read(line: bytes) -> Row:
    """The row of one line; raises RowRefused with the reason."""
    data = parse_object(line)
    if data.get("schema") != SCHEMA:
        raise RowRefused(f"schema is {data.get('schema')!r}; this reads schema {SCHEMA}")
    wanted = {"schema", *ITEM_FIELDS, "source", "problem", *ItemVersion.CONTENT}
    _require_keys(data, wanted, "the row")
    if (data["source"] is None) != (data["problem"] is None):
        raise RowRefused("source and problem must both be given or both be null")
    return Row(
        item=_section(data, ITEM_FIELDS, "the row"),
        content=_section(data, ItemVersion.CONTENT, "the row"),
        source=_nested(data, "source", SOURCE_FIELDS),
        problem=_nested(data, "problem", PROBLEM_FIELDS),
    )


def parse_object(line: bytes) -> dict[str, Any]:
    """The JSON object on a line; raises RowRefused where it is too long, not UTF-8, not JSON or not an object."""
    if len(line) > MAX_LINE:
        raise RowRefused(f"the line has {len(line):,} bytes; at most {MAX_LINE:,} are read")
    try:
        data = orjson.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        byte, column = line[error.start], error.start + 1
        raise RowRefused(f"not UTF-8: byte 0x{byte:02x} at column {column}; save the file as UTF-8") from None
    except orjson.JSONDecodeError as error:
        raise RowRefused(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise RowRefused("not a JSON object")
    if fault := _unstorable(data):
        raise RowRefused(fault)
    return data


def _unstorable(data: Any) -> str:
    """Why the database cannot hold a JSON value, empty if it can."""
    level = [data]
    for _ in range(MAX_DEPTH):
        if any(isinstance(value, str) and "\0" in value for value in level):
            return "contains the character NUL, which the database cannot hold"
        nested: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                nested += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                nested += value
        if not nested:
            return ""
        level = nested
    return f"nests deeper than {MAX_DEPTH} levels"


def _nested(data: Mapping[str, Any], name: str, fields: tuple[str, ...]) -> dict[str, Any] | None:
    section = data[name]
    if section is None:
        return None
    if not isinstance(section, dict):
        raise RowRefused(f"{name} must be an object or null")
    _require_keys(section, set(fields), name)
    return _section(section, fields, name)


def _require_keys(data: Mapping[str, Any], wanted: set[str], where: str) -> None:
    if missing := sorted(wanted - data.keys()):
        raise RowRefused(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(data.keys() - wanted):
        raise RowRefused(f"{where} has the unknown field {', '.join(unknown)}")


def _section(data: Mapping[str, Any], fields: Iterable[str], where: str) -> dict[str, Any]:
    section = {}
    for field in fields:
        allowed = _TYPES.get(field, (str,))
        value = data[field]
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            names = " or ".join("null" if kind is type(None) else kind.__name__ for kind in allowed)
            raise RowRefused(f"{field} of {where} must be {names}, not {type(value).__name__}")
        section[field] = value
    return section
