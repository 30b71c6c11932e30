"""What leaves a release: its archive, its data card, and what it changed against another."""

import io
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import etag

from qftapp.actors import twins
from qftapp.actors.http import Request
from qftapp.releases import package
from qftapp.releases.comparing import KINDS, Change, Difference, compare
from qftapp.releases.models import Release

PAGE_SIZE = 100
COLUMNS = ("slug", "change", "old_version", "old_split", "new_version", "new_split")


def _entity_tag(request: Request, name: str) -> str | None:
    """The hash names the bytes, because the archive of a frozen release never changes."""
    sha256 = Release.objects.filter(name=name).values_list("sha256", flat=True).first()
    return f'"{sha256}"' if sha256 else None


@etag(_entity_tag)
def release_download(request: Request, name: str) -> FileResponse:
    """The archive of a frozen release as freezing stored it."""
    release = get_object_or_404(Release, name=name)
    if not release.is_frozen:
        raise Http404(f"{name} is not frozen yet, so there is nothing to download.")
    archive = io.BytesIO(bytes(release.archive or b""))
    return FileResponse(
        archive, as_attachment=True, filename=package.file_name(release), content_type="application/zip"
    )


def release_card(request: Request, name: str) -> HttpResponse:
    """The data card as a page."""
    release = get_object_or_404(Release, name=name)
    return render(request, "releases/card.html", {"release": release, "card": package.card_of(release)})


def release_compare(request: Request, name: str, old: str) -> HttpResponse:
    """What a release changed against another, a page at a time."""
    found, before, difference = _compared(name, old)
    kind = request.GET.get("change", "")
    changes = difference.of(kind) if kind in KINDS else difference.changes
    context = {
        "release": found,
        "old": before,
        "kind": kind if kind in KINDS else "",
        "kinds": difference.counts.items(),
        "difference": difference,
        "page": Paginator(changes, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "releases/compare.html", context)


def compare_csv(request: Request, name: str, old: str) -> StreamingHttpResponse:
    """All changes as CSV."""
    return twins.csv_file(f"{name}-against-{old}", COLUMNS, _rows(_compared(name, old)[2].changes))


def compare_json(request: Request, name: str, old: str) -> StreamingHttpResponse:
    """All changes as a JSON array."""
    return twins.json_file(f"{name}-against-{old}", _rows(_compared(name, old)[2].changes))


def _compared(name: str, old: str) -> tuple[Release, Release, Difference]:
    after, before = (get_object_or_404(Release.objects.defer("archive"), name=each) for each in (name, old))
    return after, before, compare(before, after)


def _rows(changes: tuple[Change, ...]) -> Iterator[dict[str, Any]]:
    for change in changes:
        places = ((place.number, place.split) if place else (None, None) for place in (change.old, change.new))
        (old_version, old_split), (new_version, new_split) = places
        values = (change.slug, " ".join(change.kinds), old_version, old_split, new_version, new_split)
        yield dict(zip(COLUMNS, values, strict=True))
