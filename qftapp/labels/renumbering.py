"""What a number of a taxonomy changed against the number before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qftapp.labels.models import Taxonomy
from qftapp.labels.taxonomies import Described, described


@dataclass(frozen=True, slots=True)
class Change:
    """Categories of the number before, those that stand in their place, and what became of them in a word."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    word: str


def changes(taxonomy: Taxonomy) -> list[Change]:
    """Return what became of the categories of the number before, what stayed left out; then what is new."""
    if taxonomy.previous is None:
        return []
    return _changes(described(taxonomy.previous), described(taxonomy))


def _changes(old: Sequence[Described], new: Sequence[Described]) -> list[Change]:
    found: list[Change] = []
    merged: set[str] = set()
    for before in old:
        after = [each for each in new if before.code in each.replaces]
        if len(after) == 1 and len(after[0].replaces) > 1:
            if after[0].code not in merged:
                merged.add(after[0].code)
                names = tuple(each.name for each in old if each.code in after[0].replaces)
                found.append(Change(names, (after[0].name,), "merged"))
        elif word := _word(before, after):
            found.append(Change((before.name,), tuple(each.name for each in after), word))
    return found + [Change((), (each.name,), "new") for each in new if not each.replaces]


def _word(before: Described, after: Sequence[Described]) -> str:
    """What became of one category, nothing where it stayed as it was."""
    if not after:
        return "gone"
    if len(after) > 1:
        return "split"
    now = replace(after[0], replaces=before.replaces)
    if now == before:
        return ""
    if now.code != before.code or now.name != before.name:
        return "renamed"
    return "moved" if now.parent != before.parent else "reworded"
