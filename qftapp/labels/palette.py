"""The categories of a taxonomy as the desk offers them, each with the key that chooses it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from qftapp.labels.models import ErrorCategory, Taxonomy


class Kind(NamedTuple):
    """A category with its finer ones, each with its key."""

    category: ErrorCategory
    key: str
    finer: list[tuple[ErrorCategory, str]]


@dataclass(frozen=True)
class Palette:
    """The categories to choose from as HTML, and what the page's scripts know of them: id, name and parent's id."""

    html: SafeString
    categories: list[dict[str, Any]]


def palette_of(taxonomy: Taxonomy) -> Palette:
    """The palette of a taxonomy; that of a published one is made once in a process, since it never changes."""
    return _remembered(taxonomy.pk) if taxonomy.is_published else _made(taxonomy.pk)


def _made(taxonomy_id: int) -> Palette:
    categories = list(ErrorCategory.objects.filter(taxonomy=taxonomy_id).order_by("position", "code"))
    html = render_to_string("labels/parts/palette.html", {"kinds": kinds(categories)})
    known = [{"id": each.pk, "name": each.name, "parent": each.parent_id} for each in categories]
    return Palette(SafeString(html), known)


_remembered = lru_cache(maxsize=64)(_made)


def kinds(categories: list[ErrorCategory]) -> list[Kind]:
    """The categories with the finer ones in their own; one without a key gets the number of its place."""
    found = []
    for number, category in enumerate((each for each in categories if each.parent_id is None), 1):
        below = [each for each in categories if each.parent_id == category.pk]
        finer = [(each, each.hotkey or _digit(place)) for place, each in enumerate(below, 1)]
        found.append(Kind(category, category.hotkey or _digit(number), finer))
    return found


def _digit(place: int) -> str:
    return str(place) if place < 10 else ""
