"""Exports, for programs: list, one, ask for one, its rows, its formats; cancel, try again."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from qftapp.api.acting import actor
from qftapp.api.serializers import ExportSerializer, NewExportSerializer
from qftapp.experiments.exporting import actions, keeping, queries
from qftapp.experiments.exporting.packaging import file_name, formats_of
from qftapp.experiments.models import Export

FILE = OpenApiResponse(OpenApiTypes.BINARY)


class Exports(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Export]):
    """Exports with their recipes and reports, newest first."""

    serializer_class = ExportSerializer
    lookup_field = "slug"
    queryset = Export.objects.none()

    def get_queryset(self) -> QuerySet[Export]:
        """Return all exports."""
        return queries.exports()

    @extend_schema(request=NewExportSerializer, responses={201: ExportSerializer})
    def create(self, request: Request) -> Response:
        """Ask for an export of a frozen release; `recipe` holds what differs from the defaults of its kind."""
        asked = NewExportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = {name: asked.validated_data[name] for name in ("release", "recipe", "slug")}
        export = actions.ask(by=actor(request), **given)
        return self._shown(export.slug, status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "application/gzip"): FILE})
    @action(detail=True)
    def rows(self, request: Request, slug: str) -> FileResponse:
        """The rows, JSON lines, gzipped; `sha256` is that of the lines."""
        export = self._done()
        name = f"{export.slug}.jsonl.gz"
        return FileResponse(export.file.open("rb"), as_attachment=True, filename=name, content_type="application/gzip")

    @extend_schema(responses={(200, "application/zip"): FILE})
    @action(detail=True, url_path="formats/(?P<code>[a-z-]+)", url_name="format")
    def formats(self, request: Request, slug: str, code: str) -> FileResponse:
        """The export in a format: jsonl, trl, huggingface; of RL also verl, inspect, lm-eval and verifiers."""
        export = self._done()
        if code not in formats_of(export.kind):
            raise NotFound(f"There is no format {code} of this kind; there are {', '.join(formats_of(export.kind))}.")
        opened = keeping.archive(export, code).open("rb")
        return FileResponse(
            opened, as_attachment=True, filename=file_name(export, code), content_type="application/zip"
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, slug: str) -> Response:
        """Give an export up; nothing of it stays."""
        return self._acted(actions.cancel, request)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, slug: str) -> Response:
        """Begin a failed export again."""
        return self._acted(actions.retry, request)

    def _acted(self, act: Callable[..., Export], request: Request) -> Response:
        return self._shown(act(self.get_object().pk, by=actor(request)).slug)

    def _done(self) -> Export:
        export = self.get_object()
        if export.state != Export.State.DONE:
            raise NotFound(f"The export is {export.get_state_display().lower()}, so there is nothing to fetch.")
        return export

    def _shown(self, slug: str, code: int = status.HTTP_200_OK) -> Response:
        return Response(ExportSerializer(self.get_queryset().get(slug=slug)).data, status=code)
