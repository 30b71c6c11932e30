"""A report: its form, its figures one by one, each as CSV, JSON and LaTeX, and the items behind a point."""

import json
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from qftapp.actors import twins
from qftapp.actors.http import Request
from qftapp.charts import links, writing
from qftapp.charts.behind import items_behind, kind_title
from qftapp.charts.figure import Figure, Lacking
from qftapp.charts.figures import KINDS, Kind
from qftapp.charts.forms import ScopeForm
from qftapp.charts.models import SavedReport
from qftapp.charts.provenance import caveats, provenance
from qftapp.charts.results import Results, load

PAGE_SIZE = 50

NOT_YOURS = "What people marked is shown to adjudicators and engineers only, since campaigns are blind."


def report(request: Request) -> HttpResponse:
    """The page of the report that the address names; its figures come one by one as they are scrolled to."""
    form = ScopeForm(request.GET)
    scope = form.scope
    seen = [kind for kind in KINDS.values() if kind.may_be_seen(request.user)]
    shown = [kind for kind in seen if scope.models or not kind.needs_models]
    sections = [(title, list(kinds)) for title, kinds in groupby(shown, key=lambda kind: kind.section)]
    context = {
        "form": form,
        "scope": scope,
        "sections": sections,
        "beside": [(model, links.report(scope.compared_with(model))) for model in scope.models[1:]],
        "query": request.GET.urlencode(),
        "saved_count": SavedReport.objects.count(),
        "saved": SavedReport.objects.filter(query=urlencode(scope.query)).select_related("saved_by").first(),
    }
    is_part = request.htmx and not request.htmx.boosted
    return render(request, "charts/report.html#figures" if is_part else "charts/report.html", context)


def figure(request: Request, key: str) -> HttpResponse:
    """One figure of the report, or why there is none."""
    kind, results = _asked(request, key)
    context: dict[str, Any] = {"kind": kind, "query": request.GET.urlencode()}
    try:
        built = kind.build(results)
    except Lacking as lack:
        return render(request, "charts/parts/lacking.html", context | {"lack": lack})
    drawn = json.dumps({"traces": built.traces, "layout": built.layout, "height": built.height, "name": key})
    rows = [
        (row.href, [(writing.words(cell), writing.is_number(cell)) for cell in row.cells]) for row in built.table.rows
    ]
    context |= {
        "figure": built,
        "drawn": drawn,
        "rows": rows,
        "provenance": provenance(results, built, needs_models=kind.needs_models),
    }
    context["caveats"] = caveats(results, built)
    return render(request, "charts/parts/figure.html", context)


def figure_csv(request: Request, key: str) -> StreamingHttpResponse:
    """The table of a figure as CSV, numbers in full."""
    table = _built(request, key)[0].table
    return twins.csv_file(key, writing.flat_columns(table), writing.flat_rows(table))


def figure_json(request: Request, key: str) -> StreamingHttpResponse:
    """The table of a figure as a JSON array."""
    return twins.json_file(key, writing.flat_rows(_built(request, key)[0].table))


def figure_latex(request: Request, key: str) -> HttpResponse:
    """The table of a figure for a paper."""
    built, results = _built(request, key)
    kind = KINDS[key]
    said = [f"{kind.title}. {built.caption}", *caveats(results, built)]
    text = writing.latex(built.table, " ".join([*said, provenance(results, built, needs_models=kind.needs_models)]))
    headers = {"Content-Disposition": f'attachment; filename="{key}.tex"'}
    return HttpResponse(text, content_type="application/x-tex; charset=utf-8", headers=headers)


def report_items(request: Request) -> HttpResponse:
    """The items behind a point: of the first model of the address, each with its answers of the kind it names."""
    results = load(ScopeForm(request.GET).scope)
    asked = request.GET.dict()
    page = Paginator(items_behind(results, asked), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "title": kind_title(asked), "model": results.models[0] if results.models else None}
    return render(request, "charts/items.html", context | {"report": links.report(results.scope)})


def _asked(request: Request, key: str) -> tuple[Kind, Results]:
    if key not in KINDS:
        raise Http404(f"No figure is called “{key}”.")
    if not KINDS[key].may_be_seen(request.user):
        raise PermissionDenied(NOT_YOURS)
    return KINDS[key], load(ScopeForm(request.GET).scope)


def _built(request: Request, key: str) -> tuple[Figure, Results]:
    kind, results = _asked(request, key)
    try:
        return kind.build(results), results
    except Lacking as lack:
        raise Http404(str(lack)) from lack
