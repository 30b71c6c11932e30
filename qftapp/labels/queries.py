"""Reads of labels that are reused or hard: one annotation at the desk, and somebody's own work."""

from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, QuerySet

from qftapp.actors.models import User
from qftapp.labels.models import Annotation, Campaign
from qftapp.labels.queue import waiting_entries

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Counted(TypedDict):
        mark_count: int
        is_adjudicated: bool

    class _Offered(TypedDict):
        has_more: bool

    Given = WithAnnotations[Annotation, _Counted]
    Offer = WithAnnotations[Campaign, _Offered]


def at_the_desk() -> QuerySet[Annotation]:
    """Annotations with the trace, its item and its campaign, as the desk shows them; no run and no model."""
    related = ("trace__item_version__item", "campaign", "taxonomy")
    unread = ("trace__item_version__gate", "trace__item_version__second_solution", "taxonomy__guide")
    return Annotation.objects.select_related(*related).defer(*unread)


def offers(by: User) -> "QuerySet[Offer]":
    """The campaigns that are open, with whether a trace of theirs waits for this person."""
    waiting = waiting_entries(by).filter(campaign=OuterRef("pk"))
    campaigns = Campaign.objects.filter(closed_at__isnull=True).select_related("taxonomy")
    return campaigns.annotate(has_more=Exists(waiting)).filter(has_more=True).order_by("due", "-created_at")


def own(by: User) -> "QuerySet[Given]":
    """What this person was dealt, with its item, the number of its marks, and whether it was adjudicated since."""
    related = ("trace__item_version__item", "campaign", "taxonomy")
    unread = ("trace__text", "trace__item_version__gate", "trace__item_version__statement", "taxonomy__guide")
    found = Annotation.objects.filter(annotator=by).select_related(*related).defer(*unread)
    return found.annotate(mark_count=Count("marks"), is_adjudicated=is_adjudicated())


def is_adjudicated() -> Exists:
    """Whether the trace of an annotation in a query has been adjudicated with its taxonomy."""
    same = Annotation.objects.filter(trace=OuterRef("trace"), taxonomy=OuterRef("taxonomy"))
    return Exists(same.filter(kind=Annotation.Kind.ADJUDICATED, submitted_at__isnull=False, skip=""))
