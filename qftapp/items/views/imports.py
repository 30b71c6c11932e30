"""Bringing in a file of items: the upload, its progress, its report."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions
from qftapp.actors.http import Request, attempt, posted_from, takes_posts
from qftapp.items import importing
from qftapp.items.forms import ImportForm
from qftapp.items.models import Batch


@takes_posts
def import_items(request: Request) -> HttpResponse:
    """Upload a file; below it the batches so far."""
    if not permissions.can_write_items(request.user):
        raise PermissionDenied("Only authors may import items.")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = importing.start(
                by=request.user, format=form.cleaned_data["format"], filename=upload.name, payload=upload.read()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(batch)
    batches = (
        Batch.objects.filter(format__in=importing.READERS).defer("payload", "report").select_related("requested_by")
    )
    page = Paginator(batches, 20).get_page(request.GET.get("page"))
    status = 422 if request.method == "POST" else 200
    return render(request, "imports/list.html", {"form": form, "page": page}, status=status)


def batch(request: Request, slug: str) -> HttpResponse:
    """One import: its progress while it runs, then what came and what was refused."""
    found = get_object_or_404(Batch.objects.defer("payload").select_related("requested_by"), slug=slug)
    template = "imports/batch.html#progress" if request.htmx and not request.htmx.boosted else "imports/batch.html"
    return render(request, template, {"batch": found, "can_steer": importing.can_steer(request.user, found)})


@posted_from("batch", "slug")
def cancel_batch(request: Request, slug: str) -> HttpResponse:
    """Stop an import; what arrived stays."""
    found = get_object_or_404(Batch.objects.defer("payload"), slug=slug)
    attempt(request, importing.cancel, found.pk, by=request.user, done="Stopped; what arrived so far stays.")
    return redirect(found)


@posted_from("batch", "slug")
def retry_batch(request: Request, slug: str) -> HttpResponse:
    """Try a failed import again."""
    found = get_object_or_404(Batch.objects.defer("payload"), slug=slug)
    attempt(request, importing.retry, found.pk, by=request.user, done="Asked for again; what arrived before stays.")
    return redirect(found)
