"""What a report is about: its address names models, a set of items, and what counts as alike."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from qftapp.actors.models import LanguageModel
from qftapp.items.topics import codes_in
from qftapp.releases.models import Release

MOST_MODELS = 8
"""Models that colours and markers can tell apart."""

ITEM_FILTERS = {
    "domain": "item__domain",
    "category": "item__topic__in",
    "topic": "item__topic",
    "domain_level": "item__domain_level",
    "operational_level": "item__operational_level",
    "origin": "item__origin",
    "source": "item__source_problem__source__slug",
}
"""The filters of items by their names in the address, each with the field of a version that it compares."""

CLUSTERS = {"family": "Source problem", "item": "Item", "source": "Source"}
"""What items may share that makes answers to them alike, the narrowest that is safe first."""


@dataclass(frozen=True)
class Scope:
    """The models, in their order (the first is the one that others are compared with), and the items of a report."""

    models: tuple[LanguageModel, ...] = ()
    release: Release | None = None
    split: str = ""
    items: dict[str, str] = field(default_factory=dict)
    """Filters of items, by the names in ITEM_FILTERS."""
    cluster: str = "family"

    def compared_with(self, model: LanguageModel) -> "Scope":
        """The same with another of its models as the one that others are compared with."""
        return replace(self, models=(model, *(one for one in self.models if one != model)))

    @property
    def versions(self) -> Q:
        """The versions that belong to the report, as a condition on ItemVersion."""
        wanted: dict[str, Any] = {ITEM_FILTERS[name]: value for name, value in self.items.items()}
        if category := self.items.get("category"):
            wanted["item__topic__in"] = codes_in(category)
        if self.release:
            wanted["release_entries__release"] = self.release
        if self.release and self.split:
            wanted["release_entries__split"] = self.split
        return Q(**wanted)

    @property
    def query(self) -> list[tuple[str, str]]:
        """The scope as pairs of its address, in which the order of models stands."""
        pairs: list[tuple[str, Any]] = [("model", model.slug) for model in self.models]
        pairs += [("release", self.release.name if self.release else ""), ("split", self.split), *self.items.items()]
        return [(name, value) for name, value in pairs if value] + [("cluster", self.cluster)] * (
            self.cluster != "family"
        )
