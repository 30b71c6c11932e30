"""The marks behind a point of a figure of errors."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from qftapp.actors import permissions
from qftapp.actors.http import Request
from qftapp.charts import labelled, links
from qftapp.charts.forms import ScopeForm
from qftapp.charts.scope import Scope
from qftapp.labels.models import SpanLabel

PAGE_SIZE = 50


def report_errors(request: Request) -> HttpResponse:
    """The marks that count, of one model, category and severity, each leading to its trace."""
    if not permissions.can_export_labels(request.user):
        raise PermissionDenied("Only adjudicators and engineers see everybody's annotations.")
    scope = ScopeForm(request.GET).scope
    found = _marks(scope, request.GET.get("category", ""), request.GET.get("severity", ""))
    context = {
        "what": "Errors",
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "scope": scope,
        "model": scope.models[0] if scope.models else None,
        "report": links.report(scope),
    }
    return render(request, "charts/errors.html", context)


def _marks(scope: Scope, category: str, severity: str) -> QuerySet[SpanLabel]:
    marks = SpanLabel.objects.filter(annotation__in=labelled.counting_annotations(scope))
    if category:
        marks = marks.filter(Q(category__code=category) | Q(category__parent__code=category))
    if severity:
        marks = marks.filter(severity=severity)
    related = ("category", "annotation__trace__item_version__item", "annotation__trace__run")
    unread = (
        "annotation__trace__text",
        *(f"annotation__trace__item_version__{name}" for name in ("statement", "gate")),
    )
    found = marks.select_related(*related).defer(*unread)
    return found.order_by("annotation__trace__item_version__item__slug", "annotation__trace", "start", "pk")
