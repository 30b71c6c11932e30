"""Files of traces, for programs: sent as the body of a request, their imports followed to the end."""

from io import BytesIO, RawIOBase
from pathlib import Path
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.http import UnreadablePostError
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from qftapp.api.acting import actor
from qftapp.api.chunks import is_chunked
from qftapp.api.serializers import TraceImportSerializer
from qftapp.api.views.traces import RunTraces
from qftapp.runs.importing import actions, preview
from qftapp.runs.models import Run, TraceImport


class TracesOfRun(RunTraces):
    """All traces of a run as JSON lines; a file of traces into an imported run."""

    takes_chunks = True

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("slug", OpenApiTypes.STR, OpenApiParameter.PATH),
            OpenApiParameter("filename", OpenApiTypes.STR, description="Its ending tells the format: traces.jsonl"),
            OpenApiParameter("map", OpenApiTypes.STR, many=True, description="A column, such as text=response"),
        ],
        responses={202: TraceImportSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Hand a file in and begin its import; columns are guessed from their names where `map` does not say them."""
        run = get_object_or_404(Run, slug=slug)
        filename = request.query_params.get("filename", "traces.jsonl")
        found = actions.hand_in(_body(request), run=run, by=actor(request), filename=filename, size=_size(request))
        rows = preview.first_rows(Path(found.file.path), found.format)
        try:
            columns = preview.chosen(rows, found.format, request.query_params.getlist("map"))
            actions.begin(found.pk, by=actor(request), columns=columns)
        except ValidationError:
            actions.cancel(found.pk, by=actor(request))
            raise
        found.refresh_from_db()
        address = reverse("api-trace-import-detail", args=[found.pk], request=request)
        return Response(
            TraceImportSerializer(found).data, status=status.HTTP_202_ACCEPTED, headers={"Location": address}
        )


class _Chunks(RawIOBase):
    """A body sent in chunks; whatever keeps the server from reading on is the sender's, and told to them."""

    def __init__(self, sent: IO[bytes]) -> None:
        self.sent = sent

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises UnreadablePostError where the body broke off or is not chunked as it says."""
        try:
            return self.sent.read(size)
        except Exception as error:
            raise UnreadablePostError from error


def _body(request: Request) -> IO[bytes]:
    """The body as it comes, never whole in memory; one sent in chunks has no length, which Django takes for empty."""
    if is_chunked(request) and request.META.get("wsgi.input_terminated"):  # the server says where it ends
        return cast(IO[bytes], _Chunks(request.META["wsgi.input"]))
    return request.stream or BytesIO()


def _size(request: Request) -> int:
    """The bytes that the body is said to have; 0 where nothing is said."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0


class TraceImports(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[TraceImport]):
    """Imports of traces with their reports, newest first."""

    queryset = TraceImport.objects.select_related("run")
    serializer_class = TraceImportSerializer

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Give an import up; nothing of it comes."""
        return Response(TraceImportSerializer(actions.cancel(self.get_object().pk, by=actor(request))).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Begin a failed import again."""
        return Response(TraceImportSerializer(actions.retry(self.get_object().pk, by=actor(request))).data)
