"""What the people of a campaign said of its traces, in memory, as agreement is measured on it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from django.db.models import QuerySet

from qftapp.actors.models import User
from qftapp.labels.adjudicating import given
from qftapp.labels.agreement import Span
from qftapp.labels.exporting import step_of
from qftapp.labels.models import Annotation, Campaign, ErrorCategory, SpanLabel
from qftapp.runs.models import Trace
from qftapp.runs.steps import split_steps

ON_STEPS = (Annotation.Verdict.SOUND, Annotation.Verdict.FLAWED)
"""Verdicts whose marks speak of every step; who is unsure, or finds the item bad, says nothing of unmarked ones."""

REMEMBERED = 10_000
"""Traces whose steps a process remembers; a trace's text never changes."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark with the place of its top-level category among those of the taxonomy."""

    span: Span
    category: int
    is_major: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one person said of one trace."""

    annotation: int
    trace: int
    person: int
    verdict: str
    marks: list[Mark] = field(default_factory=list)

    @property
    def is_on_steps(self) -> bool:
        """Whether it says of each step whether it is right."""
        return self.verdict in ON_STEPS

    def first_error(self, steps: list[Span]) -> int | None:
        """The index of the first step in which a major mark begins."""
        starts = [mark.span[0] for mark in self.marks if mark.is_major]
        return step_of(steps, min(starts)) if starts else None

    def cells(self, steps: list[Span]) -> set[tuple[int, int]]:
        """The steps that were marked, each with a category."""
        return {(step_of(steps, mark.span[0]), mark.category) for mark in self.marks}


Pair = tuple[Judgement, Judgement]


@dataclass(frozen=True)
class Judgements:
    """The judgements of each trace that has two at least; `gold` are the adjudicated ones of gold traces.

    `suggested` are language models', which count in nothing but what is said of the models; `said` are all of people's.
    """

    campaign: Campaign
    people: list[User]
    categories: list[ErrorCategory]
    by_trace: dict[int, list[Judgement]]
    gold: dict[int, Judgement]
    on_gold: list[Judgement]
    said: list[Judgement]
    suggested: list[Judgement]

    @cached_property
    def steps(self) -> dict[int, list[Span]]:
        """The steps of every trace that is compared."""
        return steps_of_traces({*self.by_trace, *self.gold, *(each.trace for each in self.suggested)})

    @property
    def pairs(self) -> list[Pair]:
        """Each two judgements of one trace, in the order of the people."""
        return [pair for judged in self.by_trace.values() for pair in combinations(judged, 2)]


def judgements_of(campaign: Campaign) -> Judgements:
    """Read the independent annotations of a campaign that count, and the adjudicated ones of its gold traces."""
    categories = list(campaign.taxonomy.categories.filter(parent=None).order_by("position", "code"))
    on_gold = Annotation.objects.filter(
        trace__in=campaign.entries.filter(is_gold=True).values("trace"),
        taxonomy=campaign.taxonomy_id,
        kind=Annotation.Kind.ADJUDICATED,
        submitted_at__isnull=False,
        skip="",
    )
    gold = {each.trace: each for each in _read(on_gold, categories)}
    all_of_them = _read(given(campaign.annotations.all()), categories)
    by_trace: dict[int, list[Judgement]] = defaultdict(list)
    for judgement in all_of_them:
        by_trace[judgement.trace].append(judgement)
    compared = {trace: judged for trace, judged in by_trace.items() if len(judged) > 1}
    people = {judgement.person for judgement in all_of_them}
    return Judgements(
        campaign,
        list(User.objects.filter(pk__in=people).order_by("pk")),
        categories,
        compared,
        gold,
        [judgement for judgement in all_of_them if judgement.trace in gold],
        all_of_them,
        _read(_suggested(campaign), categories),
    )


def _suggested(campaign: Campaign) -> QuerySet[Annotation]:
    """What language models say of the traces of a campaign, whichever campaign they were asked for."""
    same = {"taxonomy": campaign.taxonomy_id, "trace__in": campaign.entries.order_by().values("trace")}
    return Annotation.objects.filter(**same, kind=Annotation.Kind.SUGGESTED, submitted_at__isnull=False)


def _read(annotations: QuerySet[Annotation], categories: list[ErrorCategory]) -> list[Judgement]:
    """The annotations with their marks, by trace and person; in two queries."""
    rows = annotations.order_by("trace", "annotator").values_list("pk", "trace", "annotator", "verdict")
    read = {row[0]: Judgement(*row) for row in rows}
    if not read:
        return []
    place = {category.pk: number for number, category in enumerate(categories)}
    marks = SpanLabel.objects.filter(annotation__in=annotations.order_by().values("pk")).order_by("start", "end", "pk")
    fields = ("annotation", "start", "end", "category", "category__parent", "severity")
    for annotation, start, end, category, parent, severity in marks.values_list(*fields):
        if annotation in read:  # submitted between the two queries otherwise
            mark = Mark((start, end), place[parent or category], severity == SpanLabel.Severity.MAJOR)
            read[annotation].marks.append(mark)
    return list(read.values())


_steps: dict[int, list[Span]] = {}


def steps_of_traces(traces: Iterable[int]) -> dict[int, list[Span]]:
    """The steps of some traces; those split before are remembered, for splitting takes a millisecond a trace."""
    wanted = set(traces)
    found = {trace: steps for trace in wanted if (steps := _steps.get(trace)) is not None}
    texts = Trace.objects.filter(pk__in=wanted - found.keys()).order_by().values_list("pk", "text")
    for trace, text in texts.iterator(chunk_size=200):
        found[trace] = split_steps(text)
    if len(_steps) + len(found) > REMEMBERED:
        _steps.clear()
    _steps.update(found)
    return found
