"""Language models: the list with its twins, the page of one, registering and changing."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions, twins
from qftapp.actors.events import history
from qftapp.actors.http import Request, confirm, takes_posts
from qftapp.actors.models import LanguageModel
from qftapp.runs import registering
from qftapp.runs.asking.forms import LanguageModelForm
from qftapp.runs.tallies import tallies

PAGE_SIZE = 50
RUNS_SHOWN = 50
COLUMNS = {
    "slug": "slug",
    "kind": "kind",
    "locator": "locator",
    "parent": "parent__slug",
    "licence": "licence",
    "training_on_outputs": "training_on_outputs",
    "runs": "run_count",
    "added_by": "added_by__username",
}
"""The columns of the twins, and where each comes from."""


def models() -> QuerySet[LanguageModel]:
    """All language models by name, each with its parent and `run_count`."""
    related = LanguageModel.objects.select_related("parent", "added_by")
    return related.annotate(run_count=Count("runs")).order_by("slug")


def model_list(request: Request) -> HttpResponse:
    """All language models, a page at a time."""
    page = Paginator(models(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "models/list.html", {"page": page, "can_run": permissions.can_run(request.user)})


def models_csv(request: Request) -> StreamingHttpResponse:
    """All language models as CSV."""
    return twins.csv_file("models", tuple(COLUMNS), _rows())


def models_json(request: Request) -> StreamingHttpResponse:
    """All language models as a JSON array."""
    return twins.json_file("models", _rows())


def _rows() -> Iterator[dict[str, Any]]:
    for values in models().values_list(*COLUMNS.values()):
        yield dict(zip(COLUMNS, values, strict=True))


def model(request: Request, slug: str) -> HttpResponse:
    """What is known of a model, what came from it, and its runs."""
    found = get_object_or_404(models(), slug=slug)
    related = found.runs.select_related("release", "requested_by").order_by("-requested_at", "-pk")
    runs = list(related[:RUNS_SHOWN])
    counted = tallies([run.pk for run in runs])
    context = {
        "model": found,
        "children": found.children.order_by("slug"),
        "runs": [(run, counted[run.pk].traces) for run in runs],
        "history": history([found])[:30],
        "can_run": permissions.can_run(request.user),
    }
    return render(request, "models/model.html", context)


@takes_posts
def new_model(request: Request) -> HttpResponse:
    """Register a language model."""
    return _edit(request, None)


@takes_posts
def edit_model(request: Request, slug: str) -> HttpResponse:
    """Change what is known of a language model."""
    return _edit(request, get_object_or_404(LanguageModel, slug=slug))


def _edit(request: Request, found: LanguageModel | None) -> HttpResponse:
    if not permissions.can_run(request.user):
        raise PermissionDenied("Only engineers may register and change language models.")
    initial = {"parent": LanguageModel.objects.filter(slug=request.GET.get("parent", "")).first()}
    form = LanguageModelForm(request.POST or None, instance=found, initial=initial if found is None else None)
    slug = found.slug if found else ""
    if request.method == "POST" and form.is_valid():
        try:
            saved = registering.save_model(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            confirm(request, f"{saved.slug} is saved.")
            return redirect(saved)
    status = 422 if request.method == "POST" else 200
    return render(request, "models/form.html", {"form": form, "slug": slug}, status=status)
