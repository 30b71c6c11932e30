"""Writing a taxonomy: the next number begun, its draft, its publication."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, attempt, confirm, posted_from, takes_posts
from qftapp.labels import taxonomies
from qftapp.labels.forms import CategoryFormSet, NewTaxonomyForm, TaxonomyForm, rows_of
from qftapp.labels.models import Taxonomy
from qftapp.labels.renumbering import changes
from qftapp.labels.taxonomies import Described, described, fingerprint, lost_codes, text_of


@takes_posts
def new_taxonomy(request: Request) -> HttpResponse:
    """Title and name of a taxonomy; sent, its first number is a draft to write."""
    if not permissions.can_adjudicate(request.user):
        raise PermissionDenied("Only adjudicators write taxonomies.")
    form = NewTaxonomyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = taxonomies.begin(by=request.user, **form.cleaned_data)
        confirm(request, f"{draft} is a draft now.")
        return redirect("taxonomy_edit", draft.slug, draft.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "labels/new_taxonomy.html", {"form": form}, status=status)


@posted_from("taxonomy", "slug", "number")
def write_next(request: Request, slug: str, number: int) -> HttpResponse:
    """Begin the number after the last as a draft."""
    found = get_object_or_404(Taxonomy, slug=slug, number=number)
    try:
        draft = taxonomies.begin(by=request.user, slug=slug, title=found.title)
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return redirect(found)
    return redirect("taxonomy_edit", draft.slug, draft.number)


def _draft(request: Request, slug: str, number: int) -> Taxonomy:
    """A number, for somebody who may write it."""
    if not permissions.can_adjudicate(request.user):
        raise PermissionDenied("Only adjudicators write taxonomies.")
    return get_object_or_404(Taxonomy.objects.select_related("previous"), slug=slug, number=number)


@takes_posts
def edit(request: Request, slug: str, number: int) -> HttpResponse:
    """The form of a draft. Invalid, it comes back with 422; lost to somebody else's save, with 409 and both texts."""
    draft = _draft(request, slug, number)
    if draft.is_published:
        messages.info(request, "This number is published and stands.")
        return redirect(draft)
    if request.method == "POST":
        return _save(request, draft)
    initial = {"title": draft.title, "guide": draft.guide, "seen": fingerprint(draft)}
    rows = CategoryFormSet(initial=rows_of(described(draft)), prefix="categories")
    return _page(request, draft, TaxonomyForm(initial=initial), rows)


def _page(
    request: Request, draft: Taxonomy, form: TaxonomyForm, rows: Any, status: int = 200, **more: Any
) -> HttpResponse:
    codes = [each.code for each in described(draft.previous)] if draft.previous else []
    context = {"taxonomy": draft, "form": form, "rows": rows, "codes_before": codes, **more}
    return render(request, "labels/taxonomy_edit.html", context, status=status)


def _save(request: Request, draft: Taxonomy) -> HttpResponse:
    form, rows = TaxonomyForm(request.POST), CategoryFormSet(request.POST, prefix="categories")
    if not all([form.is_valid(), rows.is_valid()]):
        return _page(request, draft, form, rows, 422)
    categories = [each for row in rows.ordered_forms if (each := row.described)]
    try:
        taxonomies.save(draft.pk, by=request.user, categories=categories, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, draft, form, rows, 422)
    except Conflict as conflict:
        return _lost(request, draft, form, rows, categories, conflict)
    confirm(request, "The draft is saved.")
    return redirect("taxonomy_publish" if "publish" in request.POST else "taxonomy_edit", draft.slug, draft.number)


def _lost(
    request: Request, draft: Taxonomy, form: TaxonomyForm, rows: Any, categories: list[Described], conflict: Conflict
) -> HttpResponse:
    """The form as it was sent, with what stands; sent once more, it writes over that knowingly."""
    stored = Taxonomy.objects.get(pk=draft.pk)
    form.data = {**request.POST.dict(), "seen": fingerprint(stored)}
    mine = text_of(form.cleaned_data["title"], form.cleaned_data["guide"], categories)
    theirs = text_of(stored.title, stored.guide, described(stored))
    return _page(request, stored, form, rows, 409, conflict=str(conflict), theirs=theirs, mine=mine)


@takes_posts
def publish(request: Request, slug: str, number: int) -> HttpResponse:
    """What publishing means for a draft, to be confirmed; a POST publishes."""
    draft = _draft(request, slug, number)
    if draft.is_published:
        messages.info(request, "This number is published already.")
        return redirect(draft)
    status = 200
    if request.method == "POST":
        if attempt(request, taxonomies.publish, draft.pk, by=request.user, done=f"{draft} is published."):
            return redirect(draft)
        status = 422
    context = {
        "taxonomy": draft,
        "changes": changes(draft),
        "lost": lost_codes(draft),
        "category_count": draft.categories.count(),
    }
    return render(request, "labels/taxonomy_publish.html", context, status=status)
