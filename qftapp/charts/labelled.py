"""What people marked in the answers of a report's models: errors by model, item, category and severity.

Finer categories count under the top-level one, and categories of older numbers of a taxonomy under what has replaced
them in the newest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from qftapp.actors.models import LanguageModel
from qftapp.charts.counting import NOWHERE, Sums, sums
from qftapp.charts.results import Chosen, ItemFacts, evaluations, item_facts
from qftapp.charts.scope import Scope
from qftapp.labels.models import ErrorCategory, SpanLabel, Taxonomy
from qftapp.labels.taxonomies import replacements
from qftapp.runs.models import Run
from qftapp.verification.verdict import Outcome

Floats = NDArray[np.float64]
MAJOR, MINOR = SpanLabel.Severity.MAJOR, SpanLabel.Severity.MINOR
SEVERITIES = (MAJOR, MINOR)


@dataclass(frozen=True)
class Categories:
    """The top-level categories of the newest number of a taxonomy, and what counts under each."""

    taxonomy: Taxonomy
    numbers: Mapping[int, int]
    """The numbers that are published, by their ids."""
    listed: tuple[ErrorCategory, ...]
    places: Mapping[int, int]
    """The place among these of every category, by its id: finer ones, and those of older numbers."""


@dataclass(frozen=True)
class Labelled:
    """Counts by model and item, in the orders of these tuples; marks are shared among those who judged a trace."""

    scope: Scope
    kinds: Categories
    models: tuple[LanguageModel, ...]
    """Those of the report that have a labelled trace, in its order."""
    items: tuple[ItemFacts, ...]
    responses: Floats
    """Labelled traces, shape (models, items)."""
    marks: Floats
    """Shape (models, items, severities, categories)."""
    first: Floats
    """Labelled traces that are not right, by the category of their first major error, the last place for none; shape
    (models, items, categories + 1)."""
    right: Floats
    """Labelled traces that are right."""
    ungraded: Floats
    """Labelled traces without a grade."""
    older: tuple[int, ...]
    """The older numbers of the taxonomy that something was labelled with."""
    lost: float
    """Marks of categories that nothing has replaced."""
    runs: tuple[Run, ...]
    has_other_taxonomies: bool

    @property
    def categories(self) -> tuple[ErrorCategory, ...]:
        """The top-level categories that are counted."""
        return self.kinds.listed

    @cached_property
    def common(self) -> Chosen:
        """The items of which every model has a labelled trace."""
        return np.asarray((self.responses > 0).all(axis=0))

    @cached_property
    def clusters(self) -> NDArray[np.str_]:
        """For each item, what it shares with items that are alike."""
        return np.array([item.cluster(self.scope.cluster) for item in self.items], dtype=np.str_)


def load(scope: Scope) -> Labelled | None:
    """What is labelled in a scope, by the taxonomy that most of it was labelled with; None where nothing is."""
    runs = {run.pk: run for run in evaluations(scope)}
    if not runs:
        return None
    taxonomies = _taxonomies()
    places = {pk: place for each in taxonomies for pk, place in each.places.items()}
    found = sums(runs, places)
    facts = item_facts(scope, set(found.version.tolist()))
    inside = found.where(np.isin(found.version, list(facts)))
    by_taxonomy = [(each, inside.where(np.isin(inside.taxonomy, list(each.numbers)))) for each in taxonomies]
    used = [(each, own) for each, own in by_taxonomy if own.answers]
    if not used:
        return None
    most, own = max(used, key=lambda pair: pair[1].answers)
    return _counted(scope, most, own, facts, runs, has_others=len(used) > 1)


def _taxonomies() -> list[Categories]:
    """The taxonomies by their names, each with the categories of its newest number."""
    published = Taxonomy.objects.filter(published_at__isnull=False).defer("guide").order_by("slug", "number")
    return [_categories(list(numbers)) for _, numbers in groupby(published, key=lambda one: one.slug)]


def _categories(numbers: Sequence[Taxonomy]) -> Categories:
    """What the categories of a taxonomy count under, in the last of its numbers."""
    newest = numbers[-1]
    current = {each.pk: each for each in newest.categories.order_by("position", "code")}
    listed = tuple(each for each in current.values() if each.parent_id is None)
    top = {each.pk: place for place, each in enumerate(listed)}
    place = {each.pk: top[each.parent_id or each.pk] for each in current.values()}
    places = {before: place[after] for before, after in replacements(newest).items()}
    return Categories(newest, {one.pk: one.number for one in numbers}, listed, places)


def _counted(
    scope: Scope,
    kinds: Categories,
    found: Sums,
    facts: Mapping[int, ItemFacts],
    runs: Mapping[int, Run],
    *,
    has_others: bool,
) -> Labelled:
    judged = {runs[run].model_id for run in found.run}
    models = tuple(model for model in scope.models if model.pk in judged)
    row = {model.pk: number for number, model in enumerate(models)}
    items = tuple(sorted({facts[version] for version in found.version.tolist()}, key=lambda item: item.slug))
    column = {item.id: number for number, item in enumerate(items)}
    rows = np.array([row[runs[run].model_id] for run in found.run])
    columns = np.array([column[facts[version].id] for version in found.version])

    def summed(chosen: Chosen, *more: tuple[NDArray[np.int64], int]) -> Floats:
        """The chosen weights by model, item and more, each told with how many places it has."""
        totals = np.zeros((len(models), len(items), *(size for _, size in more)))
        keys = (rows, columns, *(key for key, _ in more))
        np.add.at(totals, tuple(key[chosen] for key in keys), found.weight[chosen])
        return totals

    is_mark, is_right, is_known = found.severity != "", found.outcome == Outcome.CORRECT, found.place != NOWHERE
    severity, none = (found.severity == MINOR).astype(np.int64), len(kinds.listed)
    return Labelled(
        scope,
        kinds,
        models,
        items,
        responses=summed(~is_mark),
        marks=summed(is_mark & is_known, (severity, len(SEVERITIES)), (found.place, none)),
        first=summed(~is_mark & ~is_right, (np.where(is_known, found.place, none), none + 1)),
        right=summed(~is_mark & is_right),
        ungraded=summed(~is_mark & (found.outcome == "")),
        older=tuple(sorted({kinds.numbers[pk] for pk in found.taxonomy} - {kinds.taxonomy.number})),
        lost=float(found.weight[is_mark & ~is_known].sum()),
        runs=tuple(runs[pk] for pk in sorted(set(found.run.tolist()))),
        has_other_taxonomies=has_others,
    )
