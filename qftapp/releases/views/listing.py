"""The list of releases with its twins, a new release, and the releases that hold an item."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request, confirm, takes_posts
from qftapp.items.models import Item
from qftapp.releases import actions, queries
from qftapp.releases.forms import NewReleaseForm

PAGE_SIZE = 50
COLUMNS = {
    "name": "name",
    "frozen_at": "frozen_at",
    "private": "is_private",
    "items": "size",
    "train": "train",
    "validation": "validation",
    "test": "test",
    "created_by": "created_by__username",
    "created_at": "created_at",
    "sha256": "sha256",
}
"""The columns of the twins, and where each comes from."""


def release_list(request: Request) -> HttpResponse:
    """All releases, newest first, a page at a time."""
    page = Paginator(queries.releases(), PAGE_SIZE).get_page(request.GET.get("page"))
    can_release = permissions.can_release(request.user)
    return render(request, "releases/list.html", {"page": page, "can_release": can_release})


def releases_csv(request: Request) -> StreamingHttpResponse:
    """All releases as CSV."""
    return twins.csv_file("releases", tuple(COLUMNS), _summaries())


def releases_json(request: Request) -> StreamingHttpResponse:
    """All releases as a JSON array."""
    return twins.json_file("releases", _summaries())


def _summaries() -> Iterator[dict[str, Any]]:
    for values in queries.releases().values_list(*COLUMNS.values()):
        row = dict(zip(COLUMNS, values, strict=True))
        for moment in ("created_at", "frozen_at"):
            row[moment] = row[moment].isoformat(timespec="seconds") if row[moment] else None
        yield row


@takes_posts
def release_new(request: Request) -> HttpResponse:
    """Start a release: its name, notes and whether it is private."""
    if not permissions.can_release(request.user):
        raise PermissionDenied("Only engineers may compose releases.")
    form = NewReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            started = actions.create(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            confirm(request, f"{started.name} is started.")
            return redirect(started)
    status = 422 if request.method == "POST" else 200
    return render(request, "releases/new.html", {"form": form}, status=status)


def item_releases(request: Request, slug: str) -> HttpResponse:
    """The releases that hold a version of an item; a fragment for the item's page."""
    item = get_object_or_404(Item, slug=slug)
    return render(request, "releases/of_item.html", {"item": item, "entries": queries.holding(slug)})
