"""Campaigns: the list with its twins, one with its progress and queue, its end."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request, attempt, posted_from
from qftapp.actors.models import User
from qftapp.labels import campaigns, progress
from qftapp.labels.models import Campaign
from qftapp.labels.sampling import Recipe

PAGE_SIZE = 25
QUEUE_SIZE = 50
COLUMNS = {
    "slug": "slug",
    "title": "title",
    "taxonomy": "taxonomy__slug",
    "taxonomy_number": "taxonomy__number",
    "traces": "traces",
    "overlap": "overlap",
    "given": "given",
    "wanted": "wanted",
    "blind": "is_blind",
    "due": "due",
    "created_by": "created_by__username",
    "created_at": "created_at",
    "closed_at": "closed_at",
}
"""The columns of the twins, and where each comes from."""
QUEUE_COLUMNS = ("position", "trace", "run", "model", "item", "version", "outcome", "gold", "given", "begun")


def campaign_list(request: Request) -> HttpResponse:
    """Open campaigns, or those that are closed, newest first."""
    is_closed = request.GET.get("state") == "closed"
    shown = Campaign.objects.select_related("taxonomy").defer("taxonomy__guide", "instructions")
    found = progress.with_counts(shown).filter(closed_at__isnull=not is_closed)
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_closed": is_closed,
        "can_lead": permissions.can_adjudicate(request.user),
    }
    return render(request, "labels/campaigns.html", context)


def campaigns_csv(request: Request) -> StreamingHttpResponse:
    """All campaigns as CSV."""
    return twins.csv_file("campaigns", tuple(COLUMNS), _summaries())


def campaigns_json(request: Request) -> StreamingHttpResponse:
    """All campaigns as a JSON array."""
    return twins.json_file("campaigns", _summaries())


def _summaries() -> Iterator[dict[str, Any]]:
    for values in progress.with_counts(Campaign.objects.all()).values_list(*COLUMNS.values()):
        row = dict(zip(COLUMNS, values, strict=True))
        for moment in ("created_at", "closed_at"):
            row[moment] = row[moment].isoformat(timespec="seconds") if row[moment] else None
        yield {**row, "due": row["due"].isoformat() if row["due"] else None}


def campaign(request: Request, slug: str) -> HttpResponse:
    """A campaign: facts and instructions for all, its people and its queue for those who lead."""
    found = get_object_or_404(
        progress.with_counts(Campaign.objects.select_related("taxonomy", "created_by")), slug=slug
    )
    can_lead = permissions.can_adjudicate(request.user)
    # Runs and outcomes of the recipe say of a blind trace who wrote it, and whether it is right.
    shares = progress.shares(found)
    is_kept_blind = _is_kept_blind(request, found, [share.person for share in shares])
    may_see_recipe = bool(found.selection) and not is_kept_blind and (can_lead or not found.is_blind)
    pace = sum(share.pace for share in shares)
    context = {
        "campaign": found,
        "can_lead": can_lead,
        "is_kept_blind": is_kept_blind,
        "can_annotate": permissions.can_annotate(request.user),
        "shares": [share for share in shares if can_lead or share.person == request.user],
        "pace": pace,
        "done_by": progress.done_by(found.wanted - found.given, pace, timezone.localdate()),
        "recipe": Recipe.from_json(found.selection) if may_see_recipe else None,
        **(_queue(request, found) if can_lead else {}),
    }
    part = "#queue" if request.htmx and request.htmx.target == "queue" and can_lead else ""
    return render(request, f"labels/campaign.html{part}", context)


def _is_kept_blind(request: Request, found: Campaign, people: list[User]) -> bool:
    """Whether models and outcomes are kept from somebody who leads an open blind campaign and labels in it.

    Who asks for them with `?models=1` sees them.
    """
    takes_part = found.is_blind and found.closed_at is None and request.user in people
    return takes_part and not request.GET.get("models")


def _queue(request: Request, found: Campaign) -> dict[str, Any]:
    show = request.GET.get("show", "")
    entries = progress.queue_of(found, show)
    return {
        "page": Paginator(entries, QUEUE_SIZE).get_page(request.GET.get("page")),
        "show": show,
        "parts": progress.SHOWN.items(),
    }


def queue_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """The shown part of a queue as CSV."""
    return twins.csv_file(f"{slug}-queue", QUEUE_COLUMNS, _entries(request, slug))


def queue_json(request: Request, slug: str) -> StreamingHttpResponse:
    """The shown part of a queue as a JSON array."""
    return twins.json_file(f"{slug}-queue", _entries(request, slug))


def _entries(request: Request, slug: str) -> Iterator[dict[str, Any]]:
    if not permissions.can_adjudicate(request.user):
        raise PermissionDenied("Only those who lead see the queue of a campaign.")
    found = progress.queue_of(get_object_or_404(Campaign, slug=slug), request.GET.get("show", ""))
    return (_entry(entry) for entry in found.iterator(chunk_size=500))


def _entry(entry: Any) -> dict[str, Any]:
    trace = entry.trace
    values = (
        entry.position,
        trace.pk,
        trace.run.slug,
        trace.run.model.slug,
        trace.item_version.item.slug,
        trace.item_version.number,
        entry.outcome,
        entry.is_gold,
        entry.given,
        entry.begun,
    )
    return dict(zip(QUEUE_COLUMNS, values, strict=True))


@posted_from("campaign", "slug")
def close_campaign(request: Request, slug: str) -> HttpResponse:
    """End a campaign; what was begun may still be given."""
    found = get_object_or_404(Campaign, slug=slug)
    attempt(request, campaigns.close, found.pk, by=request.user, done=f"{found} is closed.")
    return redirect(found)
