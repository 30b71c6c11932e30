"""What people marked in the answers of a report's models: errors by model, item, category and severity.

Of a trace that was adjudicated, the adjudicated annotation counts, and no other; else the mean over those who judged
it. Who was unsure or found the item bad says nothing of its steps and does not count. Finer categories count under the
top-level one, in all numbers of a taxonomy together.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from qftapp.actors.models import LanguageModel
from qftapp.charts.results import ItemFacts, evaluations, item_facts
from qftapp.charts.scope import Scope
from qftapp.items.models import ItemVersion
from qftapp.labels.judgements import ON_STEPS
from qftapp.labels.models import Annotation, ErrorCategory, SpanLabel, Taxonomy
from qftapp.runs.models import Grade, Run
from qftapp.verification.verdict import Outcome

Floats = NDArray[np.float64]
Kind = Annotation.Kind
MAJOR, MINOR = SpanLabel.Severity.MAJOR, SpanLabel.Severity.MINOR
SEVERITIES = (MAJOR, MINOR)


class Said(NamedTuple):
    """An annotation that may count, with the trace it judges; `outcome` is None where the trace has no grade."""

    annotation: int
    trace: int
    kind: str
    taxonomy: int
    run: int
    version: int
    outcome: str | None


class Mark(NamedTuple):
    """A mark of an annotation, with the code of its top-level category."""

    annotation: int
    category: str
    severity: str
    start: int


@dataclass(frozen=True)
class Labelled:
    """Counts by model and item, in the orders of these tuples; marks are shared among those who judged a trace."""

    scope: Scope
    taxonomy: Taxonomy
    categories: tuple[ErrorCategory, ...]
    """Top-level ones of the newest number."""
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
    runs: tuple[Run, ...]
    has_other_taxonomies: bool

    @cached_property
    def common(self) -> NDArray[np.bool_]:
        """The items of which every model has a labelled trace."""
        return np.asarray((self.responses > 0).all(axis=0))

    @cached_property
    def clusters(self) -> NDArray[np.str_]:
        """For each item, what it shares with items that are alike."""
        return np.array([item.cluster(self.scope.cluster) for item in self.items], dtype=np.str_)


def load(scope: Scope) -> Labelled | None:
    """What is labelled in a scope, by the taxonomy that most of it was labelled with; None where nothing is."""
    runs = {run.pk: run for run in evaluations(scope)}
    given = _annotations(scope, runs)
    said = [Said(*row) for row in given.values_list(*_SAID)]
    taxonomies = Taxonomy.objects.in_bulk({each.taxonomy for each in said})
    slugs = Counter(taxonomies[each.taxonomy].slug for each in said)
    if not slugs:
        return None
    slug = min(slugs, key=lambda slug: (-slugs[slug], slug))
    counting = _counting([each for each in said if taxonomies[each.taxonomy].slug == slug])
    facts = item_facts(scope, {each.version for each, _ in counting})
    newest = max((one for one in taxonomies.values() if one.slug == slug), key=lambda one: one.number)
    return _counted(scope, newest, counting, _marks(given), facts, runs, has_others=len(slugs) > 1)


_SAID = (
    "pk",
    "trace_id",
    "kind",
    "taxonomy_id",
    "trace__run_id",
    "trace__item_version_id",
    "outcome",
)


def _annotations(scope: Scope, runs: Collection[int]) -> QuerySet[Annotation]:
    """The submitted judgements of people on the answers of some runs, each with its trace's current outcome.

    The runs are named by their ids, for of a condition on runs the database could not tell how many traces it leaves.
    """
    current = Grade.objects.filter(trace_id=OuterRef("trace_id"), is_current=True).order_by().values("outcome")[:1]
    found = Annotation.objects.filter(
        submitted_at__isnull=False,
        skip="",
        kind__in=(Kind.INDEPENDENT, Kind.ADJUDICATED),
        verdict__in=ON_STEPS,
        trace__run__in=runs,
    )
    if scope.versions:
        found = found.filter(trace__item_version__in=ItemVersion.objects.filter(scope.versions).values("pk"))
    return found.order_by().annotate(outcome=Subquery(current))


def counting_annotations(scope: Scope) -> dict[int, float]:
    """The annotations that count, each with its weight among those of its trace."""
    given = _annotations(scope, [run.pk for run in evaluations(scope)])
    return {each.annotation: weight for each, weight in _counting(Said(*row) for row in given.values_list(*_SAID))}


def _counting(said: Iterable[Said]) -> list[tuple[Said, float]]:
    by_trace: defaultdict[int, list[Said]] = defaultdict(list)
    for each in said:
        by_trace[each.trace].append(each)
    counting = []
    for judged in by_trace.values():
        settled = [each for each in judged if each.kind == Kind.ADJUDICATED] or judged
        counting += [(each, 1 / len(settled)) for each in settled]
    return counting


def _marks(annotations: QuerySet[Annotation]) -> dict[int, list[Mark]]:
    """The marks of some annotations, in the order of the text."""
    found = SpanLabel.objects.filter(annotation__in=annotations.values("pk")).order_by("start", "end", "pk")
    top = Coalesce("category__parent__code", "category__code")
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    for row in found.values_list("annotation_id", top, "severity", "start"):
        marks[row[0]].append(Mark(*row))
    return marks


def _counted(
    scope: Scope,
    taxonomy: Taxonomy,
    counting: list[tuple[Said, float]],
    marks: dict[int, list[Mark]],
    facts: dict[int, ItemFacts],
    runs: dict[int, Run],
    *,
    has_others: bool,
) -> Labelled:
    categories = tuple(taxonomy.categories.filter(parent=None).order_by("position", "code"))
    place = {category.code: number for number, category in enumerate(categories)}
    model_of = {pk: run.model_id for pk, run in runs.items()}
    judged = {model_of[each.run] for each, _ in counting}
    models = tuple(model for model in scope.models if model.pk in judged)
    row = {model.pk: number for number, model in enumerate(models)}
    items = tuple(sorted(set(facts.values()), key=lambda item: item.slug))
    column = {item.id: number for number, item in enumerate(items)}
    shape = (len(models), len(items))
    sums: dict[str, Any] = {name: np.zeros(shape) for name in ("responses", "right", "ungraded")}
    sums |= {"marks": np.zeros((*shape, 2, len(categories))), "first": np.zeros((*shape, len(categories) + 1))}
    for each, weight in counting:
        cell = row[model_of[each.run]], column[facts[each.version].id]
        known = [mark for mark in marks.get(each.annotation, ()) if mark.category in place]
        sums["responses"][cell] += weight
        sums["ungraded"][cell] += weight * (each.outcome is None)
        for mark in known:
            sums["marks"][(*cell, SEVERITIES.index(mark.severity), place[mark.category])] += weight
        if each.outcome == Outcome.CORRECT:
            sums["right"][cell] += weight
        else:
            majors = [place[mark.category] for mark in known if mark.severity == MAJOR]
            sums["first"][(*cell, majors[0] if majors else len(categories))] += weight
    used = tuple(runs[pk] for pk in sorted({each.run for each, _ in counting}))
    return Labelled(scope, taxonomy, categories, models, items, **sums, runs=used, has_other_taxonomies=has_others)
