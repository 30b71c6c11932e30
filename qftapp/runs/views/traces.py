"""The list of traces with its twins, and one trace to read."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from qftapp.actors import twins
from qftapp.actors.http import Request, whole_number
from qftapp.items import presenting
from qftapp.runs import queries, reading, words
from qftapp.runs.filters import TraceFilterForm
from qftapp.runs.searching import TooBroad
from qftapp.verification.diagnosis import CODES

COLUMNS = (
    "id",
    "run",
    "model",
    "item",
    "version",
    "sample",
    "outcome",
    "diagnosis",
    "reason",
    "answer",
    "answer_group",
    "verifier_version",
    "finish_reason",
    "characters",
    "output_tokens",
    "seconds",
)
NEIGHBOURING_SAMPLES = 40


def trace_list(request: Request) -> HttpResponse:
    """The traces that match the filters, newest first, a page at a time."""
    form = TraceFilterForm(request.GET)
    before, after = (whole_number(request.GET.get(name, "")) for name in ("before", "after"))
    page, refusal = queries.TracePage([], has_newer=False, has_older=False), ""
    try:
        page = queries.trace_page(form.filters, before=before, after=None if before is not None else after)
    except TooBroad as error:
        refusal = str(error.message)
    query = _filters_alone(request.GET)
    context = {
        "form": form,
        "page": page,
        "refusal": refusal,
        "is_behind": bool(form.filters.get("q")) and words.is_behind(),
        "filters": form.filters,
        "query": query.urlencode(),
        "is_filtered": bool(form.filters),
        "twins": [(name, f"{reverse(f'traces_{name}')}?{query.urlencode()}") for name in ("csv", "json")],
    }
    template = "traces/list.html#table" if request.htmx and not request.htmx.boosted else "traces/list.html"
    return render(request, template, context)


def _filters_alone(query: QueryDict) -> QueryDict:
    """The query string without the place in the list."""
    kept = query.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return kept


def traces_csv(request: Request) -> StreamingHttpResponse:
    """All matching traces as CSV, without their texts."""
    return twins.csv_file("traces", COLUMNS, _summaries(request))


def traces_json(request: Request) -> StreamingHttpResponse:
    """All matching traces as a JSON array, without their texts."""
    return twins.json_file("traces", _summaries(request))


def _summaries(request: Request) -> Iterator[dict[str, Any]]:
    for row in queries.all_rows(TraceFilterForm(request.GET).filters):
        trace, grade = row.trace, row.grade
        values = (
            trace.pk,
            trace.run.slug,
            trace.run.model.slug,
            trace.item_version.item.slug,
            trace.item_version.number,
            trace.sample_index,
            grade and grade.outcome,
            grade and grade.diagnosis,
            grade and grade.reason,
            grade and grade.answer,
            grade and grade.answer_group,
            grade and grade.verifier_version,
            trace.finish_reason,
            trace.characters,
            trace.output_tokens,
            trace.seconds,
        )
        yield dict(zip(COLUMNS, values, strict=True))


def trace(request: Request, pk: int) -> HttpResponse:
    """One trace to read, by steps; `n` and `p` go on in the list one came from, else among the item's samples."""
    found = get_object_or_404(queries.trace(pk))
    filters = TraceFilterForm(request.GET).filters
    samples = queries.samples_around(found, NEIGHBOURING_SAMPLES)
    place = next(number for number, row in enumerate(samples) if row.trace.pk == pk)
    if filters:
        newer, older = queries.neighbours(found, filters)
    else:
        newer = samples[place - 1].trace.pk if place else None
        older = samples[place + 1].trace.pk if place + 1 < len(samples) else None
    grade = samples[place].grade
    context = {
        "trace": found,
        "version": found.item_version,
        "item": found.item_version.item,
        "contract": presenting.contract_of(found.item_version),
        "readings": reading.read(found.text),
        "grade": grade,
        "diagnosis": CODES[grade.diagnosis][0] if grade and grade.diagnosis in CODES else "",
        "samples": samples,
        "sample_count": queries.samples(found).count(),
        "previous": newer,
        "next": older,
        "in_list": bool(filters),
        "query": _filters_alone(request.GET).urlencode(),
    }
    return render(request, "traces/trace.html", context)
