"""Somebody's own work: campaigns with something for them, what they began, what they gave, with its twins."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request
from qftapp.labels import queries

PAGE_SIZE = 25
COLUMNS = (
    "id",
    "item",
    "version",
    "trace",
    "campaign",
    "kind",
    "verdict",
    "skip",
    "marks",
    "comment",
    "seconds",
    "submitted_at",
)


def work(request: Request) -> HttpResponse:
    """What waits for this person, what they are at, and what they have given, newest first."""
    own = queries.own(request.user)
    given = own.filter(submitted_at__isnull=False).order_by("-submitted_at", "-pk")
    can_annotate = permissions.can_annotate(request.user)
    context = {
        "can_annotate": can_annotate,
        "offers": queries.offers(request.user)[:50] if can_annotate else [],
        "begun": own.filter(submitted_at__isnull=True).order_by("assigned_at", "pk")[:50],
        "page": Paginator(given, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "labels/work.html", context)


def work_csv(request: Request) -> StreamingHttpResponse:
    """All that this person was dealt, as CSV."""
    return twins.csv_file("labels", COLUMNS, _rows(request))


def work_json(request: Request) -> StreamingHttpResponse:
    """All that this person was dealt, as a JSON array."""
    return twins.json_file("labels", _rows(request))


def _rows(request: Request) -> Iterator[dict[str, Any]]:
    for annotation in queries.own(request.user).order_by("-assigned_at", "-pk").iterator(chunk_size=500):
        version, campaign, at = annotation.trace.item_version, annotation.campaign, annotation.submitted_at
        values = (
            annotation.pk,
            version.item.slug,
            version.number,
            None if annotation.is_blind else annotation.trace_id,
            campaign.slug if campaign else None,
            annotation.kind,
            annotation.verdict,
            annotation.skip,
            annotation.mark_count,
            annotation.comment,
            annotation.seconds,
            at.isoformat(timespec="seconds") if at else None,
        )
        yield dict(zip(COLUMNS, values, strict=True))
