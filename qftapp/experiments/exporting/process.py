"""Rows for process supervision: the steps of traces, each right or wrong as people judged it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.entries import Entry, LeftOut
from qftapp.experiments.exporting.picks import Pick, Source, texts
from qftapp.experiments.exporting.recipes import ProcessRecipe
from qftapp.labels.exporting import step_of
from qftapp.labels.judgements import ON_STEPS
from qftapp.labels.models import Annotation, SpanLabel
from qftapp.runs.models import Trace
from qftapp.runs.steps import split_steps

ADJUDICATED = Annotation.Kind.ADJUDICATED
FORBIDDEN = LanguageModel.Terms.FORBIDDEN

Labels = tuple[tuple[bool, ...], tuple[tuple[str, ...], ...]]
"""Whether each step is right, and the codes of what is wrong in it."""


def annotations_of(recipe: ProcessRecipe) -> QuerySet[Annotation]:
    """Return people's annotations that say of each step whether it is right; what models suggest counts for nobody."""
    by_people = Annotation.objects.exclude(kind=Annotation.Kind.SUGGESTED)
    found = by_people.filter(taxonomy__slug=recipe.taxonomy, submitted_at__isnull=False, skip="", verdict__in=ON_STEPS)
    if recipe.campaigns:  # what settles a difference belongs to the campaign whose trace it is
        entries = Q(campaign__slug__in=recipe.campaigns) | Q(
            kind=ADJUDICATED, trace__campaign_entries__campaign__slug__in=recipe.campaigns
        )
        found = found.filter(entries).distinct()
    return found


def choose(recipe: ProcessRecipe, entries: list[Entry], left_out: LeftOut, *, exactly: bool) -> tuple[list[Pick], int]:
    """Return the judged traces that the recipe takes, and how many it looked at."""
    by_version = {entry.version_id: entry for entry in entries}
    given = annotations_of(recipe)
    looked_at = Trace.objects.filter(item_version__in=by_version, characters__gt=0, pk__in=given.values("trace"))
    may_teach = looked_at.exclude(run__model__training_on_outputs=FORBIDDEN)
    size = looked_at.count()
    left_out.add("terms", count=size - may_teach.count())
    counts = _people(given.filter(trace__in=may_teach))
    fields = ("pk", "run__slug", "run__model__slug", "sample_index", "characters", "item_version")
    candidates = []
    for *source, version in may_teach.order_by().values_list(*fields):
        pick = Pick(by_version[version], Source(*source))
        is_settled, people = counts[pick_id(pick)]
        if is_settled or people >= recipe.fewest_people:
            candidates.append(pick)
        else:
            left_out.add("too_few_people", pick.entry.slug)
    candidates.sort(key=_place)
    return (list(_labelled(recipe, candidates, given, left_out)) if exactly else candidates), size


def pick_id(pick: Pick) -> int:
    """The id of a pick's trace, which it has here."""
    assert pick.source
    return pick.source.trace_id


def _place(pick: Pick) -> tuple[str, int, str, int]:
    """Where a row stands, whatever the database's order."""
    assert pick.source
    return pick.entry.slug, pick.entry.number, pick.source.run, pick.source.sample


def _people(given: QuerySet[Annotation]) -> dict[int, tuple[bool, int]]:
    """Whether each trace was adjudicated, and how many people judged it on their own."""
    settled = Count("pk", filter=Q(kind=ADJUDICATED), distinct=True)
    independent = Count("pk", filter=~Q(kind=ADJUDICATED), distinct=True)
    rows = given.order_by().values("trace").annotate(settled=settled, people=independent)
    return {row["trace"]: (row["settled"] > 0, row["people"]) for row in rows}


def _labelled(
    recipe: ProcessRecipe, picks: list[Pick], given: QuerySet[Annotation], left_out: LeftOut
) -> Iterator[Pick]:
    """The picks with what people say of their steps; those on which they differ are left out."""
    ids = [pick_id(pick) for pick in picks]
    said = _judgements(given, ids)
    for pick, (trace, text) in zip(picks, texts(ids), strict=True):
        labels = labels_of(said[trace], split_steps(text))
        if labels is None:
            left_out.add("people_differ", pick.entry.slug)
            continue
        right, categories = labels
        end = right.index(False) + 1 if recipe.until_first_error and False in right else len(right)
        yield Pick(pick.entry, pick.source, right[:end], categories[:end])


def _judgements(given: QuerySet[Annotation], ids: list[int]) -> dict[int, list[Annotation]]:
    """The annotations that count for each trace: the adjudicated ones where there are any."""
    marks = Prefetch("marks", SpanLabel.objects.filter(severity="major").select_related("category"))
    found: dict[int, list[Annotation]] = defaultdict(list)
    for annotation in given.filter(trace__in=ids).prefetch_related(marks).order_by():
        found[annotation.trace_id].append(annotation)
    settled = {trace: [each for each in said if each.kind == ADJUDICATED] for trace, said in found.items()}
    return {trace: settled[trace] or said for trace, said in found.items()}


def labels_of(said: list[Annotation], steps: list[tuple[int, int]]) -> Labels | None:
    """Return what most people say of each step; nothing where as many find one wrong as do not.

    A step is wrong for somebody if a major mark of theirs begins in it, as in the other files of annotations.
    """
    wrong: dict[int, set[int]] = defaultdict(set)
    codes: dict[int, set[str]] = defaultdict(set)
    for annotation in said:
        for mark in annotation.marks.all():
            step = step_of(steps, mark.start)
            wrong[step].add(annotation.pk)
            codes[step].add(mark.category.code)
    if any(2 * len(people) == len(said) for people in wrong.values()):
        return None
    right = tuple(2 * len(wrong[step]) < len(said) for step in range(len(steps)))
    return right, tuple(() if is_right else tuple(sorted(codes[step])) for step, is_right in enumerate(right))


def rows(picks: list[Pick]) -> Iterator[dict[str, Any]]:
    """Yield the rows of some picks: the prompt, the steps, and what is right or wrong in them."""
    for pick, (_, text) in zip(picks, texts([pick_id(pick) for pick in picks]), strict=True):
        assert pick.source
        steps = split_steps(text)[: len(pick.labels)]
        yield {
            **pick.entry.facts,
            "trace": pick.source.name(pick.entry),
            "sample": pick.source.sample,
            "teacher": pick.source.teacher,
            "prompt": list(pick.entry.messages),
            "steps": [text[start:end] for start, end in steps],
            "labels": list(pick.labels),
            "categories": [list(codes) for codes in pick.categories],
        }
