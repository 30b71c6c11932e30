"""Starting a run that asks, how far it has come, cancelling it, letting it go on."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request, attempt, confirm, posted_from, takes_posts
from qftapp.runs.asking import actions, endpoints
from qftapp.runs.asking.forms import AskingForm, SelectionForm
from qftapp.runs.asking.progress import failures
from qftapp.runs.models import Run

COLUMNS = ("item", "version", "sample", "reason", "at")


@takes_posts
def new_run(request: Request) -> HttpResponse:
    """Say what a run is to ask and how; how many requests that is stands below while it is chosen."""
    if not permissions.can_run(request.user):
        raise PermissionDenied("Only engineers may start runs.")
    is_sent = request.method == "POST"
    # What an address or the count's question holds fills the form; nobody is told off before sending it.
    chosen = request.GET.dict()
    selection = SelectionForm(request.POST) if is_sent else SelectionForm(initial=chosen)
    asking = AskingForm(request.POST) if is_sent else AskingForm(initial=chosen)
    if is_sent and all([selection.is_valid(), asking.is_valid()]):
        plan = asking.plan(selection.cleaned_data["purpose"], selection.selection)
        try:
            run = actions.start(plan, by=request.user)
        except ValidationError as error:
            _tell(error, selection, asking)
        else:
            confirm(request, f"{run.slug} waits for its worker.")
            return redirect(run)
    context = {
        "selection": selection,
        "asking": asking,
        "endpoints": endpoints.names(),
        "is_filtered": any(field.value() for field in selection.item_filters) or bool(selection["in_review"].value()),
        "size": _size(request.POST if is_sent else request.GET),
    }
    template = "runs/new.html#size" if request.htmx and request.htmx.target == "size" else "runs/new.html"
    return render(request, template, context, status=422 if is_sent else 200)


def _tell(error: ValidationError, selection: SelectionForm, asking: AskingForm) -> None:
    """Put what the action refuses at the fields it means."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}).items():
        form = selection if name in selection.fields else asking
        form.add_error(name if name in form.fields else None, errors)


def _size(chosen: Any) -> dict[str, Any]:
    """How much the run would ask for, as far as it is chosen."""
    form = SelectionForm({"purpose": Run.Purpose.EVALUATE, **chosen.dict()})
    selection = form.selection
    numbers = [chosen.get(name, "") for name in ("samples_per_item", "max_tokens")]
    samples, tokens = (int(text) if text.isdecimal() and len(text) < 9 else 0 for text in numbers)
    samples = samples or 1
    is_open = form.cleaned_data.get("purpose") == Run.Purpose.EVALUATE and not (selection.release and selection.split)
    items = 0 if is_open else selection.versions.count()
    return {"items": items, "samples": samples, "requests": items * samples, "tokens": items * samples * tokens}


def run_asking(request: Request, slug: str) -> HttpResponse:
    """How far a run has come: a page, or the part of a page that asks for itself while the run goes on."""
    run = get_object_or_404(_asked(), slug=slug)
    if not request.htmx or request.htmx.boosted:
        return render(request, "runs/asking.html", {"run": run})
    response = render(request, "runs/parts/asking.html", {"run": run})
    if run.has_ended and request.method == "GET":
        response["HX-Refresh"] = "true"  # the rest of the page learns of the end
    return response


def _asked() -> Any:
    return Run.objects.select_related("model", "prompt", "requested_by").filter(origin=Run.Origin.ASKED)


@posted_from("run", "slug")
def cancel_run(request: Request, slug: str) -> HttpResponse:
    """Stop a run; what came stays."""
    run = get_object_or_404(_asked(), slug=slug)
    attempt(request, actions.cancel, run.pk, by=request.user, done="Stopped; what came so far stays.")
    return redirect("run", slug)


@posted_from("run", "slug")
def continue_run(request: Request, slug: str) -> HttpResponse:
    """Ask for what a run lacks, failed requests included."""
    run = get_object_or_404(_asked(), slug=slug)
    attempt(request, actions.go_on, run.pk, by=request.user, done="It goes on; what came before stays.")
    return redirect("run", slug)


def failures_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """The failed requests of a run as CSV."""
    return twins.csv_file(f"{slug}-failed", COLUMNS, _failures(slug))


def failures_json(request: Request, slug: str) -> StreamingHttpResponse:
    """The failed requests of a run as a JSON array."""
    return twins.json_file(f"{slug}-failed", _failures(slug))


def _failures(slug: str) -> Iterator[dict[str, Any]]:
    for failed in failures(get_object_or_404(Run, slug=slug)).iterator(chunk_size=500):
        version = failed.item_version
        values = (version.item.slug, version.number, failed.sample_index, failed.reason)
        yield dict(zip(COLUMNS, (*values, failed.at.isoformat(timespec="seconds")), strict=True))
