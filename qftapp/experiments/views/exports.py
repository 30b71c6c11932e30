"""The list of exports with its twins, and what a release offers to train on."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, confirm, posted_from, reasons
from qftapp.experiments.exporting import actions, queries
from qftapp.experiments.exporting.forms import ExportFilterForm
from qftapp.experiments.exporting.recipes import AnyRecipe, Kind, RLRecipe, SFTRecipe
from qftapp.experiments.models import Export
from qftapp.items.topics import CATEGORIES, TOPICS
from qftapp.releases.models import Release

PAGE_SIZE = 25
COLUMNS = ("slug", "kind", "state", "release", "rows", "items", "jobs", "sha256", "by", "requested_at", "finished_at")


def export_list(request: Request) -> HttpResponse:
    """The exports that match the filters, a page at a time."""
    form = ExportFilterForm(request.GET)
    context = {
        "form": form,
        "page": Paginator(queries.find(form.filters), PAGE_SIZE).get_page(request.GET.get("page")),
        "is_filtered": bool(form.filters),
        "can_train": permissions.can_train(request.user),
        "twins": [(name, f"{reverse(f'exports_{name}')}?{request.GET.urlencode()}") for name in ("csv", "json")],
    }
    is_part = request.htmx and not request.htmx.boosted
    return render(request, f"exports/list.html{'#table' if is_part else ''}", context)


def exports_csv(request: Request) -> StreamingHttpResponse:
    """All matching exports as CSV."""
    return twins.csv_file("exports", COLUMNS, _rows(request))


def exports_json(request: Request) -> StreamingHttpResponse:
    """All matching exports as a JSON array."""
    return twins.json_file("exports", _rows(request))


def _rows(request: Request) -> Iterator[dict[str, Any]]:
    for found in queries.find(ExportFilterForm(request.GET).filters):
        values = (
            found.slug,
            found.kind,
            found.state,
            found.release.name,
            found.rows,
            getattr(found, "item_count", 0),
            getattr(found, "job_count", 0),
            found.sha256,
            found.requested_by.get_username(),
            found.requested_at.isoformat(timespec="seconds"),
            found.finished_at.isoformat(timespec="seconds") if found.finished_at else None,
        )
        yield dict(zip(COLUMNS, values, strict=True))


def of_release(request: Request, name: str) -> HttpResponse:
    """The exports of a release, and the groups of topics that one may train on; the fragment of the release's page."""
    release = get_object_or_404(Release.objects.defer("archive"), name=name)
    context = {
        "release": release,
        "exports": Export.objects.filter(release=release)[:PAGE_SIZE],
        "groups": queries.groups_to_train_on(release) if release.is_frozen else [],
        "can_train": permissions.can_train(request.user) and release.is_frozen,
    }
    is_part = request.htmx and not request.htmx.boosted
    return render(request, f"exports/of_release.html{'#panel' if is_part else ''}", context)


@posted_from("release_exports", "name")
def train_on(request: Request, name: str) -> HttpResponse:
    """Ask for an export of one group of topics alone; what stands against that is told where one can change it."""
    release = get_object_or_404(Release.objects.defer("archive"), name=name)
    group = CATEGORIES.get(request.POST.get("group", ""))
    topics = tuple(sorted(code for code, topic in TOPICS.items() if topic.category == group))
    recipes: dict[str, AnyRecipe] = {Kind.SFT: SFTRecipe(topics=topics), Kind.RL: RLRecipe(topics=topics)}
    recipe = recipes.get(request.POST.get("kind", ""))
    if not group or recipe is None:
        messages.error(request, "Choose a group of topics, and what to train.")
        return redirect("release", name)
    try:
        found = actions.ask(by=request.user, release=release, recipe=recipe)
    except (Conflict, ValidationError) as error:
        messages.error(request, " ".join(reasons(error)))
        chosen = "&".join(f"topics={topic}" for topic in topics)
        return redirect(f"{reverse('new_export')}?kind={recipe.kind}&release={name}&{chosen}")
    confirm(request, f"{found.slug} is being made.")
    return redirect(found)
