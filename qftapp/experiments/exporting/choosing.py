"""What a recipe takes from a release, and what it leaves out for which reason."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from qftapp.experiments.exporting import process, rl, sft
from qftapp.experiments.exporting.contamination import Pair, contaminated, test_entries
from qftapp.experiments.exporting.entries import LeftOut, entries_of
from qftapp.experiments.exporting.picks import Pick
from qftapp.experiments.exporting.recipes import AnyRecipe, ProcessRecipe, RLRecipe, SFTRecipe
from qftapp.releases.models import Release

REASONS: dict[str, tuple[str, str]] = {
    "unsound_contract": ("item", "its contract cannot be read"),
    "answer_in_prompt": ("item", "its prompt holds the answer"),
    "near_test": ("item", "it gives a test entry away"),
    "no_pass_rate": ("item", "too few graded samples for a pass rate"),
    "too_hard": ("item", "its pass rate is too low"),
    "too_easy": ("item", "its pass rate is too high"),
    "ungraded": ("trace", "not graded yet"),
    "not_correct": ("trace", "its answer is not right"),
    "contested": ("trace", "somebody contests its grade"),
    "cut_off": ("trace", "it was cut off"),
    "too_long": ("trace", "longer than the cap"),
    "terms": ("trace", "the terms of its model forbid training on it"),
    "flawed": ("trace", "people found it flawed"),
    "not_judged_sound": ("trace", "people have not found it sound"),
    "duplicate": ("trace", "the same text again"),
    "over_cap": ("trace", "more than the cap for an item"),
    "too_few_people": ("trace", "too few people judged its steps"),
    "people_differ": ("trace", "people differ on a step, and nobody has settled it"),
}
"""Why something is left out: what is counted, and the reason in words."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a recipe takes in their order, how many it looked at, and what it left out."""

    picks: list[Pick]
    size: int
    left_out: LeftOut
    pairs: list[Pair]

    def count(self, name: str) -> dict[str, int]:
        """How many rows there are of each topic, level, teacher or item, by its name."""
        return dict(sorted(Counter(pick.facts[name] for pick in self.picks).items()))


def choose(release: Release, recipe: AnyRecipe, *, exactly: bool = True) -> Selection:
    """Return what the recipe takes from the release; the same from the same rows, in whatever order those came.

    Not `exactly`, texts are not read: duplicates and steps on which people differ are then among the rows. Items that
    give a test entry away are always left out and named; whether that refuses the export is for the act to say.
    """
    left_out = LeftOut()
    entries = entries_of(release, recipe, left_out)
    pairs = contaminated(entries, test_entries(release))
    near = {pair.item for pair in pairs}
    for item in sorted(near):
        left_out.add("near_test", item)
    clean = [entry for entry in entries if entry.slug not in near]
    if isinstance(recipe, RLRecipe):
        picks, size = rl.choose(recipe, clean, left_out), len(entries)
    elif isinstance(recipe, SFTRecipe):
        picks, size = sft.choose(recipe, clean, left_out, exactly=exactly)
    else:
        assert isinstance(recipe, ProcessRecipe)
        picks, size = process.choose(recipe, clean, left_out, exactly=exactly)
    return Selection(picks, size, left_out, pairs)


def reasons(listed: list[dict[str, Any]]) -> list[tuple[int, str, str, list[str]]]:
    """A stored report's reasons in words: count, what is counted, why, the first few items."""
    return [(each["count"], *REASONS[each["reason"]], each["items"]) for each in listed]
