"""Reading untrusted JSON field by field: what is wrong becomes a Problem, never an exception."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NOT_IN_A_LINE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
NUMBER_LIMIT = 1e100
"""Bounds and excluded values beyond this magnitude are refused: double arithmetic has no room left for them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a contract: `path` names the field as "symbols.0.domain", "" the whole."""

    path: str
    message: str


def shown(value: object) -> str:
    """Return a short quotation of a JSON value for a message, whatever its size or type."""
    if isinstance(value, str):
        return f"“{value[:40]}…”" if len(value) > 40 else f"“{value}”"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 128 else "an integer of too many digits"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "something that is not JSON"


class Reader:
    """Reads one JSON object; every method returns a value of its type, or the default after noting a problem."""

    def __init__(self, data: object, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.known: set[str] = set()
        self.data: dict[Any, Any] = data if isinstance(data, dict) else {}
        self.is_object = isinstance(data, dict)
        if not self.is_object:
            self.note("", f"must be an object with named fields, not {shown(data)}")

    def note(self, key: str, message: str) -> None:
        """Record a problem with the field `key` of this object ("" = the object itself)."""
        path = ".".join(part for part in (self.path, key) if part)
        self.problems.append(Problem(path, message))

    def raw(self, key: str) -> object:
        """Return the value of a field as it stands, None if it is missing."""
        self.known.add(key)
        return self.data.get(key)

    def text(self, key: str, *, limit: int, required: bool = False, lines: bool = True) -> str:
        """Return a string of at most `limit` characters; without `lines` it must be a single line."""
        value = self.raw(key)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.note(key, f"must be text, not {shown(value)}")
            return ""
        if not value and not required:
            return ""
        if len(value) > limit:
            self.note(key, f"is too long: {len(value)} characters, at most {limit}")
            return ""
        if fault := _text_fault(value, lines):
            self.note(key, fault)
            return ""
        if required and not value.strip() and self.is_object:
            self.note(key, "must not be empty")
        return value

    def choice(self, key: str, options: Iterable[str], *, default: str, blank: bool = False) -> str:
        """Return one of `options`; a missing field is the default, "" is permitted if `blank`."""
        options = tuple(options)
        value = self.raw(key)
        if value is None:
            if not default and not blank and self.is_object:
                self.note(key, f"must be one of {', '.join(options)}")
            return default
        if isinstance(value, str) and (value in options or (blank and value == "")):
            return value
        self.note(key, f"must be one of {', '.join(options)}, not {shown(value)}")
        return default

    def flag(self, key: str) -> bool:
        """Return true or false; a missing field is false."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.note(key, f"must be true or false, not {shown(value)}")
        return False

    def number(self, key: str) -> float | None:
        """Return a finite number or None."""
        value = self.raw(key)
        return None if value is None else self.as_number(key, value)

    def as_number(self, key: str, value: object) -> float | None:
        """Return `value` as a finite float, None after noting a problem at `key`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.note(key, f"must be a number, not {shown(value)}")
            return None
        if not abs(value) <= NUMBER_LIMIT or math.isnan(value):
            self.note(key, f"must be a finite number of magnitude at most {NUMBER_LIMIT:g}, not {shown(value)}")
            return None
        return float(value) + 0.0

    def items(self, key: str, *, limit: int) -> list[object]:
        """Return a list of at most `limit` entries, not yet looked at; a missing field is empty."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.note(key, f"must be a list, not {shown(value)}")
            return []
        if len(value) > limit:
            self.note(key, f"has {len(value)} entries, at most {limit} are permitted")
            return []
        return list(value)

    def texts(self, key: str, *, count: int, length: int) -> tuple[str, ...]:
        """Return a list of non-empty single lines, leaving out those that are not."""
        found = []
        for index, value in enumerate(self.items(key, limit=count)):
            path = f"{key}.{index}"
            if not isinstance(value, str) or not value.strip():
                self.note(path, f"must be non-empty text, not {shown(value)}")
            elif len(value) > length:
                self.note(path, f"is too long: {len(value)} characters, at most {length}")
            elif fault := _text_fault(value, lines=False):
                self.note(path, fault)
            else:
                found.append(value.strip())
        return tuple(found)

    def child(self, key: str) -> "Reader":
        """Return a reader of the object in the field `key`; a missing one reads as empty."""
        value = self.raw(key)
        return Reader({} if value is None else value, ".".join(p for p in (self.path, key) if p), self.problems)

    def finish(self) -> None:
        """Note fields nobody asked for: a misspelt name must not pass for a missing one."""
        unknown = [key for key in self.data if key not in self.known]
        for key in unknown[:5]:
            self.note("", f"has an unknown field {shown(key)}; known are {', '.join(sorted(self.known))}")


def _text_fault(value: str, lines: bool) -> str:
    """Say what a database or a prompt cannot carry in this text, "" if nothing."""
    found = (_NOT_IN_TEXT if lines else _NOT_IN_A_LINE).search(value)
    if found is None:
        return ""
    character = found.group()
    what = "a line break" if character in "\n\r" else f"the control character U+{ord(character):04X}"
    return f"must not contain {what}"
