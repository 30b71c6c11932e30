"""Settling what people saw differently: one more annotation, by somebody who sees all the others."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.models import User
from qftapp.labels.models import Annotation, Campaign, Taxonomy
from qftapp.runs.models import Trace


@transaction.atomic
def begin(trace_id: int, *, taxonomy: Taxonomy, by: User, campaign: Campaign | None = None) -> Annotation:
    """Return the adjudicated annotation of a trace that this person goes on with, empty at first.

    It is saved and submitted as any other; its comment gives the reason. Raises PermissionDenied, and Conflict where
    nobody has judged the trace yet or somebody else adjudicates it.
    """
    if not permissions.can_adjudicate(by):
        raise PermissionDenied("Only adjudicators settle differences.")
    Trace.objects.select_for_update().only("pk").get(pk=trace_id)  # two who begin at once wait for each other
    same = Annotation.objects.filter(trace=trace_id, taxonomy=taxonomy)
    if found := same.filter(kind=Annotation.Kind.ADJUDICATED).first():
        if found.annotator_id != by.pk and not found.is_submitted:
            raise Conflict(f"{found.annotator} adjudicates this trace already.")
        return found
    if not given(same).exists():
        raise Conflict("Nobody has judged this trace yet.")
    return Annotation.objects.create(
        trace_id=trace_id,
        taxonomy=taxonomy,
        campaign=campaign,
        annotator=by,
        kind=Annotation.Kind.ADJUDICATED,
        assigned_at=timezone.now(),
    )


def given(annotations: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Keep the independent annotations that count."""
    return annotations.filter(kind=Annotation.Kind.INDEPENDENT, submitted_at__isnull=False, skip="")


@dataclass(frozen=True, slots=True)
class Judged:
    """A trace that two people judged at least, by how many, with how many different verdicts; settled or not."""

    trace_id: int
    annotations: int
    verdicts: int
    is_settled: bool


def judged(campaign: Campaign) -> list[Judged]:
    """Return the traces of a campaign with two annotations at least, different verdicts first."""
    settled = Annotation.objects.filter(
        trace=OuterRef("trace"),
        taxonomy=campaign.taxonomy_id,
        kind=Annotation.Kind.ADJUDICATED,
        submitted_at__isnull=False,
    )
    by_trace = given(campaign.annotations.all()).order_by().values("trace").annotate(settled=Exists(settled))
    counted = by_trace.annotate(count=Count("pk"), verdicts=Count("verdict", distinct=True))
    rows = counted.filter(count__gt=1).order_by("-verdicts", "trace")
    return [Judged(row["trace"], row["count"], row["verdicts"], row["settled"]) for row in rows]


def waiting(campaign: Campaign) -> list[Judged]:
    """Return those of them that nobody has adjudicated yet."""
    return [each for each in judged(campaign) if not each.is_settled]


def begin_next(campaign: Campaign, *, by: User) -> Annotation | None:
    """Begin with the first trace that waits and that nobody else is at; nothing where none is left."""
    for each in waiting(campaign):
        try:
            return begin(each.trace_id, taxonomy=campaign.taxonomy, by=by, campaign=campaign)
        except Conflict:
            continue
    return None
