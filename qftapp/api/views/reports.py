"""Figures of reports, for programs: the same numbers as the page shows."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qftapp.api.acting import actor
from qftapp.charts import writing
from qftapp.charts.forms import ScopeForm
from qftapp.charts.showing import kind_or_404, show_or_404

PARAMETERS = [
    OpenApiParameter(name, str, many=name == "model", description=field.help_text or field.label or "")
    for name, field in ScopeForm.base_fields.items()
]


class FigureOfReport(APIView):
    """One figure of a report."""

    @extend_schema(operation_id="reports_figure", parameters=PARAMETERS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: str) -> Response:
        """Title, caption, what it rests on, and the rows of its table; 400 on a scope that cannot be."""
        kind = kind_or_404(key, actor(request))
        form = ScopeForm(request.query_params)
        if not form.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
        shown = show_or_404(kind, form.scope)
        return Response(
            {
                "title": kind.title,
                "caption": shown.figure.caption,
                "notes": [*shown.caveats, *shown.figure.notes],
                "provenance": shown.provenance,
                "rows": list(writing.flat_rows(shown.figure.table)),
            }
        )
