"""Bringing in a file of traces: the upload, its columns, its progress, its report."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, attempt, confirm, posted_from, takes_posts
from qftapp.runs.forms import ColumnsForm, TraceFileForm
from qftapp.runs.importing import actions, preview, refusals
from qftapp.runs.importing.columns import OURS
from qftapp.runs.importing.rows import Unreadable
from qftapp.runs.models import TraceImport

PAGE_SIZE = 20


@takes_posts
def trace_imports(request: Request) -> HttpResponse:
    """Hand in a file; below it the imports so far."""
    if not permissions.can_run(request.user):
        raise PermissionDenied("Only engineers may import traces.")
    initial = {"run": request.GET.get("run", ""), "purpose": "evaluate"}
    form = TraceFileForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid() and (found := _hand_in(request, form)):
        confirm(request, f"{found.filename} is here.")
        return HttpResponseClientRedirect(found.get_absolute_url()) if request.htmx else redirect(found)
    imports = TraceImport.objects.select_related("run", "requested_by").defer("report")
    context = {"form": form, "page": Paginator(imports, PAGE_SIZE).get_page(request.GET.get("page"))}
    if request.method != "POST":
        return render(request, "trace_imports/list.html", context)
    return render(request, f"trace_imports/list.html{'#upload' if request.htmx else ''}", context, status=422)


def _hand_in(request: Request, form: TraceFileForm) -> TraceImport | None:
    """The file with its run, both or neither; nothing where one of them is refused, and the form says why."""
    upload = form.cleaned_data["file"]
    try:
        with transaction.atomic():
            run = form.cleaned_data["run"] or actions.make_run(form.new_run, by=request.user)
            named = {"filename": upload.name, "format": form.cleaned_data["format"]}
            return actions.hand_in(upload, run=run, by=request.user, **named)
    except ValidationError as error:
        known = hasattr(error, "error_dict") and error.error_dict.keys() <= form.fields.keys()
        form.add_error(None, error if known else ValidationError(error.messages))
    except Conflict as conflict:
        form.add_error("run", str(conflict))
    return None


def trace_import(request: Request, import_id: int) -> HttpResponse:
    """One import: its columns before it begins, its progress while it runs, then what came and what was refused."""
    found = _found(import_id)
    context: dict[str, Any] = {"found": found, "can_run": permissions.can_run(request.user)}
    if actions.is_waiting_for_columns(found):
        chosen = request.GET if request.GET else None
        return render(request, _template(request, "rows"), context | _columns(found, chosen))
    return render(request, _template(request, "progress"), context)


def _template(request: Request, part: str) -> str:
    is_part = request.htmx and not request.htmx.boosted
    return f"trace_imports/import.html#{part}" if is_part else "trace_imports/import.html"


def _columns(found: TraceImport, chosen: Any) -> dict[str, Any]:
    """The columns that are chosen, else guessed, and the first rows as they would come in."""
    path = Path(found.file.path)
    try:
        rows = preview.first_rows(path, found.format)
        model_named = preview.model_named(path, found.format)
    except (Unreadable, OSError) as error:
        raise Http404(f"The file cannot be read any more: {error}") from None
    guessed = preview.guessed(rows, found.format)
    form = ColumnsForm(chosen if chosen is not None else guessed, paths=preview.paths(rows))
    columns = form.columns
    return {
        "form": form,
        "columns": columns,
        "samples": preview.samples(rows, columns, found),
        "model_named": model_named,
        "waits": True,
    }


@posted_from("trace_import", "import_id")
def begin(request: Request, import_id: int) -> HttpResponse:
    """Begin an import with the columns as they were chosen."""
    found = _found(import_id)
    chosen = {name: request.POST.get(name, "") for name in OURS}
    try:
        actions.begin(found.pk, by=request.user, columns=chosen)
    except ValidationError as error:
        context = _columns(found, request.POST)
        if context["form"].is_valid():
            context["form"].add_error(None, error)
        return render(request, "trace_imports/import.html", context | {"found": found, "can_run": True}, status=422)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        confirm(request, "The import has begun.")
    return redirect(found)


@posted_from("trace_import", "import_id")
def cancel(request: Request, import_id: int) -> HttpResponse:
    """Give an import up."""
    attempt(request, actions.cancel, _found(import_id).pk, by=request.user, done="Cancelled; nothing of it came.")
    return redirect("trace_import", import_id=import_id)


@posted_from("trace_import", "import_id")
def retry(request: Request, import_id: int) -> HttpResponse:
    """Begin a failed import again."""
    attempt(request, actions.retry, _found(import_id).pk, by=request.user, done="Asked for again, from the start.")
    return redirect("trace_import", import_id=import_id)


def refused_csv(request: Request, import_id: int) -> FileResponse:
    """All refused rows of an import that is done."""
    path = refusals.path_of(_found(import_id).pk)
    if not path.exists():
        raise Http404("There is no report of this import.")
    name = f"refused-{import_id}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _found(import_id: int) -> TraceImport:
    return get_object_or_404(TraceImport.objects.select_related("run__model", "requested_by"), pk=import_id)
