"""The page of a training job: how it goes, its curves, what it was told, what came of it."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import latex, permissions, twins
from qftapp.actors.events import history
from qftapp.actors.http import Request, attempt, posted_from
from qftapp.experiments.jobs import curves, options, queries, requesting
from qftapp.experiments.models import TrainingJob
from qftapp.runs.tallies import accuracy, tallies

NUMBERS = ("name", "step", "value")


def job(request: Request, slug: str) -> HttpResponse:
    """One job."""
    found = get_object_or_404(queries.jobs({}), slug=slug)
    evaluations = queries.evaluations(found)
    counted = tallies([run.pk for run in evaluations])
    context = {
        "job": found,
        "figures": list(curves.by_figure(curves.thinned([found]))),
        "heard": curves.heard([found]),
        "is_live": not found.has_ended,
        "address": reverse("training_job_curves", args=[slug]),
        "config": options.explained(found),
        "checkpoints": queries.checkpoints(found),
        "evaluations": [(run, accuracy(counted[run.pk])) for run in evaluations],
        "others": TrainingJob.objects.filter(method=found.method).exclude(pk=found.pk)[:20],
        "history": history([found])[:30],
        "can_train": permissions.can_train(request.user),
    }  # fmt: skip
    return render(request, "experiments/jobs/job.html", context)


def job_state(request: Request, slug: str) -> HttpResponse:
    """How far a job has come: the part of its page that asks for itself while the job goes on."""
    found = get_object_or_404(queries.jobs({}), slug=slug)
    if not request.htmx or request.htmx.boosted:
        return redirect(found)
    context = {"job": found, "can_train": permissions.can_train(request.user)}
    response = render(request, "experiments/jobs/parts/state.html", context)
    if found.has_ended or str(found.checkpoint_count or 0) != request.GET.get("checkpoints", "0"):
        response["HX-Refresh"] = "true"  # the rest of the page learns of the end, and of new checkpoints
    return response


def job_curves(request: Request, slug: str) -> HttpResponse:
    """The curves as the page's script reads them; nothing where nothing is new since `?heard=`."""
    found = get_object_or_404(TrainingJob, slug=slug)
    if request.GET.get("heard") == curves.heard([found]):
        return HttpResponse(status=204)
    return JsonResponse(curves.curves_of([found]))


def job_metrics_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """Every metric of a job as CSV, none left out."""
    return twins.csv_file(f"{slug}-metrics", NUMBERS, _numbers(get_object_or_404(TrainingJob, slug=slug)))


def job_metrics_json(request: Request, slug: str) -> StreamingHttpResponse:
    """Every metric of a job as a JSON array."""
    return twins.json_file(f"{slug}-metrics", _numbers(get_object_or_404(TrainingJob, slug=slug)))


def job_curves_latex(request: Request, slug: str) -> HttpResponse:
    """Where each curve of a job begins, ends and reaches, as a table for a paper."""
    found = get_object_or_404(TrainingJob, slug=slug)
    return latex.latex_file(f"{slug}-curves", curves.latex_of([found]))


def _numbers(found: TrainingJob) -> Iterator[dict[str, Any]]:
    return found.metrics.values(*NUMBERS).iterator(chunk_size=5_000)


@posted_from("training_job", "slug")
def cancel_job(request: Request, slug: str) -> HttpResponse:
    """Stop a job."""
    found = get_object_or_404(TrainingJob, slug=slug)
    said = "Stopped; its worker writes a last checkpoint, and what came so far stays."
    attempt(request, requesting.cancel, found.pk, by=request.user, done=said)
    return redirect(found)


@posted_from("training_job", "slug")
def resume_job(request: Request, slug: str) -> HttpResponse:
    """Offer a job again."""
    found = get_object_or_404(TrainingJob, slug=slug)
    attempt(request, requesting.resume, found.pk, by=request.user, done="It waits for a worker again.")
    return redirect(found)
