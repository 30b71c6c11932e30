"""A recipe as sentences."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import get_text_list

from qftapp.experiments.exporting.recipes import (
    PREFERENCES,
    SOUNDNESS,
    AnyRecipe,
    ProcessRecipe,
    RLRecipe,
    SFTRecipe,
    read_recipe,
)
from qftapp.items.models import Item
from qftapp.items.topics import CATEGORIES, TOPICS

LEVELS = dict(Item.DomainLevel.choices)
DIFFICULTIES = dict(Item.OperationalLevel.choices)


def told(kind: str, stored: dict[str, Any]) -> str:
    """A stored recipe as sentences."""
    recipe = read_recipe(kind, stored)
    tell = {"sft": _sft, "rl": _rl, "process": _process}[kind]
    near = "are left out" if recipe.leave_out_near_test else "would have refused the export"
    return " ".join(
        [
            tell(recipe),
            _where(recipe),
            f"Prompt {recipe.prompt} {recipe.prompt_number}.",
            f"Items that give a test entry away {near}.",
        ]
    )


def _where(recipe: AnyRecipe) -> str:
    """Which items: splits, topics, levels."""
    parts = [f"Items of {_and(recipe.splits)}"]
    if recipe.topics:
        parts.append(f"on {_topics(recipe.topics)}")
    if recipe.domain_levels:
        parts.append(f"at the level {_or([LEVELS[code].lower() for code in recipe.domain_levels])}")
    if recipe.operational_levels:
        parts.append(f"of {_or([DIFFICULTIES[code].lower() for code in recipe.operational_levels])} difficulty")
    return f"{', '.join(parts)}."


def _topics(codes: Sequence[str]) -> str:
    """Topics by title; a group of which all are there, by the group's."""
    left = [code for code in TOPICS if code in codes]
    titles = []
    for category in CATEGORIES.values():
        own = [code for code, topic in TOPICS.items() if topic.category == category]
        if len(own) > 1 and set(own) <= set(left):
            titles.append(category.title)
            left = [code for code in left if code not in own]
    return _and([*titles, *(TOPICS[code].title for code in left)])


def _sft(recipe: AnyRecipe) -> str:
    assert isinstance(recipe, SFTRecipe)
    whom = f"of {_and(recipe.teachers)} " if recipe.teachers else ""
    where = f"in {_and(recipe.runs)}" if recipe.runs else "in all runs that teach"
    many = f"at most {recipe.per_item:,} of an item, {PREFERENCES[recipe.prefer]}" if recipe.per_item else "all of them"
    parts = [f"Traces {whom}{where} whose answer is right", many]
    if recipe.longest:
        parts.append(f"none longer than {recipe.longest:,} characters")
    if recipe.soundness != "any":
        parts.append(SOUNDNESS[recipe.soundness])
    return f"{', '.join(parts)}; no text twice. Seed {recipe.seed}."


def _rl(recipe: AnyRecipe) -> str:
    assert isinstance(recipe, RLRecipe)
    if not recipe.runs:
        return "Prompts with their contracts, whatever their pass rate."
    band = f"pass rate p in {_and(recipe.runs)} is {recipe.above:g} < p ≤ {recipe.at_most:g}"
    return f"Prompts with their contracts whose {band}, from {recipe.fewest_samples:,} or more graded samples."


def _process(recipe: AnyRecipe) -> str:
    assert isinstance(recipe, ProcessRecipe)
    where = f"in {_and(recipe.campaigns)}" if recipe.campaigns else "in any campaign"
    who = "adjudicated" if recipe.fewest_people < 2 else f"adjudicated or judged by {recipe.fewest_people} people"
    judged = f"Steps of traces as people judged them with {recipe.taxonomy} {where}"
    first = "what was adjudicated counts first, else what most say" if recipe.fewest_people < 2 else f"{who}"
    end = ", up to the first wrong step" if recipe.until_first_error else ""
    return f"{judged}; {first}{end}."


def _and(names: Sequence[str]) -> str:
    return get_text_list(list(names), "and")


def _or(names: Sequence[str]) -> str:
    return get_text_list(list(names), "or")
