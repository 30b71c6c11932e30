"""Traces, for programs: a page at a time, one with its text and grades, all of a run as a stream."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db.models import QuerySet, Subquery
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qftapp.actors import twins
from qftapp.actors.http import whole_number
from qftapp.api.serializers import FullTraceSerializer, TraceSerializer
from qftapp.runs.filters import TraceFilterForm
from qftapp.runs.finding import trace_ids
from qftapp.runs.models import Run, Trace
from qftapp.runs.queries import UNREAD, current_grade

PAGE_SIZE = 100
CHUNK = 500
"""Traces that an export holds in memory."""


def _with_outcome(traces: QuerySet[Trace]) -> QuerySet[Trace]:
    """Annotate the outcome and diagnosis that count."""
    current = current_grade()
    return (
        traces.select_related("run", "item_version__item")
        .defer(*UNREAD)
        .annotate(outcome=Subquery(current.values("outcome")[:1]), diagnosis=Subquery(current.values("diagnosis")[:1]))
    )


class TracePageSerializer(serializers.Serializer[dict[str, Any]]):
    """Some traces, and the address of those that are older."""

    next = serializers.URLField(allow_null=True)
    results = TraceSerializer(many=True)


FILTERS = [
    OpenApiParameter(name, OpenApiTypes.STR)
    for name in ("q", "item", "run", "model", "outcome", "diagnosis", "length", "labels", "before")
]


class Traces(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Trace]):
    """Traces, newest first; one of them with its text and all its grades."""

    queryset = Trace.objects.none()
    serializer_class = FullTraceSerializer

    def get_queryset(self) -> QuerySet[Trace]:
        """Return the traces with all their grades."""
        return _with_outcome(Trace.objects.all()).prefetch_related("grades")

    @extend_schema(parameters=FILTERS, responses=TracePageSerializer)
    def list(self, request: Request) -> Response:
        """Return a page of the traces that match the filters of the page of traces, without their texts."""
        form = TraceFilterForm(request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        before = whole_number(request.query_params.get("before", ""))
        ids = trace_ids(form.filters, before=before, limit=PAGE_SIZE + 1)
        traces = _with_outcome(Trace.objects.filter(pk__in=ids[:PAGE_SIZE])).defer("text").order_by("-pk")
        address = None
        if len(ids) > PAGE_SIZE:
            query = request.query_params.copy()
            query["before"] = str(ids[PAGE_SIZE - 1])
            address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response({"next": address, "results": TraceSerializer(traces, many=True).data})


class RunTraces(APIView):
    """All traces of a run as JSON lines, in the form that an import takes."""

    @extend_schema(
        parameters=[OpenApiParameter("slug", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={(200, "application/x-ndjson"): OpenApiResponse(OpenApiTypes.STR, "One trace a line.")},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Stream the traces of a run, item by item."""
        run = get_object_or_404(Run, slug=slug)
        return twins.stream(_lines(run), "application/x-ndjson", f"{run.slug}.jsonl")


def _lines(run: Run) -> Iterator[bytes]:
    traces = _with_outcome(run.traces.order_by("id"))
    for trace in traces.iterator(chunk_size=CHUNK):
        row = dict(TraceSerializer(trace).data) | {"text": trace.text}
        yield orjson.dumps(row) + b"\n"
