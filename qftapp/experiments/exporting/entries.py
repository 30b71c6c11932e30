"""The entries of a release that a recipe may train on, each with its prompt, and why others may not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db.models import QuerySet

from qftapp.experiments.exporting.leaks import leaked
from qftapp.experiments.exporting.recipes import AnyRecipe
from qftapp.items.content import contract_of
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.asking.requests import messages_of
from qftapp.runs.models import Prompt
from qftapp.verification import Contract, ContractError

NAMED = 5
"""Items that a report names for one reason."""

REMEMBERED = 20_000
"""Versions of which a process remembers whether they may be trained on."""

_ITEM = "item_version__item"

Checked = tuple[Contract, tuple[dict[str, str], ...]]
"""A contract, and the messages in which its version is put to a model."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A version that may be trained on."""

    version_id: int
    item_id: int
    slug: str
    number: int
    topic: str
    domain_level: str
    operational_level: str
    source_problem_id: int | None
    licence: str
    contract: Contract
    messages: tuple[dict[str, str], ...]

    @property
    def facts(self) -> dict[str, Any]:
        """The columns that every row of it has."""
        return {
            "item": self.slug,
            "version": self.number,
            "topic": self.topic,
            "domain_level": self.domain_level,
            "operational_level": self.operational_level,
        }

    @property
    def contract_text(self) -> str:
        """The contract as a JSON string with sorted keys: as objects, those of several kinds break tables."""
        return orjson.dumps(self.contract.to_json(), option=orjson.OPT_SORT_KEYS).decode()


@dataclass(slots=True)
class LeftOut:
    """How many rows were left out for each reason, with the first few items by name."""

    counts: Counter[str] = field(default_factory=Counter)
    items: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, item: str = "", count: int = 1) -> None:
        """Count something that was left out; `item` is named among the first few."""
        if not count:
            return
        self.counts[reason] += count
        named = self.items.setdefault(reason, [])
        if item and item not in named and len(named) < NAMED:
            named.append(item)

    def to_json(self) -> list[dict[str, Any]]:
        """The reasons with their counts and items, most frequent first."""
        ordered = sorted(self.counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return [{"reason": reason, "count": count, "items": self.items[reason]} for reason, count in ordered]


def prompt_of(recipe: AnyRecipe) -> Prompt:
    """Return the prompt that the recipe names; raises Prompt.DoesNotExist."""
    return Prompt.objects.get(name=recipe.prompt, number=recipe.prompt_number)


def found_by(release: Release, recipe: AnyRecipe) -> QuerySet[ReleaseEntry]:
    """Return the entries of the recipe's splits, topics and levels."""
    found = release.entries.filter(split__in=recipe.splits)
    for name in ("topic", "domain_level", "operational_level"):
        if values := getattr(recipe, f"{name}s"):
            found = found.filter(**{f"{_ITEM}__{name}__in": values})
    return found


def entries_of(release: Release, recipe: AnyRecipe, left_out: LeftOut) -> list[Entry]:
    """Return what may be trained on, by slug; an unsound contract or a prompt that holds the answer is left out."""
    prompt = prompt_of(recipe)
    related = found_by(release, recipe).select_related(f"{_ITEM}__source_problem__source", "item_version__item")
    heavy = ("item_version__solution", "item_version__second_solution", "item_version__gate")
    listed = (entry.item_version for entry in related.defer(*heavy).order_by())
    # Sorted here, because collations differ between databases.
    ordered = sorted(listed, key=lambda version: (version.item.slug, version.number))
    return list(_sound(ordered, prompt, left_out))


def _sound(versions: list[ItemVersion], prompt: Prompt, left_out: LeftOut) -> Iterator[Entry]:
    for version in versions:
        item = version.item
        checked = _checked(version, prompt)
        if isinstance(checked, str):
            left_out.add(checked, item.slug)
            continue
        contract, messages = checked
        yield Entry(
            version.pk,
            item.pk,
            item.slug,
            version.number,
            item.topic,
            item.domain_level,
            item.operational_level,
            item.source_problem_id,
            item.source_problem.source.licence if item.source_problem else "",
            contract,
            messages,
        )


_remembered: dict[tuple[int, int], Checked | str] = {}


def _checked(version: ItemVersion, prompt: Prompt) -> Checked | str:
    """What a prompt makes of a version, or the reason why it is left out; remembered, since neither ever changes."""
    key = (version.pk, prompt.pk)
    if key not in _remembered:
        if len(_remembered) >= REMEMBERED:
            _remembered.clear()
        _remembered[key] = _check(version, prompt)
    return _remembered[key]


def _check(version: ItemVersion, prompt: Prompt) -> Checked | str:
    try:
        contract = contract_of(version)
    except ContractError:
        return "unsound_contract"
    messages = tuple(messages_of(prompt, version))
    asked = "\n\n".join(message["content"] for message in messages)
    return "answer_in_prompt" if leaked(asked, contract) else (contract, messages)
