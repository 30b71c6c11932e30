"""Figures of reports, for programs: the same numbers as the page shows."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qftapp.api.acting import actor
from qftapp.charts import writing
from qftapp.charts.figure import Lacking
from qftapp.charts.figures import KINDS
from qftapp.charts.forms import ScopeForm
from qftapp.charts.provenance import caveats, provenance
from qftapp.charts.results import load

PARAMETERS = [
    OpenApiParameter(name, str, many=name == "model", description=field.help_text or field.label or "")
    for name, field in ScopeForm.base_fields.items()
]


class FigureOfReport(APIView):
    """One figure of a report."""

    @extend_schema(operation_id="reports_figure", parameters=PARAMETERS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: str) -> Response:
        """Title, caption, what it rests on, and the rows of its table; 400 on a scope that cannot be."""
        if key not in KINDS:
            raise Http404(f"No figure is called “{key}”; there are {', '.join(KINDS)}.")
        if not KINDS[key].may_be_seen(actor(request)):
            raise PermissionDenied("What people marked is shown to adjudicators and engineers only.")
        form = ScopeForm(request.query_params)
        if not form.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
        results = load(form.scope)
        try:
            built = KINDS[key].build(results)
        except Lacking as lack:
            raise Http404(str(lack)) from lack
        return Response(
            {
                "title": KINDS[key].title,
                "caption": built.caption,
                "notes": [*caveats(results, built), *built.notes],
                "provenance": provenance(results, built, needs_models=KINDS[key].needs_models),
                "rows": list(writing.flat_rows(built.table)),
            }
        )
