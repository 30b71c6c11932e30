"""Traces, for programs: a page at a time, one with its text and grades, all of a run as a stream."""

from collections.abc import Iterator

import orjson
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.views import APIView

from qftapp.actors import twins
from qftapp.api.serializers import FullTraceSerializer, TraceSerializer
from qftapp.runs.models import Grade, Run, Trace

CHUNK = 500
"""Traces that an export holds in memory."""


def _with_outcome(traces: QuerySet[Trace]) -> QuerySet[Trace]:
    """Annotate the outcome and diagnosis that count."""
    current = Grade.objects.filter(trace=OuterRef("pk"), is_current=True)
    return traces.select_related("run", "item_version__item").annotate(
        outcome=Subquery(current.values("outcome")[:1]), diagnosis=Subquery(current.values("diagnosis")[:1])
    )


class Traces(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Trace]):
    """Traces, newest first; one of them with its text and all its grades."""

    queryset = Trace.objects.none()

    def get_queryset(self) -> QuerySet[Trace]:
        """Return the traces that the query asks for, without their texts where many are shown."""
        traces = _with_outcome(Trace.objects.all())
        return traces.prefetch_related("grades") if self.action == "retrieve" else traces.defer("text")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Trace]]:
        """Return the short or the full form."""
        return FullTraceSerializer if self.action == "retrieve" else TraceSerializer


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
