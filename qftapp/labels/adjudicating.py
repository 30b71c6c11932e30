"""Settling what people saw differently: one more annotation, by somebody who sees all the others."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
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
class Waiting:
    """A trace that two people judged, and how far apart they are: by the verdict, by how many marks."""

    trace_id: int
    annotations: int
    verdicts: int


def waiting(campaign: Campaign) -> list[Waiting]:
    """Return the traces of a campaign with two annotations and no adjudicated one, different verdicts first."""
    settled = Annotation.objects.filter(
        trace=OuterRef("trace"),
        taxonomy=campaign.taxonomy_id,
        kind=Annotation.Kind.ADJUDICATED,
        submitted_at__isnull=False,
    )
    open_ones = given(campaign.annotations.all()).filter(~Exists(settled)).order_by().values("trace")
    counted = open_ones.annotate(count=Count("pk"), verdicts=Count("verdict", distinct=True))
    rows = counted.filter(Q(count__gt=1)).order_by("-verdicts", "trace")
    return [Waiting(row["trace"], row["count"], row["verdicts"]) for row in rows]
