"""Items as JSON lines: one documented row an item, written canonically and read back with a reason for each refusal.

The schema stands in docs/items-jsonl.md. A row holds what an item says, not where it stands in its life: reading a row
makes a draft, and writing that draft gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import ValidationError

from qftapp.actors.text import plain_values
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
RELEASE_FIELDS = ("split", "version", "content_hash", "prompt")
"""What a release adds to a row; reading passes over it."""

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
    _require_keys(data.keys() - set(RELEASE_FIELDS), wanted, "the row")
    if (data["source"] is None) != (data["problem"] is None):
        raise RowRefused("source and problem must both be given or both be null")
    return Row(
        item=_section(data, ITEM_FIELDS, "the row"),
        content=_section(data, ItemVersion.CONTENT, "the row"),
        source=_nested(data, "source", SOURCE_FIELDS),
        problem=_nested(data, "problem", PROBLEM_FIELDS),
    )


def parse_object(line: bytes) -> dict[str, Any]:
    """The JSON object on a line, its texts plain; raises RowRefused where it is too long or not an object in UTF-8."""
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
    if _is_too_deep(data):
        raise RowRefused(f"nests deeper than {MAX_DEPTH} levels")
    plain: dict[str, Any] = {key: _plain(value, key) for key, value in data.items()}
    return plain


def _plain(value: Any, name: str) -> Any:
    try:
        return plain_values(value)
    except ValidationError as error:
        raise RowRefused(f"{name}: {error.messages[0]}") from None


def _is_too_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            entry
            for value in level
            if isinstance(value, dict | list)
            for entry in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


def _nested(data: Mapping[str, Any], name: str, fields: tuple[str, ...]) -> dict[str, Any] | None:
    section = data[name]
    if section is None:
        return None
    if not isinstance(section, dict):
        raise RowRefused(f"{name} must be an object or null")
    _require_keys(section.keys(), set(fields), name)
    return _section(section, fields, name)


def _require_keys(given: Set[str], wanted: set[str], where: str) -> None:
    if missing := sorted(wanted - given):
        raise RowRefused(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(given - wanted):
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
