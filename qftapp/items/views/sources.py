"""Sources and their problems, and the step from a problem to an item."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify

from qftapp.actors import permissions
from qftapp.actors.events import history
from qftapp.actors.http import Request, confirm, reasons, takes_posts
from qftapp.actors.text import storable
from qftapp.items import actions
from qftapp.items.contract_form import NEW_CONTRACT
from qftapp.items.forms import NewItemForm, SourceForm, SourceProblemForm
from qftapp.items.models import Item, Source, SourceProblem


def _require_author(request: Request) -> None:
    if not permissions.can_write_items(request.user):
        raise PermissionDenied("Only authors may write sources and items.")


def source_list(request: Request) -> HttpResponse:
    """All sources with how many problems and items came of each."""
    words = storable(request.GET.get("q", "").strip())
    found = Source.objects.annotate(
        problem_count=Count("problems", distinct=True), item_count=Count("problems__items", distinct=True)
    ).order_by("title")
    if words:
        found = found.filter(Q(title__icontains=words) | Q(authors__icontains=words) | Q(slug__icontains=words))
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    can_write = permissions.can_write_items(request.user)
    return render(request, "sources/list.html", {"page": page, "q": words, "can_write": can_write})


def source(request: Request, slug: str) -> HttpResponse:
    """One source, its problems, the items adapted from each, and what was done to it."""
    found = get_object_or_404(Source.objects.select_related("added_by"), slug=slug)
    problems = found.problems.prefetch_related("items")
    context = {
        "source": found,
        "problems": problems,
        "history": history([found, *problems])[:50],
        "can_write": permissions.can_write_items(request.user),
        "can_change": permissions.can_change_source(request.user, found),
    }
    return render(request, "sources/source.html", context)


@takes_posts
def new_source(request: Request) -> HttpResponse:
    """Add a source."""
    _require_author(request)
    return _source_form(request, None)


@takes_posts
def edit_source(request: Request, slug: str) -> HttpResponse:
    """Change a source."""
    found = get_object_or_404(Source, slug=slug)
    if not permissions.can_change_source(request.user, found):
        raise PermissionDenied("Only the author who added a source, and reviewers, may change it.")
    return _source_form(request, found)


def _source_form(request: Request, found: Source | None) -> HttpResponse:
    form = SourceForm(request.POST or None, instance=found)
    doubt = found.doubt if found else ""
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_source(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, reasons(error))
        else:
            confirm(request, f"{saved.title} is saved.")
            return redirect(saved)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "source": found, "doubt": doubt}
    return render(request, "sources/source_form.html", context, status=status)


def source_problem(request: Request, slug: str, problem_id: int) -> HttpResponse:
    """One problem of a source and the items adapted from it."""
    found = get_object_or_404(SourceProblem.objects.select_related("source"), source__slug=slug, pk=problem_id)
    context = {
        "problem": found,
        "items": found.items.all(),
        "can_write": permissions.can_write_items(request.user),
    }
    return render(request, "sources/problem.html", context)


@takes_posts
def edit_problem(request: Request, slug: str, problem_id: int | None = None) -> HttpResponse:
    """Add a problem to a source, or change one."""
    _require_author(request)
    found_source = get_object_or_404(Source, slug=slug)
    found = get_object_or_404(SourceProblem, source=found_source, pk=problem_id) if problem_id else None
    form = SourceProblemForm(request.POST or None, instance=found or SourceProblem(source=found_source))
    if request.method == "POST" and form.is_valid():
        problem = form.save(commit=False)
        if found_source.problems.filter(locator=problem.locator).exclude(pk=problem.pk).exists():
            form.add_error("locator", "This source has a problem of that locator already.")
        else:
            try:
                saved = actions.save_source_problem(problem, by=request.user)
            except ValidationError as error:
                form.add_error(None, reasons(error))
            else:
                confirm(request, f"{saved.locator} is saved.")
                return redirect(saved)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "source": found_source, "problem": found}
    return render(request, "sources/problem_form.html", context, status=status)


@takes_posts
def adapt(request: Request, slug: str, problem_id: int) -> HttpResponse:
    """Start an item from a source problem: its name and place, then the editor with the problem's own text."""
    _require_author(request)
    problem = get_object_or_404(SourceProblem.objects.select_related("source"), source__slug=slug, pk=problem_id)
    return _new_item(request, problem)


@takes_posts
def new_item(request: Request) -> HttpResponse:
    """Start an original item: its name and place, then the editor."""
    _require_author(request)
    return _new_item(request, None)


def _new_item(request: Request, problem: SourceProblem | None) -> HttpResponse:
    name = slugify(f"{problem.source.slug}-{problem.locator}")[:80].strip("-") if problem else ""
    suggested = "" if Item.objects.filter(slug=name).exists() else name
    place = {field: request.GET[field] for field in actions.CLASSIFICATION if field in request.GET}
    form = NewItemForm(request.POST or None, initial={"slug": suggested, **place})
    if request.method == "POST" and form.is_valid():
        texts = {"statement": problem.statement, "solution": problem.solution} if problem else {}
        try:
            version = actions.create_item(
                by=request.user,
                slug=form.cleaned_data["slug"],
                classification=form.cleaned_data,
                source_problem=problem,
                content={**texts, "contract": NEW_CONTRACT},
            )
        except ValidationError as error:
            form.add_error(None, reasons(error))
        else:
            confirm(request, f"{version.item.slug} is a draft now.")
            return redirect("item_edit", version.item.slug)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "problem": problem}
    return render(request, "items/new.html", context, status=status)
