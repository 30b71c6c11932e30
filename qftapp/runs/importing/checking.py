"""A row by our column names, checked: what of it becomes a trace, or why it is refused."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from qftapp.actors.text import storable
from qftapp.runs.importing.refusals import Refused
from qftapp.runs.importing.thoughts import with_thoughts
from qftapp.runs.importing.versions import Versions
from qftapp.runs.models import MAX_KEPT_SAMPLES, Trace

MAX_CHARACTERS = 4_000_000
"""A trace of 32,000 tokens has about 130,000."""

MAX_WHOLE = 2**31 - 1
MAX_FINISH_REASON: int = Trace._meta.get_field("finish_reason").max_length or 0


class Sound(NamedTuple):
    """A row that may become a trace; `sample` is None where its place is still to be found."""

    version_id: int
    sample: int | None
    digest: bytes
    text: str
    finish_reason: str
    input_tokens: int | None
    output_tokens: int | None
    seconds: float | None


def check(values: Mapping[str, Any], versions: Versions) -> Sound:
    """The row as it will be stored; raises Refused."""
    version_id = versions.find(item_of(values), _whole(values, "version"))
    sample = _whole(values, "sample", most=MAX_KEPT_SAMPLES - 1)
    finish_reason = _text(values, "finish_reason").strip()
    if len(finish_reason) > MAX_FINISH_REASON:
        raise Refused(f"finish_reason is longer than {MAX_FINISH_REASON} characters")
    text = with_thoughts(_text(values, "reasoning"), _text(values, "text"))
    if not text.strip() and not finish_reason:
        raise Refused("the text is empty, and no finish_reason says why")
    if len(text) > MAX_CHARACTERS:
        raise Refused(f"the text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are kept")
    return Sound(
        version_id,
        sample,
        hashlib.sha256(text.encode()).digest(),
        text,
        finish_reason,
        _whole(values, "input_tokens"),
        _whole(values, "output_tokens"),
        _seconds(values),
    )


def item_of(values: Mapping[str, Any]) -> str:
    """The slug that a row names; raises Refused."""
    item = values.get("item")
    if isinstance(item, int) and not isinstance(item, bool):
        return str(item)
    if item is None or item == "":
        raise Refused("it names no item")
    if not isinstance(item, str):
        raise Refused(f"item must be text, not {_kind(item)}")
    return item.strip()


def _text(values: Mapping[str, Any], name: str) -> str:
    """A text that can be stored: NUL shown as ␀, halves of surrogate pairs as ?."""
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(f"{name} must be text, not {_kind(value)}")
    if value.isascii() and "\0" not in value:
        return value
    return str(storable(value))


def _whole(values: Mapping[str, Any], name: str, most: int = MAX_WHOLE) -> int | None:
    value = values.get(name)
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    is_written = isinstance(value, str) and value.strip().isdecimal() and len(value) < 20
    if is_written or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"{name} must be a whole number, not {_kind(value)}")
    if not 0 <= value <= most:
        raise Refused(f"{name} must be from 0 to {most:,}")
    return value


def _seconds(values: Mapping[str, Any]) -> float | None:
    value = values.get("seconds")
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise Refused("seconds must be a number, not text") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(f"seconds must be a number, not {_kind(value)}")
    if not 0 <= value < 1e9:
        raise Refused("seconds must be from 0 to a thousand million")
    return float(value)


def _kind(value: object) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
