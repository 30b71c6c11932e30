"""The items themselves: how far they came, (a) of a report, and where some are lacking, (k)."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from qftapp.charts import links, plots, stages
from qftapp.charts.figure import Figure, Lacking, Row, Table
from qftapp.charts.results import Results
from qftapp.charts.scope import Scope
from qftapp.charts.stages import Group
from qftapp.items.models import Batch, Item, ItemVersion, Review
from qftapp.items.topics import TOPICS, Topic
from qftapp.releases.models import ReleaseEntry

STAGES = ("Written", "Passed the gate", "Approved", "In a release", "Solved by a model")

_VERSIONS = ItemVersion.objects.filter(item=OuterRef("pk"))
_SUBMITTED = Exists(_VERSIONS.filter(gate__isnull=False))
_APPROVED = Exists(_VERSIONS.filter(state=ItemVersion.State.APPROVED))
_ONCE_APPROVED = Exists(
    _VERSIONS.filter(Q(state=ItemVersion.State.APPROVED) | Q(reviews__verdict=Review.Verdict.APPROVE))
)
_RELEASED = Exists(ReleaseEntry.objects.filter(item_version__item=OuterRef("pk"), release__frozen_at__isnull=False))


def funnel(results: Results) -> Figure:
    """How many items of each origin and operational level have reached each stage."""
    solved = {item.id for item, right in zip(results.items, results.right.sum(axis=0), strict=True) if right}
    counts: dict[tuple[str, str], list[int]] = {}
    listed = _items(results).annotate(submitted=_SUBMITTED, approved=_ONCE_APPROVED, released=_RELEASED).order_by()
    for pk, origin, level, *reached in listed.values_list(
        "pk", "origin", "operational_level", "submitted", "approved", "released"
    ):
        row = counts.setdefault((origin, level), [0] * len(STAGES))
        for place, is_reached in enumerate((True, *reached, pk in solved)):
            row[place] += is_reached
    if not counts and (told := stages.told(results.scope)):
        return told
    if not counts:
        raise Lacking("There is no such item yet.", reverse("new_item"), "Write one")
    shown = STAGES if results.models else STAGES[:-1]
    groups = [
        Group(
            f"{origin.label}, {level.label.lower()}",
            counts[origin, level][: len(shown)],
            links.bank(results.scope, origin=origin.value, operational_level=level.value),
        )
        for origin in Item.Origin
        for level in Item.OperationalLevel
        if (origin, level) in counts
    ]
    caption = "Items that have reached each stage, by origin and operational level."
    if results.models:
        caption += " Solved: one right answer at least of a model of this report."
    return stages.by_stage(shown, groups, caption=caption)


@dataclass(frozen=True)
class _Line:
    """A row of the coverage: a category, or one of its topics."""

    code: str
    title: str
    topics: tuple[Topic, ...]


def coverage(results: Results) -> Figure:
    """Approved items by category and domain level, or by topic in one category; an empty place leads to a new item."""
    listed = _items(results).filter(_APPROVED).order_by().values_list("topic", "domain_level")
    found = Counter(listed)
    levels = [(code, str(title)) for code, title in Item.DomainLevel.choices]
    if not (lines := _lines(results.scope)):
        raise Lacking("The chosen category is none of the chosen domain.")
    counts = [[sum(found[topic.code, level] for topic in line.topics) for level, _ in levels] for line in lines]
    hrefs = [
        [_behind(results.scope, line, level, count) for (level, _), count in zip(levels, row, strict=True)]
        for line, row in zip(lines, counts, strict=True)
    ]
    heat = plots.cells(
        [title for _, title in levels],
        [plots.folded(line.title) for line in lines],
        counts,
        [[str(count) if count else "+" for count in row] for row in counts],
        hrefs,
        ((0, "@surface"), (1, "@series-3")),
        zmax=max((1, *map(max, counts))),
        hovertemplate="%{y}, %{x}: %{z}<extra></extra>",
    )
    rows = [
        Row((line.title, title, count, "" if count else "write one"), href)
        for line, row, leads in zip(lines, counts, hrefs, strict=True)
        for (_, title), count, href in zip(levels, row, leads, strict=True)
    ]
    return Figure(
        traces=[heat],
        table=Table(("Topic", "Domain level", "Approved items", ""), rows),
        caption="Approved items. Where there is a + there is none: a click begins one."
        + ("" if "category" in results.scope.items else " A number leads to the topics of its category."),
        layout=plots.cells_layout(),
        height=110 + 34 * len(lines),
    )


def _lines(scope: Scope) -> list[_Line]:
    chosen = scope.items.get("category")
    topics = [topic for topic in TOPICS.values() if scope.items.get("domain") in (None, topic.domain)]
    if chosen:
        return [_Line(topic.code, topic.title, (topic,)) for topic in topics if topic.category.code == chosen]
    by_category = groupby(topics, key=lambda topic: topic.category)
    return [_Line(category.code, category.title, tuple(members)) for category, members in by_category]


def _behind(scope: Scope, line: _Line, level: str, count: int) -> str:
    topic = line.topics[0]
    if not count:
        place = {"domain": topic.domain, "topic": topic.code, "domain_level": level}
        return f"{reverse('new_item')}?{urlencode(place)}"
    if "category" in scope.items:
        return links.bank(scope, topic=topic.code, domain_level=level, state=ItemVersion.State.APPROVED.value)
    return f"{reverse('report')}?{urlencode([*scope.query, ('category', line.code)])}#figure-coverage"


def _items(results: Results) -> QuerySet[Item]:
    """All items that the filters of the report leave, whoever answered them; placeholders are none."""
    items = Item.objects.exclude(batch__format=Batch.Format.AGGREGATES)
    return items.filter(Exists(_VERSIONS.filter(results.scope.versions)))
