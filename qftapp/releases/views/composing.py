"""A release's page, and the acts that compose it: add, remove, move, deal, mark, freeze, discard."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions, twins
from qftapp.actors.errors import Conflict
from qftapp.actors.events import history
from qftapp.actors.http import Request, attempt, confirm, reasons, takes_posts, tell_not_done, whole_number
from qftapp.releases import actions, counts, queries
from qftapp.releases.forms import CandidateForm, EntryFilterForm, SharesForm
from qftapp.releases.models import Release, ReleaseEntry

PAGE_SIZE = 50
COLUMNS = (
    "slug",
    "version",
    "split",
    "state",
    "origin",
    "domain",
    "topic",
    "domain_level",
    "operational_level",
    "task_type",
    "source",
    "locator",
    "licence",
    "content_hash",
)
Act = Callable[[Request, Release], HttpResponse]


def release(request: Request, name: str) -> HttpResponse:
    """The entries that match the filters, the counts, and what stands against freezing."""
    found = get_object_or_404(queries.releases(), name=name)
    part = f"#{request.htmx.target}" if request.htmx.target in {"entries", "composer"} else ""
    return render(request, f"releases/release.html{part}", _page(request, found))


def _page(request: Request, release: Release, **more: object) -> dict[str, object]:
    form = EntryFilterForm(request.GET)
    may_compose = permissions.can_release(request.user) and not release.is_frozen
    checks = [] if release.is_frozen else queries.freeze_checks(release)
    others = Release.objects.exclude(pk=release.pk).values_list("name", flat=True)
    return {
        "release": release,
        "form": form,
        "page": Paginator(queries.find_entries(release, form.filters), PAGE_SIZE).get_page(request.GET.get("page")),
        "is_filtered": bool(form.filters),
        "may_compose": may_compose,
        "checks": checks,
        "blocked": sum(check.status == "fail" for check in checks),
        "outdated": any(check.code == "approved" and check.status == "fail" for check in checks),
        "splits": [(split, getattr(release, split.value)) for split in ReleaseEntry.Split],
        "tables": counts.of_release(release),
        "shares": SharesForm(initial=SharesForm.DEFAULTS),
        "others": others[:30],
        "history": history([release])[:30],
        **more,
    }


def entries_csv(request: Request, name: str) -> StreamingHttpResponse:
    """All matching entries as CSV."""
    release = get_object_or_404(Release.objects.defer("archive"), name=name)
    return twins.csv_file(f"{name}-entries", COLUMNS, _summaries(request, release))


def entries_json(request: Request, name: str) -> StreamingHttpResponse:
    """All matching entries as a JSON array."""
    release = get_object_or_404(Release.objects.defer("archive"), name=name)
    return twins.json_file(f"{name}-entries", _summaries(request, release))


def _summaries(request: Request, release: Release) -> Iterator[dict[str, Any]]:
    found = queries.find_entries(release, EntryFilterForm(request.GET).filters)
    for entry in found.iterator(chunk_size=500):
        version = entry.item_version
        item, problem = version.item, version.item.source_problem
        values = (
            item.slug,
            version.number,
            entry.split,
            version.state,
            item.origin,
            item.domain,
            item.topic,
            item.domain_level,
            item.operational_level,
            item.task_type,
            problem.source.slug if problem else None,
            problem.locator if problem else None,
            problem.source.licence if problem else None,
            version.content_hash,
        )
        yield dict(zip(COLUMNS, values, strict=True))


def _act(view: Act) -> Callable[[Request, str], HttpResponse]:
    """Run the view for a POST; a GET, as after a login in between, leads to the release, where one is told."""

    @wraps(view)
    def wrapped(request: Request, name: str) -> HttpResponse:
        found = get_object_or_404(queries.releases(), name=name)
        if request.htmx.current_url:  # its query is newer than the form's, where the filters changed in between
            request.GET = QueryDict(urlsplit(request.htmx.current_url).query)
        if request.method == "POST":
            return view(request, found)
        tell_not_done(request)
        return _back(request, found)

    return takes_posts(wrapped)


def _back(request: Request, release: Release) -> HttpResponseRedirect:
    """To the release with the filters and page that the act was done from."""
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{release.get_absolute_url()}?{query}" if query else release.get_absolute_url())


def _done(request: Request, release: Release, words: str) -> HttpResponseRedirect:
    confirm(request, words)
    return _back(request, release)


def _refused(request: Request, release: Release, section: str, error: Conflict | ValidationError) -> HttpResponse:
    """The page with the reason in the section where the act was asked for."""
    fresh = get_object_or_404(queries.releases(), pk=release.pk)
    status = 409 if isinstance(error, Conflict) else 422
    context = _page(request, fresh, refused={section: " ".join(reasons(error))})
    return _composer(request, context, status)


def _composer(request: Request, context: dict[str, object], status: int) -> HttpResponse:
    template = "releases/release.html#composer" if request.htmx else "releases/release.html"
    return render(request, template, context, status=status)


@takes_posts
def add(request: Request, name: str) -> HttpResponse:
    """What the filters of the item list would add to a release; a POST adds it."""
    found = get_object_or_404(queries.releases(), name=name)
    if not permissions.can_release(request.user):
        raise PermissionDenied("Only engineers may compose releases.")
    if found.is_frozen:
        messages.error(request, f"{name} is frozen and cannot change.")
        return redirect(found)
    form = CandidateForm(request.GET)
    if request.method == "POST":
        return _add(request, found, form)
    candidates = queries.candidates(found, form.filters)
    context = {
        "release": found,
        "form": form,
        "candidates": candidates,
        "page": Paginator(candidates.addable, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    template = "releases/add.html#found" if request.htmx.target == "found" else "releases/add.html"
    return render(request, template, context)


def _add(request: Request, release: Release, form: CandidateForm) -> HttpResponse:
    only = None
    if request.POST.get("which") == "ticked":
        only = [each for text in request.POST.getlist("version") if (each := whole_number(text)) is not None]
        if not only:
            messages.error(request, "Tick items first.")
            return redirect(request.get_full_path())
    try:
        found = actions.add_approved(release.pk, by=request.user, filters=form.filters, only=only)
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("releases")
    confirm(request, f"Added {len(found.addable):,} to {release.name}.")
    if found.refused:
        messages.warning(request, f"Kept out: {queries.name_some(slug for slug, _ in found.refused)}.")
    return redirect(release)


def _chosen(request: Request, release: Release) -> list[int]:
    """The ids of the ticked entries, or of all that match the filters where the box for that is ticked.

    Raises ValidationError where nothing is ticked.
    """
    if request.POST.get("all_matching") == "yes":
        found = queries.find_entries(release, EntryFilterForm(request.GET).filters)
        return list(found.values_list("pk", flat=True))
    ticked = [each for text in request.POST.getlist("entry") if (each := whole_number(text)) is not None]
    if not ticked:
        raise ValidationError("Tick entries first.")
    return ticked


@_act
def remove(request: Request, release: Release) -> HttpResponse:
    """Take the chosen entries out."""
    try:
        count = actions.remove(release.pk, by=request.user, entry_ids=_chosen(request, release))
    except (Conflict, ValidationError) as error:
        return _refused(request, release, "entries", error)
    return _done(request, release, f"Removed {count:,}.")


@_act
def move(request: Request, release: Release) -> HttpResponse:
    """Put the chosen entries into a split, each with all entries of its source problem."""
    split = request.POST.get("split", "")
    try:
        count = actions.set_split(release.pk, by=request.user, entry_ids=_chosen(request, release), split=split)
    except (Conflict, ValidationError) as error:
        return _refused(request, release, "entries", error)
    return _done(request, release, f"Moved {count:,} to {split}, counting those of the same source problem.")


@_act
def deal(request: Request, release: Release) -> HttpResponse:
    """Assign the splits by shares."""
    form = SharesForm(request.POST)
    if not form.is_valid():
        return _composer(request, _page(request, release, shares=form), 422)
    try:
        found = actions.assign_splits(release.pk, by=request.user, shares=form.shares, seed=form.cleaned_data["seed"])
    except (Conflict, ValidationError) as error:
        return _refused(request, release, "splits", error)
    dealt = ", ".join(f"{split} {count:,}" for split, count in found.items())
    return _done(request, release, f"The splits hold {dealt}.")


@_act
def renew(request: Request, release: Release) -> HttpResponse:
    """Replace versions that are not approved any more."""
    try:
        replaced, left = actions.bring_up_to_date(release.pk, by=request.user)
    except Conflict as error:
        return _refused(request, release, "checks", error)
    return _done(request, release, f"Replaced {replaced:,} by the approved version, removed {left:,} without one.")


@_act
def mark(request: Request, release: Release) -> HttpResponse:
    """Mark the release private or public."""
    is_private = request.POST.get("private") == "yes"
    try:
        actions.set_private(release.pk, by=request.user, is_private=is_private)
    except Conflict as error:
        return _refused(request, release, "privacy", error)
    return _done(request, release, f"{release.name} is {'private' if is_private else 'public'} now.")


@_act
def discard(request: Request, release: Release) -> HttpResponse:
    """Delete an open release."""
    if attempt(request, actions.discard, release.pk, by=request.user, done=f"{release.name} is discarded."):
        return redirect("releases")
    return redirect(release)


@takes_posts
def freeze(request: Request, name: str) -> HttpResponse:
    """What freezing means for this release, to be confirmed; a POST freezes."""
    found = get_object_or_404(queries.releases(), name=name)
    if not permissions.can_release(request.user):
        raise PermissionDenied("Only engineers may compose releases.")
    if found.is_frozen:
        messages.info(request, f"{name} is frozen already.")
        return redirect(found)
    status = 200
    if request.method == "POST":
        if attempt(request, actions.freeze, found.pk, by=request.user, done=f"{name} is frozen."):
            return redirect(found)
        status = 409
    checks = queries.freeze_checks(found)
    blocked = sum(check.status == "fail" for check in checks)
    return render(
        request, "releases/freeze.html", {"release": found, "checks": checks, "blocked": blocked}, status=status
    )
