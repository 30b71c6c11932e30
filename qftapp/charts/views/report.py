"""A report: its form, its figures one by one, each as CSV, JSON and LaTeX, and the items behind a point."""

import json
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from qftapp.actors import latex, twins
from qftapp.actors.http import Request
from qftapp.charts import links, writing
from qftapp.charts.behind import items_behind, kind_title
from qftapp.charts.figure import Lacking
from qftapp.charts.figures import KINDS
from qftapp.charts.forms import ScopeForm
from qftapp.charts.models import SavedReport
from qftapp.charts.results import load
from qftapp.charts.showing import Shown, kind_or_404, show, show_or_404

PAGE_SIZE = 50


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
    kind = kind_or_404(key, request.user)
    context: dict[str, Any] = {"kind": kind, "query": request.GET.urlencode()}
    try:
        shown = show(kind, ScopeForm(request.GET).scope)
    except Lacking as lack:
        return render(request, "charts/parts/lacking.html", context | {"lack": lack})
    built = shown.figure
    drawn = {"traces": built.traces, "layout": built.layout, "height": built.height, "name": key}
    rows = [
        (row.href, [(writing.words(cell), writing.is_number(cell)) for cell in row.cells]) for row in built.table.rows
    ]
    context |= {"shown": shown, "figure": built, "drawn": json.dumps(drawn), "rows": rows}
    return render(request, "charts/parts/figure.html", context)


def figure_csv(request: Request, key: str) -> StreamingHttpResponse:
    """The table of a figure as CSV, numbers in full."""
    table = _shown(request, key).figure.table
    return twins.csv_file(key, writing.flat_columns(table), writing.flat_rows(table))


def figure_json(request: Request, key: str) -> StreamingHttpResponse:
    """The table of a figure as a JSON array."""
    return twins.json_file(key, writing.flat_rows(_shown(request, key).figure.table))


def figure_latex(request: Request, key: str) -> HttpResponse:
    """The table of a figure for a paper."""
    shown = _shown(request, key)
    said = [f"{shown.kind.title}. {shown.figure.caption}", *shown.caveats, shown.provenance]
    return latex.latex_file(key, writing.latex_of(shown.figure.table, " ".join(said)))


def _shown(request: Request, key: str) -> Shown:
    return show_or_404(kind_or_404(key, request.user), ScopeForm(request.GET).scope)


def report_items(request: Request) -> HttpResponse:
    """The items behind a point: of the first model of the address, each with its answers of the kind it names."""
    results = load(ScopeForm(request.GET).scope)
    asked = request.GET.dict()
    page = Paginator(items_behind(results, asked), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "column": kind_title(asked), "model": results.models[0] if results.models else None}
    return render(request, "charts/items.html", context | {"what": "Items", "report": links.report(results.scope)})
