"""An item's page: one version to read, the others beside it, its history, and the differences between two."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions
from qftapp.actors.events import history
from qftapp.actors.http import Request, attempt, posted_from
from qftapp.items import actions, presenting, queries, reviewing
from qftapp.items.models import Item, ItemVersion


def item(request: Request, slug: str) -> HttpResponse:
    """The version in force: the approved one, or the newest where none is."""
    versions = ItemVersion.objects.filter(item__slug=slug).order_by("-number")
    shown = versions.filter(state=ItemVersion.State.APPROVED).first() or versions.first()
    if shown is None:
        raise Http404(f"No item is called {slug}.")
    return item_version(request, slug, shown.number)


def item_version(request: Request, slug: str, number: int) -> HttpResponse:
    """One version with everything that is known of it."""
    return page_of(request, get_object_or_404(queries.version_of(slug, number)))


def page_of(request: Request, version: ItemVersion, *, comment: str = "", status: int = 200) -> HttpResponse:
    """The page of a version; `comment` stands in the comment field, not yet sent."""
    versions = list(version.item.versions.select_related("author").order_by("-number"))
    user = request.user
    context = {
        "version": version,
        "item": version.item,
        "versions": versions,
        "contract": presenting.contract_of(version),
        "reviews": version.reviews.select_related("reviewer"),
        "history": history([version.item, *versions])[:100],
        "previous": next((other for other in versions if other.number < version.number), None),
        "has_open": any(other.state in ItemVersion.OPEN for other in versions),
        "can_write": permissions.can_write_items(user),
        "can_edit": permissions.can_edit(user, version),
        "can_review": permissions.can_review(user, version),
        "can_withdraw": permissions.can_withdraw(user, version),
        "can_retire": permissions.can_retire(user) and version.state == ItemVersion.State.APPROVED,
        "comment": comment,
    }
    return render(request, "items/item.html", context, status=status)


def diff(request: Request, slug: str, old: int, new: int) -> HttpResponse:
    """What changed from one version of an item to another, as it reads and in the source."""
    before = get_object_or_404(queries.version_of(slug, old))
    after = get_object_or_404(queries.version_of(slug, new))
    context = {"item": after.item, "old": before, "new": after, "sections": presenting.sections(before, after)}
    return render(request, "items/diff.html", context)


@posted_from("item", "slug")
def revise(request: Request, slug: str) -> HttpResponse:
    """Open a new draft of an item and go to its editor."""
    found = get_object_or_404(Item, slug=slug)
    if attempt(request, actions.revise, found.pk, by=request.user):
        return redirect("item_edit", slug)
    return redirect(found)


@posted_from("item", "slug")
def retire(request: Request, slug: str) -> HttpResponse:
    """Take the item's approved version out of circulation."""
    found = get_object_or_404(Item, slug=slug)
    reason = request.POST.get("reason", "")
    attempt(request, reviewing.retire, [found.pk], by=request.user, reason=reason, done=f"{slug} is retired.")
    return redirect(found)


@posted_from("item_version", "slug", "number")
def comment(request: Request, slug: str, number: int) -> HttpResponse:
    """Say something about a version."""
    version = get_object_or_404(queries.version_of(slug, number))
    text = request.POST.get("comment", "")
    attempt(request, reviewing.comment_on, version.pk, by=request.user, text=text, done="Your comment stands below.")
    return HttpResponseRedirect(f"{version.get_absolute_url()}#history")
