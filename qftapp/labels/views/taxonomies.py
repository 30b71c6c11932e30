"""Taxonomies to read: the list, and the guide of one number, each with its twins."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request
from qftapp.actors.models import User
from qftapp.labels.models import Taxonomy
from qftapp.labels.renumbering import changes
from qftapp.labels.taxonomies import described

PAGE_SIZE = 50
COLUMNS = ("slug", "number", "title", "categories", "campaigns", "created_by", "published_at")


def taxonomy_list(request: Request) -> HttpResponse:
    """All numbers of all taxonomies; drafts for those who write them."""
    context = {
        "page": Paginator(_seen_by(request.user), PAGE_SIZE).get_page(request.GET.get("page")),
        "can_lead": permissions.can_adjudicate(request.user),
    }
    return render(request, "labels/taxonomies.html", context)


def _seen_by(user: User) -> QuerySet[Any]:
    """The numbers that this person may read, with their categories and campaigns counted."""
    counted = Taxonomy.objects.select_related("created_by").annotate(
        category_count=Count("categories", distinct=True), campaign_count=Count("campaigns", distinct=True)
    )
    drafts = Q() if permissions.can_adjudicate(user) else Q(published_at__isnull=False)
    return counted.filter(drafts).order_by("slug", "-number")


def taxonomies_csv(request: Request) -> StreamingHttpResponse:
    """The list as CSV."""
    return twins.csv_file("taxonomies", COLUMNS, _summaries(request.user))


def taxonomies_json(request: Request) -> StreamingHttpResponse:
    """The list as a JSON array."""
    return twins.json_file("taxonomies", _summaries(request.user))


def _summaries(user: User) -> Iterator[dict[str, Any]]:
    for found in _seen_by(user):
        yield {
            "slug": found.slug,
            "number": found.number,
            "title": found.title,
            "categories": found.category_count,
            "campaigns": found.campaign_count,
            "created_by": found.created_by.username if found.created_by else None,
            "published_at": found.published_at.isoformat(timespec="seconds") if found.published_at else None,
        }


def taxonomy(request: Request, slug: str, number: int) -> HttpResponse:
    """The guide of a number: how to label, the categories in two levels, what it changed."""
    found = get_object_or_404(_seen_by(request.user), slug=slug, number=number)
    numbers = list(_seen_by(request.user).filter(slug=slug))
    context = {
        "taxonomy": found,
        "tops": found.categories.filter(parent=None).prefetch_related("children"),
        "changes": changes(found),
        "numbers": numbers,
        "draft": next((each for each in numbers if not each.is_published), None),
        "can_lead": permissions.can_adjudicate(request.user),
    }
    return render(request, "labels/taxonomy.html", context)


def taxonomy_json(request: Request, slug: str, number: int) -> HttpResponse:
    """A number as JSON: its guide, its categories with what they replace."""
    found = get_object_or_404(_seen_by(request.user), slug=slug, number=number)
    facts = {
        "slug": found.slug,
        "number": found.number,
        "title": found.title,
        "published_at": found.published_at.isoformat(timespec="seconds") if found.published_at else None,
        "guide": found.guide,
        "categories": [asdict(each) for each in described(found)],
    }
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{number}.json"'}
    return HttpResponse(orjson.dumps(facts), content_type="application/json", headers=headers)
