"""Which trace of a campaign a person labels next; nobody gets a slot that another one holds."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.models import User
from qftapp.labels.models import Annotation, Campaign, CampaignTrace

HELD = timedelta(hours=24)
"""How long a slot is kept for somebody who opened a trace and saved nothing more."""


@transaction.atomic
def take_next(campaign: Campaign, *, by: User) -> Annotation | None:
    """Return the annotation this person goes on with, or one of the next trace; nothing where none is left for them.

    The row of the queue is locked while its slots are counted, so two people never get the same slot. Rows that
    others hold at this moment are passed over first, and waited for only if there is no other.
    Raises PermissionDenied, and Conflict once the campaign is closed.
    """
    if not permissions.can_annotate(by):
        raise PermissionDenied("Only annotators label traces.")
    begun = campaign.annotations.filter(annotator=by, submitted_at__isnull=True, kind=Annotation.Kind.INDEPENDENT)
    if annotation := begun.order_by("assigned_at", "pk").first():
        return annotation
    if campaign.closed_at:
        raise Conflict("The campaign is closed.")
    entry = _free(campaign, by, skip_locked=True) or _free(campaign, by, skip_locked=False)
    if entry is None:
        return None
    return Annotation.objects.create(
        trace_id=entry.trace_id,
        taxonomy_id=campaign.taxonomy_id,
        campaign=campaign,
        annotator=by,
        assigned_at=timezone.now(),
    )


def _free(campaign: Campaign, by: User, *, skip_locked: bool) -> CampaignTrace | None:
    """Lock and return the first entry that has a slot for this person."""
    found = open_entries(campaign, by).select_for_update(skip_locked=skip_locked, of=("self",))
    for entry in found.order_by("position")[:1]:
        # Counted again now that the row is locked: somebody may have taken the slot while we waited for it.
        if entry.is_gold or _holding().filter(campaign=campaign, trace=entry.trace_id).count() < campaign.overlap:
            return entry
        return _free(campaign, by, skip_locked=skip_locked)
    return None


def _holding() -> QuerySet[Annotation]:
    """The annotations that hold a slot: those given, and those that somebody is at."""
    independent = Annotation.objects.filter(kind=Annotation.Kind.INDEPENDENT, skip="")
    return independent.filter(Q(submitted_at__isnull=False) | Q(saved_at__gt=timezone.now() - HELD))


def _with_slots() -> QuerySet[CampaignTrace]:
    """The entries of all campaigns with a free slot, or gold."""
    same = {"campaign": OuterRef("campaign"), "trace": OuterRef("trace")}
    held = _holding().filter(**same).order_by().values("trace").annotate(count=Count("pk"))
    slots = CampaignTrace.objects.annotate(held=Coalesce(Subquery(held.values("count")), 0))
    return slots.filter(Q(is_gold=True) | Q(held__lt=F("campaign__overlap")))


def _seen(by: User) -> QuerySet[Annotation]:
    return Annotation.objects.filter(annotator=by, kind=Annotation.Kind.INDEPENDENT)


def waiting_entries(by: User) -> QuerySet[CampaignTrace]:
    """Return the entries of all campaigns that wait for this person: with a free slot, or gold, and not seen yet."""
    same = {"trace": OuterRef("trace"), "taxonomy": OuterRef("campaign__taxonomy")}
    return _with_slots().filter(~Exists(_seen(by).filter(**same)))


def open_entries(campaign: Campaign, by: User) -> QuerySet[CampaignTrace]:
    """Return the entries of one campaign that wait for this person.

    What they have seen is one set, looked up once: the queue is gone through from its beginning each time.
    """
    seen = _seen(by).filter(taxonomy=campaign.taxonomy_id).order_by().values("trace")
    return _with_slots().filter(campaign=campaign).exclude(trace__in=seen)


def progress(campaign: Campaign) -> tuple[int, int]:
    """Return how many annotations of a campaign are given and how many it asks for, gold ones apart."""
    ordinary = campaign.entries.filter(is_gold=False)
    given = Annotation.objects.filter(
        campaign=campaign, kind=Annotation.Kind.INDEPENDENT, submitted_at__isnull=False, skip=""
    )
    counted = ordinary.annotate(
        given=Coalesce(
            Subquery(
                given.filter(trace=OuterRef("trace")).order_by().values("trace").annotate(n=Count("pk")).values("n")
            ),
            0,
        )
    ).values_list("given", flat=True)
    return sum(min(number, campaign.overlap) for number in counted), ordinary.count() * campaign.overlap
