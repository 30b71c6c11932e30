"""A run in numbers: accuracy by topic and level, outcomes, lengths, kinds of wrong answers, and what each item got."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count

from qftapp.items.models import Item, ItemVersion
from qftapp.items.topics import TOPICS
from qftapp.runs.intervals import Estimate, Sums, estimate
from qftapp.runs.models import OUTCOMES, Grade, Run, Trace
from qftapp.verification.diagnosis import CODES
from qftapp.verification.verdict import Outcome

APART = (Outcome.TIMEOUT, Outcome.UNREADABLE, Outcome.NO_ANSWER)
"""Outcomes that are no right answers and no wrong ones either; accuracy counts them as not right."""

_SUMS = """
WITH counted AS (
    SELECT grade.run_id, version.item_id,
        count(*) FILTER (WHERE grade.outcome = 'correct') AS k, count(*) AS n
    FROM qftapp_grade AS grade
    JOIN qftapp_trace AS trace ON trace.id = grade.trace_id
    JOIN qftapp_itemversion AS version ON version.id = trace.item_version_id
    WHERE grade.is_current AND grade.run_id = ANY(%s) AND grade.outcome <> 'broken_item'
    GROUP BY grade.run_id, version.item_id
)
SELECT run_id, count(*), sum(k), sum(n), sum(k * k), sum(k * n), sum(n * n) FROM counted GROUP BY run_id
"""

_LENGTHS = """
SELECT coalesce(grade.outcome, ''), count(*),
    percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY trace.characters),
    count(trace.output_tokens),
    percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY trace.output_tokens)
FROM qftapp_trace AS trace
LEFT JOIN qftapp_grade AS grade ON grade.trace_id = trace.id AND grade.is_current
WHERE trace.run_id = %s
GROUP BY 1
"""


def accuracies(runs: Iterable[Run]) -> dict[int, Estimate]:
    """The accuracy of each run that has grades, by its id, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [[run.pk for run in runs]])
        found = {run: estimate(Sums(*map(int, sums))) for run, *sums in cursor.fetchall()}
    return {run: accuracy for run, accuracy in found.items() if accuracy is not None}


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

    @property
    def right(self) -> int:
        """Right answers."""
        return self.outcomes.get(Outcome.CORRECT, 0)

    @property
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
    """Everything that the page of a run says in numbers, from four queries."""
    items = item_results(run)
    levels = {code: str(title) for code, title in Item.DomainLevel.choices}
    titles = {code: topic.title for code, topic in TOPICS.items()}
    return Summary(
        items=items,
        whole=_row("All", "", items),
        topics=_rows(items, [item.topic for item in items], titles),
        levels=_rows(items, [item.domain_level for item in items], levels),
        lengths=_lengths(run),
        diagnoses=diagnoses(run),
    )


def item_results(run: Run) -> list[ItemResult]:
    """What each item got in a run, by slug; items without a graded trace are left out."""
    counted = Grade.objects.filter(run=run, is_current=True).order_by()
    rows = counted.values_list("trace__item_version", "outcome").annotate(Count("pk"))
    outcomes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for version, outcome, count in rows:
        outcomes[version][outcome] = count
    facts = ItemVersion.objects.filter(pk__in=outcomes).order_by("item__slug", "number")
    named = facts.values_list("pk", "number", "item", "item__slug", "item__topic", "item__domain_level")
    return [ItemResult(*values, outcomes=outcomes[values[0]]) for values in named]


def diagnoses(run: Run) -> list[tuple[str, str, int]]:
    """Code, title and count of each way in which answers are wrong, the most frequent first."""
    wrong = Grade.objects.filter(run=run, is_current=True, outcome=Outcome.WRONG).order_by()
    counted = wrong.values_list("diagnosis").annotate(Count("pk"))
    listed = sorted(counted, key=lambda row: (-row[1], row[0]))
    return [(code, CODES[code][0] if code in CODES else "nothing certain to say", count) for code, count in listed]


def _rows(items: list[ItemResult], keys: list[str], titles: Mapping[str, str]) -> list[Row]:
    grouped: defaultdict[str, list[ItemResult]] = defaultdict(list)
    for key, item in zip(keys, items, strict=True):
        grouped[key].append(item)
    return [_row(title, key, grouped[key]) for key, title in titles.items() if key in grouped]


def _row(title: str, key: str, items: list[ItemResult]) -> Row:
    outcomes: Counter[str] = Counter()
    by_item: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for item in items:
        outcomes.update(item.outcomes)
        by_item[item.item_id][0] += item.right
        by_item[item.item_id][1] += item.counted
    return Row(title, key, estimate(Sums.of((k, n) for k, n in by_item.values())), outcomes)


def _lengths(run: Run) -> list[Length]:
    """Lengths by outcome, in the order of the outcomes; what is not graded yet comes last, under ""."""
    with connection.cursor() as cursor:
        cursor.execute(_LENGTHS, [run.pk])
        found = {row[0]: row for row in cursor.fetchall()}
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
