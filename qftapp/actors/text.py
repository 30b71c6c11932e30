"""Text and JSON values as they are kept: line ends of one kind, nothing that cannot be seen or stored."""

import math
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, invisible format characters, halves of surrogate pairs, odd line ends.

Zero-width joiners, which some scripts need, are among them: the texts here are English and LaTeX, where such a
character only makes two words that look the same differ.
"""


def storable(value: Any) -> Any:
    """The value with NUL shown as ␀, lone surrogates as ?, and numbers beyond JSON as text; containers are copied."""
    if isinstance(value, str):
        return value.replace("\0", "␀").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(key): storable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [storable(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def plain(text: str) -> str:
    """The text with line feeds for line ends; raises ValidationError on a character that cannot be seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for position, character in enumerate(text):
        if unicodedata.category(character) in _UNSEEN and character not in "\n\t":
            raise ValidationError(f"Take out the invisible character {_place(text, position)}.")
    return text


def _place(text: str, position: int) -> str:
    """A character by its number and name, and where it stands: U+00AD SOFT HYPHEN in line 3 after “renorm”."""
    character = text[position]
    name = unicodedata.name(character, "")
    line = text.count("\n", 0, position) + 1
    before = text[text.rfind("\n", 0, position) + 1 : position][-20:]
    return f"U+{ord(character):04X}{' ' if name else ''}{name} in line {line}" + (
        f" after “{before}”" if before else ", at its start"
    )


def plain_values(value: Any) -> Any:
    """A JSON value with every text in it as `plain` returns it; containers are copied."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(key): plain_values(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain_values(entry) for entry in value]
    return value
