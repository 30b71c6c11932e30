"""How the models of a report did on its items: counts by model and item, out of what is kept of each run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qftapp.actors.models import LanguageModel
from qftapp.charts.scope import Scope
from qftapp.charts.stats.means import Mean, mean_share
from qftapp.items.models import ItemVersion
from qftapp.runs import tallies
from qftapp.runs.details import Details, details
from qftapp.runs.models import OUTCOMES, Run
from qftapp.verification.verdict import Outcome

OUTCOME_CODES = tuple(code for code, _ in OUTCOMES)
_CORRECT, _BROKEN = OUTCOME_CODES.index(Outcome.CORRECT), OUTCOME_CODES.index(Outcome.BROKEN_ITEM)

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]
Chosen = NDArray[np.bool_]
"""Some items, or some outcomes: true for those that are meant."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an item is, as far as figures divide by it."""

    id: int
    slug: str
    domain: str
    topic: str
    domain_level: str
    operational_level: str
    origin: str
    problem: int | None
    source: str | None
    batch: str | None

    def cluster(self, by: str) -> str:
        """The name of what it shares with items that are alike."""
        alone = f"item {self.id}"
        if by == "source":
            return self.source or self.batch or alone
        return f"problem {self.problem}" if by == "family" and self.problem else alone


@dataclass(frozen=True)
class Results:
    """Graded answers of models to items: `outcomes[model, item, outcome]`, in the orders of the three tuples."""

    scope: Scope
    items: tuple[ItemFacts, ...]
    outcomes: Counts
    runs: tuple[Run, ...]
    verifiers: tuple[str, ...]
    """Versions of the verifier whose grades count here."""
    places: Mapping[int, int] = field(default_factory=dict)
    """The place among the items of each version that the scope holds."""

    @property
    def models(self) -> tuple[LanguageModel, ...]:
        """The models in the order of the report."""
        return self.scope.models

    @cached_property
    def right(self) -> Counts:
        """Right answers by model and item."""
        return np.asarray(self.outcomes[:, :, _CORRECT])

    @cached_property
    def counted(self) -> Counts:
        """Graded answers by model and item, but those that a broken item spoiled."""
        return np.asarray(self.outcomes.sum(axis=2) - self.outcomes[:, :, _BROKEN])

    @cached_property
    def shares(self) -> Shares:
        """The share of right answers by model and item; nan where nothing counts."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(self.counted > 0, self.right / self.counted, np.nan))

    @cached_property
    def clusters(self) -> NDArray[np.str_]:
        """For each item, what it shares with items that are alike."""
        return np.array([item.cluster(self.scope.cluster) for item in self.items], dtype=np.str_)

    @cached_property
    def details(self) -> list[tuple[int, Details]]:
        """The further numbers of each run with the row of its model; read once, so that all sums agree."""
        rows = {model.pk: row for row, model in enumerate(self.models)}
        return [(rows[run.model_id], details(run.pk)) for run in self.runs]

    def accuracy(self, model: int, chosen: Chosen) -> Mean | None:
        """The mean over some items of a model's share of right answers."""
        return mean_share(self.shares[model, chosen], self.clusters[chosen])

    def where(self, **facts: str) -> Chosen:
        """Which items have these facts."""
        return np.array(
            [all(getattr(item, name) == value for name, value in facts.items()) for item in self.items], dtype=bool
        )


_ITEM = (
    "item_id",
    "item__slug",
    "item__domain",
    "item__topic",
    "item__domain_level",
    "item__operational_level",
    "item__origin",
    "item__source_problem_id",
    "item__source_problem__source__slug",
    "item__batch__slug",
)


def load(scope: Scope) -> Results:
    """The results of a scope; items by slug, those without any graded answer left out."""
    runs = evaluations(scope)
    counts = {run.pk: tallies.counts(run.pk) for run in runs}
    asked = {version for found in counts.values() for version, _, _ in found.outcomes}
    facts = item_facts(scope, asked)
    items = sorted(set(facts.values()), key=lambda item: item.slug)
    numbers = {item.id: place for place, item in enumerate(items)}
    places = {version: numbers[item.id] for version, item in facts.items()}
    rows = {model.pk: row for row, model in enumerate(scope.models)}
    outcomes: Counts = np.zeros((len(rows), len(items), len(OUTCOME_CODES)), dtype=np.int64)
    for run in runs:
        for version, outcome, count in counts[run.pk].outcomes:
            if version in facts:
                outcomes[rows[run.model_id], places[version], OUTCOME_CODES.index(outcome)] += count
    used = tuple(run for run in runs if any(row[0] in facts for row in counts[run.pk].outcomes))
    verifiers = {version for run in used for version, is_current, _ in counts[run.pk].grades if is_current}
    return Results(scope, tuple(items), outcomes, used, tuple(sorted(verifiers)), places)


def evaluations(scope: Scope) -> list[Run]:
    """The evaluations of the models, by the order of their asking."""
    found = Run.objects.filter(purpose=Run.Purpose.EVALUATE, model__in=scope.models)
    return list(found.select_related("model").order_by("pk"))


def item_facts(scope: Scope, versions: set[int]) -> dict[int, ItemFacts]:
    """What the items of these versions are, by version; those outside the scope are left out."""
    wanted = ItemVersion.objects.filter(scope.versions).order_by().distinct()
    return {pk: ItemFacts(*facts) for pk, *facts in wanted.values_list("pk", *_ITEM) if pk in versions}
