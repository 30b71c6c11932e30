"""The marks behind a point of a figure of errors."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qftapp.actors import permissions
from qftapp.actors.http import Request
from qftapp.charts import links
from qftapp.charts.forms import ScopeForm
from qftapp.charts.marks import Point, marks_behind

PAGE_SIZE = 50


def report_errors(request: Request) -> HttpResponse:
    """The marks that a point counts, each leading to its trace."""
    if not permissions.can_export_labels(request.user):
        raise PermissionDenied("Only adjudicators and engineers see everybody's annotations.")
    scope = ScopeForm(request.GET).scope
    point = Point.read(request.GET.dict(), scope.models)
    found = marks_behind(scope, point)
    context = {
        "what": "Errors",
        "page": Paginator(found.marks, PAGE_SIZE).get_page(request.GET.get("page")),
        "errors": found.errors,
        "model": point.model,
        "report": links.report(scope),
    }
    return render(request, "charts/errors.html", context)
