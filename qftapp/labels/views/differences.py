"""What people of a campaign saw differently: the list of its traces, from which one settles them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import twins
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, posted_from
from qftapp.labels import adjudicating, differing
from qftapp.labels.adjudicating import Judged
from qftapp.labels.judgements import judgements_of
from qftapp.labels.models import Annotation, Campaign
from qftapp.labels.views.agreement import led
from qftapp.runs.models import Trace

PAGE_SIZE = 25
ROWS_AT_ONCE = 500
COLUMNS = ("trace", "item", "version", "verdicts", "different_verdicts", "adjudicated")
STATES = {"waiting": "Waiting", "settled": "Adjudicated", "all": "All"}


def differences(request: Request, slug: str) -> HttpResponse:
    """The traces that two people at least have judged, those with different verdicts first."""
    campaign = led(request, slug)
    asked = _asked(request)
    found = _found(campaign, asked)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "asked": asked,
        "said": _said(campaign, asked),
        "states": STATES.items(),
        "page": page,
        "rows": _rows(campaign, list(page)),
        "twins": [
            (name, f"{reverse(f'differences_{name}', args=[slug])}?{request.GET.urlencode()}")
            for name in ("csv", "json")
        ],
    }
    return render(request, "labels/differences.html", context)


def differences_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """The shown traces as CSV."""
    return twins.csv_file(f"{slug}-differences", COLUMNS, _summaries(request, led(request, slug)))


def differences_json(request: Request, slug: str) -> StreamingHttpResponse:
    """The shown traces as a JSON array."""
    return twins.json_file(f"{slug}-differences", _summaries(request, led(request, slug)))


def _summaries(request: Request, campaign: Campaign) -> Iterator[dict[str, Any]]:
    found = _found(campaign, _asked(request))
    for start in range(0, len(found), ROWS_AT_ONCE):
        for judged, trace, annotations in _rows(campaign, found[start : start + ROWS_AT_ONCE]):
            verdicts = [each.verdict for each in annotations if each.kind == Annotation.Kind.INDEPENDENT]
            settled = next((each.verdict for each in annotations if each.kind == Annotation.Kind.ADJUDICATED), None)
            version = trace.item_version
            values = (trace.pk, version.item.slug, version.number, " ".join(verdicts), judged.verdicts, settled)
            yield dict(zip(COLUMNS, values, strict=True))


def _asked(request: Request) -> dict[str, str]:
    """What the list is narrowed to."""
    asked = {name: request.GET.get(name, "") for name in ("of", "a", "b", "state")}
    return asked | {"state": asked["state"] if asked["state"] in STATES else "waiting"}


def _found(campaign: Campaign, asked: dict[str, str]) -> list[Judged]:
    found = adjudicating.judged(campaign)
    if asked["state"] != "all":
        found = [each for each in found if each.is_settled == (asked["state"] == "settled")]
    if asked["of"] in differing.KINDS and asked["a"] and asked["b"]:
        traces = differing.traces_where(judgements_of(campaign), asked["of"], asked["a"], asked["b"])
        found = [each for each in found if each.trace_id in traces]
    return found


def _said(campaign: Campaign, asked: dict[str, str]) -> list[str]:
    """What one and the other said, in words, where the list is narrowed down to that."""
    names = dict(Annotation.Verdict.choices)
    if asked["of"] == "category":
        names = {**dict(campaign.taxonomy.categories.values_list("code", "name")), differing.NOTHING: "nothing"}
    elif asked["of"] != "verdict":
        return []
    return [str(names.get(asked[name], asked[name])).lower() for name in ("a", "b")]


def _rows(campaign: Campaign, found: list[Judged]) -> list[tuple[Judged, Trace, list[Annotation]]]:
    """The traces of a page with their annotations, the adjudicated one last."""
    ids = [each.trace_id for each in found]
    traces = Trace.objects.filter(pk__in=ids).select_related("item_version__item").defer("text").in_bulk()
    annotations = Annotation.objects.filter(trace__in=ids, taxonomy=campaign.taxonomy_id, skip="")
    by_trace: dict[int, list[Annotation]] = {pk: [] for pk in ids}
    for annotation in annotations.filter(submitted_at__isnull=False).order_by("-kind", "pk"):
        by_trace[annotation.trace_id].append(annotation)
    return [(each, traces[each.trace_id], by_trace[each.trace_id]) for each in found]


@posted_from("differences", "slug")
def adjudicate(request: Request, slug: str, trace_id: int) -> HttpResponse:
    """Begin to settle a trace, or go on with it."""
    campaign = led(request, slug)
    get_object_or_404(campaign.entries, trace=trace_id)
    try:
        begun = adjudicating.begin(trace_id, taxonomy=campaign.taxonomy, by=request.user, campaign=campaign)
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return redirect("differences", slug)
    return redirect("adjudicate", begun.pk)
