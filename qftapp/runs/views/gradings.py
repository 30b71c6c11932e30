"""The gradings of a run, and one grading: its progress, then what it changes and who accepts that."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.events import history
from qftapp.actors.http import Request, attempt, posted_from, whole_number
from qftapp.runs.grading import actions, differences
from qftapp.runs.grading.paging import key_page
from qftapp.runs.grading.queries import Pace, broken_items
from qftapp.runs.models import OUTCOMES, Grading, Run
from qftapp.runs.tallies import counts
from qftapp.verification import VERIFIER_VERSION

SHOWN = 20
COLUMNS = (
    "trace",
    "item",
    "version",
    "sample",
    "old_verifier",
    "old_outcome",
    "old_reason",
    "new_outcome",
    "new_reason",
)


def run_gradings(request: Request, slug: str) -> HttpResponse:
    """The gradings of a run, newest first, and its items that are broken; the fragment of the run's page."""
    run = get_object_or_404(Run, slug=slug)
    gradings = list(run.gradings.select_related("requested_by", "run")[:SHOWN])
    is_open = any(not grading.has_ended for grading in gradings)
    counted = counts(run.pk)
    context = {
        "run": run,
        "gradings": [(grading, Pace.of(grading)) for grading in gradings],
        "is_open": is_open,
        "left": 0 if is_open or run.origin == Run.Origin.RECONSTRUCTED else counted.ungraded(VERIFIER_VERSION),
        "has_older": counted.is_graded_by_another(VERIFIER_VERSION),
        "verifier": VERIFIER_VERSION,
        "broken": broken_items(run_id=run.pk)[:SHOWN],
        "can_run": permissions.can_run(request.user),
    }
    response = render(request, f"gradings/of_run.html{'#panel' if _wants_fragment(request) else ''}", context)
    if request.GET.get("was") == "open" and not is_open:
        response["HX-Refresh"] = "true"  # what the page says of outcomes is old now
    return response


@posted_from("run_gradings", "slug")
def grade_run(request: Request, slug: str) -> HttpResponse:
    """Ask for a run to be graded by the verifier of now."""
    run = get_object_or_404(Run, slug=slug)
    attempt(request, actions.request, run.pk, by=request.user)
    return redirect("run_gradings", slug)


def grading(request: Request, grading_id: int) -> HttpResponse:
    """One grading: how far it is, then old outcomes against new ones and the traces that changed."""
    found = get_object_or_404(Grading.objects.select_related("run", "requested_by", "accepted_by"), pk=grading_id)
    context: dict[str, Any] = {
        "grading": found,
        "pace": Pace.of(found),
        "can_run": permissions.can_run(request.user),
    }
    if _wants_fragment(request):
        response = render(request, "gradings/grading.html#progress", context)
        if found.has_ended:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "gradings/grading.html", context | _differences(request, found))


def _differences(request: Request, found: Grading) -> dict[str, Any]:
    old, new = (_outcome(request, name) for name in ("old", "new"))
    changed = differences.changes(found, old=old, new=new)
    return {
        "table": differences.table(found),
        "page": key_page(changed, whole_number(request.GET.get("before", "")), "trace_id"),
        "old": old,
        "new": new,
        "history": history([found]),
        "twins": [(name, reverse(f"grading_changes_{name}", args=[found.pk])) for name in ("csv", "json")],
    }


def _wants_fragment(request: Request) -> bool:
    return bool(request.htmx and not request.htmx.boosted)


def _outcome(request: Request, name: str) -> str:
    given = request.GET.get(name, "")
    return given if given in dict(OUTCOMES) else ""


def changes_csv(request: Request, grading_id: int) -> StreamingHttpResponse:
    """Every changed trace as CSV."""
    return twins.csv_file(f"grading-{grading_id}", COLUMNS, _changes(grading_id))


def changes_json(request: Request, grading_id: int) -> StreamingHttpResponse:
    """Every changed trace as a JSON array."""
    return twins.json_file(f"grading-{grading_id}", _changes(grading_id))


def _changes(grading_id: int) -> Iterator[dict[str, Any]]:
    found = get_object_or_404(Grading, pk=grading_id)
    return (_row(old) for old in differences.changes(found).iterator(chunk_size=500))


def _row(old: "differences.OldGrade") -> dict[str, Any]:
    version = old.trace.item_version
    place = (old.trace_id, version.item.slug, version.number, old.trace.sample_index)
    grades = (old.verifier_version, old.outcome, old.reason, old.new_outcome, old.new_reason)
    return dict(zip(COLUMNS, (*place, *grades), strict=True))


@posted_from("grading", "grading_id")
def cancel_grading(request: Request, grading_id: int) -> HttpResponse:
    """Stop a grading; what is graded stays."""
    found = get_object_or_404(Grading, pk=grading_id)
    attempt(request, actions.cancel, found.pk, by=request.user, done="Stopped; what is graded stays.")
    return redirect(found)


@posted_from("grading", "grading_id")
def accept_grading(request: Request, grading_id: int) -> HttpResponse:
    """Let the grades of this grading count."""
    found = get_object_or_404(Grading, pk=grading_id)
    done = f"The grades of verifier {found.verifier_version} count now."
    attempt(request, actions.accept, found.pk, by=request.user, done=done)
    return redirect(found)


@posted_from("grading", "grading_id")
def reject_grading(request: Request, grading_id: int) -> HttpResponse:
    """Leave the grades that count."""
    found = get_object_or_404(Grading, pk=grading_id)
    reason = request.POST.get("reason", "")
    attempt(request, actions.reject, found.pk, by=request.user, reason=reason, done="The grades of before still count.")
    return redirect(found)
