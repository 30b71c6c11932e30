"""A run in numbers: accuracy by topic and level, outcomes, lengths, kinds of wrong answers, and what each item got."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection
from django.db.models import Count

from qftapp.items.models import Item
from qftapp.items.topics import TOPICS
from qftapp.runs.intervals import Estimate, Sums, estimate
from qftapp.runs.models import OUTCOMES, Grade, Run, Trace
from qftapp.runs.tallies import Counts, counts
from qftapp.verification.diagnosis import CODES
from qftapp.verification.verdict import Outcome

APART = (Outcome.TIMEOUT, Outcome.UNREADABLE, Outcome.NO_ANSWER)
"""Outcomes that are no right answers and no wrong ones either; accuracy counts them as not right."""


_ITEMS = """
SELECT version.id, version.number, item.id, item.slug, item.topic, item.domain_level
FROM qftapp_itemversion AS version JOIN qftapp_item AS item ON item.id = version.item_id
WHERE version.id = ANY(%s)
ORDER BY item.slug, version.number
"""
"""One array is one value to the database; thousands of ids in a list would each be one."""


@dataclass(frozen=True)
class ItemResult:
    """What a run did on one version of an item: how many of its traces had each outcome."""

    version_id: int
    number: int
    item_id: int
    slug: str
    topic: str
    domain_level: str
    outcomes: Mapping[str, int]

    @cached_property
    def right(self) -> int:
        """Right answers."""
        return self.outcomes.get(Outcome.CORRECT, 0)

    @cached_property
    def counted(self) -> int:
        """Graded answers but those that a broken item spoiled."""
        return sum(self.outcomes.values()) - self.outcomes.get(Outcome.BROKEN_ITEM, 0)

    @property
    def is_broken(self) -> bool:
        """Whether the verifier could not judge some answer for the item's own fault."""
        return Outcome.BROKEN_ITEM in self.outcomes


@dataclass(frozen=True)
class Row:
    """The items that share something, such as a topic: accuracy, and what stands apart from right and wrong."""

    title: str
    key: str
    accuracy: Estimate | None
    outcomes: Mapping[str, int]

    @property
    def apart(self) -> list[int]:
        """Counts of APART, in that order."""
        return [self.outcomes.get(outcome, 0) for outcome in APART]

    @property
    def broken(self) -> int:
        """Answers that are not counted since their item is broken."""
        return self.outcomes.get(Outcome.BROKEN_ITEM, 0)


@dataclass(frozen=True)
class Length:
    """How long the traces of one outcome are: tenth, half and nine tenths of them are no longer."""

    outcome: str
    traces: int
    characters: Sequence[int]
    tokens: Sequence[int | None]

    @property
    def title(self) -> str:
        """The outcome in words."""
        return dict(OUTCOMES).get(self.outcome, "Not graded")


@dataclass(frozen=True)
class Summary:
    """A run in numbers."""

    items: list[ItemResult]
    whole: Row
    topics: list[Row]
    levels: list[Row]
    lengths: list[Length]
    diagnoses: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def has_tokens(self) -> bool:
        """Whether the model's server said how many tokens it wrote."""
        return any(length.tokens[0] is not None for length in self.lengths)

    @property
    def traces(self) -> int:
        """All traces of the run, graded or not."""
        return sum(length.traces for length in self.lengths)


def summarise(run: Run) -> Summary:
    """Everything that the page of a run says in numbers."""
    found = counts(run.pk)
    items = _item_results(found)
    levels = {code: str(title) for code, title in Item.DomainLevel.choices}
    titles = {code: topic.title for code, topic in TOPICS.items()}
    return Summary(
        items=items,
        whole=_row("All", "", items),
        topics=_rows(items, [item.topic for item in items], titles),
        levels=_rows(items, [item.domain_level for item in items], levels),
        lengths=_lengths(found),
        diagnoses=_diagnoses(found),
    )


def item_results(run: Run) -> list[ItemResult]:
    """What each item got in a run, by slug; items without a graded trace are left out."""
    return _item_results(counts(run.pk))


def _item_results(found: Counts) -> list[ItemResult]:
    outcomes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for version, outcome, count in found.outcomes:
        outcomes[version][outcome] = count
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [list(outcomes)])
        return [
            ItemResult(version, number, item, slug, topic, level, outcomes[version])
            for version, number, item, slug, topic, level in cursor
        ]


def _diagnoses(found: Counts) -> list[tuple[str, str, int]]:
    """Code, title and count of each way in which answers are wrong, the most frequent first."""
    return [
        (code, CODES[code][0] if code in CODES else "nothing certain to say", count) for code, count in found.diagnoses
    ]


def _rows(items: list[ItemResult], keys: list[str], titles: Mapping[str, str]) -> list[Row]:
    grouped: defaultdict[str, list[ItemResult]] = defaultdict(list)
    for key, item in zip(keys, items, strict=True):
        grouped[key].append(item)
    return [_row(title, key, grouped[key]) for key, title in titles.items() if key in grouped]


def _row(title: str, key: str, items: list[ItemResult]) -> Row:
    outcomes: defaultdict[str, int] = defaultdict(int)
    by_item: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for item in items:
        for outcome, count in item.outcomes.items():
            outcomes[outcome] += count
        by_item[item.item_id][0] += item.right
        by_item[item.item_id][1] += item.counted
    return Row(title, key, estimate(Sums.of((k, n) for k, n in by_item.values())), outcomes)


def _lengths(counted: Counts) -> list[Length]:
    """Lengths by outcome, in the order of the outcomes; what is not graded yet comes last, under ""."""
    found = {row[0]: row for row in counted.lengths}
    nothing: list[int | None] = [None, None, None]
    listed = [found[outcome] for outcome in (*(code for code, _ in OUTCOMES), "") if outcome in found]
    return [Length(row[0], row[1], row[2], row[4] if row[3] else nothing) for row in listed]


@dataclass(frozen=True)
class AnswerGroup:
    """The traces of a run that give an item the same answer, and that answer as the verifier found it."""

    id: int
    outcome: str
    count: int
    answer: str


def answer_groups(run: Run, versions: Iterable[int]) -> dict[int, list[AnswerGroup]]:
    """The answer groups of a run by version, the largest first; ungrouped answers are in none."""
    grouped = Grade.objects.filter(
        run=run, is_current=True, answer_group__isnull=False, trace__item_version__in=list(versions)
    ).order_by()
    counted = list(grouped.values_list("trace__item_version", "answer_group", "outcome").annotate(Count("pk")))
    firsts = Grade.objects.filter(trace__in={row[1] for row in counted}, is_current=True)
    answers = dict(firsts.values_list("trace", "answer"))
    found: defaultdict[int, list[AnswerGroup]] = defaultdict(list)
    for version, group, outcome, count in sorted(counted, key=lambda row: (-row[3], row[1])):
        found[version].append(AnswerGroup(group, outcome, count, answers.get(group, "")))
    return found


@dataclass(frozen=True)
class ItemRun:
    """How one run did on an item: right answers of those counted, over the item's versions."""

    run: Run
    right: int
    counted: int
    traces: int


def runs_of_item(slug: str) -> list[ItemRun]:
    """The runs that have traces of an item, newest first, each with how it did on it."""
    traces = Trace.objects.filter(item_version__item__slug=slug).order_by()
    sizes = dict(traces.values_list("run").annotate(Count("pk")))
    graded = Grade.objects.filter(is_current=True, trace__in=traces).order_by()
    outcomes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for run, outcome, count in graded.values_list("run", "outcome").annotate(Count("pk")):
        outcomes[run][outcome] += count
    runs = Run.objects.filter(pk__in=sizes).select_related("model")
    return [
        ItemRun(
            run,
            outcomes[run.pk][Outcome.CORRECT],
            outcomes[run.pk].total() - outcomes[run.pk][Outcome.BROKEN_ITEM],
            sizes[run.pk],
        )
        for run in runs
    ]
