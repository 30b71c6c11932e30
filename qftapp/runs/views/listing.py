"""The list of runs with its twins."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request
from qftapp.runs import queries
from qftapp.runs.filters import RunFilterForm
from qftapp.runs.tallies import accuracy, tallies

PAGE_SIZE = 25
COLUMNS = (
    "slug",
    "model",
    "purpose",
    "origin",
    "state",
    "release",
    "split",
    "samples_per_item",
    "traces",
    "accuracy",
    "low",
    "high",
    "items",
    "requested_at",
)


def run_list(request: Request) -> HttpResponse:
    """The runs that match the filters, a page at a time, each with its accuracy."""
    form = RunFilterForm(request.GET)
    page = Paginator(queries.runs(form.filters), PAGE_SIZE).get_page(request.GET.get("page"))
    found = tallies([run.pk for run in page])
    context = {
        "form": form,
        "page": page,
        "rows": [(run, found[run.pk].traces, accuracy(found[run.pk])) for run in page],
        "is_filtered": bool(form.filters),
        "can_run": permissions.can_run(request.user),
        "twins": [(name, f"{reverse(f'runs_{name}')}?{request.GET.urlencode()}") for name in ("csv", "json")],
    }
    template = "runs/list.html#table" if request.htmx and not request.htmx.boosted else "runs/list.html"
    return render(request, template, context)


def runs_csv(request: Request) -> StreamingHttpResponse:
    """All matching runs as CSV."""
    return twins.csv_file("runs", COLUMNS, _summaries(request))


def runs_json(request: Request) -> StreamingHttpResponse:
    """All matching runs as a JSON array."""
    return twins.json_file("runs", _summaries(request))


def _summaries(request: Request) -> Iterator[dict[str, Any]]:
    runs = list(queries.runs(RunFilterForm(request.GET).filters))
    found = tallies([run.pk for run in runs])
    for run in runs:
        estimate = accuracy(found[run.pk])
        values = (
            run.slug,
            run.model.slug,
            run.purpose,
            run.origin,
            run.state,
            run.release.name if run.release else None,
            run.split,
            run.samples_per_item,
            found[run.pk].traces,
            estimate and estimate.value,
            estimate and estimate.low,
            estimate and estimate.high,
            estimate and estimate.items,
            run.requested_at.isoformat(timespec="seconds"),
        )
        yield dict(zip(COLUMNS, values, strict=True))
