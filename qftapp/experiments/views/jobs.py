"""The list of training jobs with its twins, a new job."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request, confirm, takes_posts
from qftapp.experiments.jobs import queries, requesting
from qftapp.experiments.jobs.forms import JobFilterForm, JobForm
from qftapp.experiments.models import TrainingJob

PAGE_SIZE = 25

COLUMNS = {
    "slug": "slug",
    "method": "method",
    "state": "state",
    "base": "base__slug",
    "export": "export__slug",
    "progress": "progress",
    "steps": "steps",
    "best_reward": "best_reward",
    "checkpoints": "checkpoint_count",
    "worker": "worker",
    "requested_at": "requested_at",
}
"""The columns of the twins, and where each comes from."""


def job_list(request: Request) -> HttpResponse:
    """The jobs that match the filters, a page at a time."""
    form = JobFilterForm(request.GET)
    page = Paginator(queries.jobs(form.filters), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "is_filtered": bool(form.filters),
        "can_train": permissions.can_train(request.user),
        "twins": [(name, f"{reverse(f'training_jobs_{name}')}?{request.GET.urlencode()}") for name in ("csv", "json")],
    }
    is_part = request.htmx and not request.htmx.boosted
    return render(request, "experiments/jobs/list.html#table" if is_part else "experiments/jobs/list.html", context)


def jobs_csv(request: Request) -> StreamingHttpResponse:
    """All matching jobs as CSV."""
    return twins.csv_file("training-jobs", tuple(COLUMNS), _rows(request))


def jobs_json(request: Request) -> StreamingHttpResponse:
    """All matching jobs as a JSON array."""
    return twins.json_file("training-jobs", _rows(request))


def _rows(request: Request) -> Iterator[dict[str, Any]]:
    found = queries.jobs(JobFilterForm(request.GET).filters)
    for values in found.values_list(*COLUMNS.values()):
        row = dict(zip(COLUMNS, values, strict=True))
        yield row | {"requested_at": row["requested_at"].isoformat(timespec="seconds"),
                     "checkpoints": row["checkpoints"] or 0}  # fmt: skip


@takes_posts
def new_job(request: Request) -> HttpResponse:
    """Ask for a job of `?method=`; what the address holds besides fills the form."""
    if not permissions.can_train(request.user):
        raise PermissionDenied("Only engineers may train models.")
    asked = request.GET.get("method", "")
    method = asked if asked in TrainingJob.Method.values else TrainingJob.Method.SFT
    is_sent = request.method == "POST"
    form = JobForm(request.POST, method=method) if is_sent else JobForm(initial=request.GET.dict(), method=method)
    if is_sent and form.is_valid():
        try:
            job = requesting.request(form.wish, by=request.user)
        except ValidationError as error:
            _tell(error, form)
        else:
            confirm(request, f"{job.slug} waits for a worker.")
            return redirect(job)
    context = {"form": form, "method": method, "methods": TrainingJob.Method}
    return render(request, "experiments/jobs/new.html", context, status=422 if is_sent else 200)


def _tell(error: ValidationError, form: JobForm) -> None:
    """Put what the action refuses at the fields it means."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}).items():
        form.add_error(name if name in form.fields else None, errors)
