"""Several training jobs, `?job=` each, beside each other: their curves in the same figures, where they differ."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from qftapp.actors import latex, twins
from qftapp.actors.http import Request
from qftapp.experiments.jobs import curves, options, queries
from qftapp.experiments.models import TrainingJob

MOST = 8
"""Jobs whose curves can be told apart in one figure."""
NUMBERS = ("job", "name", "step", "value")


def compare_jobs(request: Request) -> HttpResponse:
    """The curves of several jobs, `?job=` each, in the same figures; and where their configs differ."""
    jobs = compared(request)
    context = {
        "jobs": jobs,
        "figures": list(curves.by_figure(curves.thinned(jobs))),
        "heard": curves.heard(jobs),
        "is_live": any(not job.has_ended for job in jobs),
        "differences": _differences(jobs),
        "address": f"{reverse('compare_jobs_curves')}?{request.GET.urlencode()}",
        "query": request.GET.urlencode(),
        "most": MOST,
    }
    return render(request, "experiments/jobs/compare.html", context)


def compared_curves(request: Request) -> HttpResponse:
    """The same curves as the page's script reads them; nothing where nothing is new."""
    jobs = compared(request)
    if request.GET.get("heard") == curves.heard(jobs):
        return HttpResponse(status=204)
    return JsonResponse(curves.curves_of(jobs))


def compared_csv(request: Request) -> StreamingHttpResponse:
    """Every metric of the jobs as CSV, none left out."""
    return twins.csv_file("jobs-metrics", NUMBERS, _numbers(compared(request)))


def compared_json(request: Request) -> StreamingHttpResponse:
    """Every metric of the jobs as a JSON array."""
    return twins.json_file("jobs-metrics", _numbers(compared(request)))


def compared_latex(request: Request) -> HttpResponse:
    """Where each curve of each job begins, ends and reaches, as a table for a paper."""
    return latex.latex_file("jobs-curves", curves.latex_of(compared(request)))


def _numbers(jobs: list[TrainingJob]) -> Iterator[dict[str, Any]]:
    for job in jobs:
        for numbers in job.metrics.values(*NUMBERS[1:]).iterator(chunk_size=5_000):
            yield {"job": job.slug, **numbers}


def compared(request: Request) -> list[TrainingJob]:
    """The jobs that the address names, in its order."""
    slugs = list(dict.fromkeys(request.GET.getlist("job")))[:MOST]
    found = {job.slug: job for job in queries.jobs({}).filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found]


def _differences(jobs: list[TrainingJob]) -> list[tuple[str, list[Any]]]:
    """Each option in which the jobs differ, with the value of each; facts that are no options before them."""
    told = [{option.title: value for option, value in options.explained(job)} for job in jobs]
    facts: list[tuple[str, list[Any]]] = [
        ("Method", [job.get_method_display() for job in jobs]),
        ("Base", [job.base.slug for job in jobs]),
        ("Export", [job.export.slug for job in jobs]),
    ]
    names = dict.fromkeys(name for each in told for name in each)
    rows = [*facts, *((name, [each.get(name) for each in told]) for name in names)]
    return [(name, values) for name, values in rows if len({str(value) for value in values}) > 1]
