"""How far campaigns have come: counted from annotations, by campaign, by person, by trace."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Aggregate, Count, F, FloatField, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from qftapp.actors.models import User
from qftapp.labels.models import Annotation, Campaign, CampaignTrace
from qftapp.runs.queries import current_grade

LATELY = timedelta(days=7)
"""The days from which the pace is taken."""

IS_GIVEN = Q(submitted_at__isnull=False, skip="")
SHOWN = {"": "all", "waiting": "not labelled often enough", "done": "labelled often enough", "gold": "gold"}
"""Parts of a queue that its list may be restricted to."""


class Median(Aggregate):
    """The median of a column."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Share:
    """What one person gave to a campaign; `pace` counts traces a week, gold ones apart."""

    person: User
    given: int
    skipped: int
    begun: int
    minutes: float | None
    pace: float


def _independent(campaign: OuterRef | Campaign) -> QuerySet[Annotation]:
    return Annotation.objects.filter(campaign=campaign, kind=Annotation.Kind.INDEPENDENT)


def _number_given() -> Coalesce:
    """How many people have given a trace of a queue their annotation."""
    given = _independent(OuterRef("campaign")).filter(IS_GIVEN, trace=OuterRef("trace"))
    counted = given.order_by().values("trace").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def with_counts(campaigns: QuerySet[Campaign]) -> QuerySet[Any]:
    """Campaigns with their traces, and how many annotations are given of how many that are wanted, gold ones apart."""
    entries = CampaignTrace.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    ordinary = entries.filter(is_gold=False)
    counting = Least(_number_given(), F("campaign__overlap"), output_field=IntegerField())

    def number(counted: QuerySet[Any]) -> Coalesce:
        return Coalesce(Subquery(counted.values("number")), 0, output_field=IntegerField())

    return campaigns.annotate(
        traces=number(entries.annotate(number=Count("pk"))),
        wanted=number(ordinary.annotate(number=Count("pk"))) * F("overlap"),
        given=number(ordinary.annotate(number=Sum(counting))),
    )


def shares(campaign: Campaign) -> list[Share]:
    """What each person gave to a campaign, those first who gave most."""
    now = timezone.now()
    gold = campaign.entries.filter(is_gold=True).values("trace")
    ordinary = IS_GIVEN & ~Q(trace__in=gold)
    rows = (
        _independent(campaign)
        .order_by()
        .values("annotator")
        .annotate(
            given=Count("pk", filter=IS_GIVEN),
            skipped=Count("pk", filter=Q(submitted_at__isnull=False) & ~Q(skip="")),
            begun=Count("pk", filter=Q(submitted_at__isnull=True)),
            seconds=Median("seconds", filter=IS_GIVEN & Q(seconds__gt=0)),
            lately=Count("pk", filter=ordinary & Q(submitted_at__gt=now - LATELY)),
            first=Min("submitted_at", filter=ordinary),
        )
        .order_by("-given", "annotator")
    )
    people = User.objects.in_bulk([row["annotator"] for row in rows])
    return [
        Share(
            people[row["annotator"]],
            row["given"],
            row["skipped"],
            row["begun"],
            None if row["seconds"] is None else row["seconds"] / 60,
            _pace(row["lately"], row["first"], now),
        )
        for row in rows
    ]


def _pace(lately: int, first: datetime | None, now: datetime) -> float:
    """Annotations a week at the pace of the last days; who began only now is not taken to go on like the first hour."""
    if not lately or first is None:
        return 0.0
    days = min(LATELY, max(timedelta(days=1), now - first)) / timedelta(days=1)
    return lately * 7 / days


def done_by(left: int, pace: float, today: date) -> date | None:
    """The day on which so many annotations are given at so many a week; none where it is further than a lifetime."""
    days = ceil(left / pace * 7) if pace else 0
    return today + timedelta(days=days) if 0 < days < 30_000 else None


def queue_of(campaign: Campaign, show: str = "") -> QuerySet[Any]:
    """The traces of a campaign in the order of its queue, with their annotations counted; `show` is a key of SHOWN."""
    begun = _independent(campaign).filter(submitted_at__isnull=True, trace=OuterRef("trace")).order_by()
    current = current_grade("trace")
    unread = ("trace__text", "trace__item_version__statement", "trace__item_version__gate")
    found = (
        campaign.entries.select_related("trace__run__model", "trace__item_version__item")
        .defer(*unread)
        .annotate(
            given=_number_given(),
            begun=Coalesce(Subquery(begun.values("trace").annotate(count=Count("pk")).values("count")), 0),
            outcome=Subquery(current.values("outcome")[:1]),
        )
        .order_by("position")
    )
    restriction = {
        "waiting": Q(is_gold=False, given__lt=campaign.overlap),
        "done": Q(is_gold=False, given__gte=campaign.overlap),
        "gold": Q(is_gold=True),
    }
    return found.filter(restriction[show]) if show in restriction else found
