"""Runs, for programs: list, one, ask a model, make one for files; cancel, go on, grade."""

from collections.abc import Callable

from django.db.models import QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from qftapp.actors.models import User
from qftapp.api.acting import actor
from qftapp.api.serializers import AskSerializer, GradingSerializer, ImportedRunSerializer, RunSerializer
from qftapp.runs import queries
from qftapp.runs.asking import actions as asking
from qftapp.runs.grading import actions as grading
from qftapp.runs.importing import actions as importing
from qftapp.runs.models import Run
from qftapp.runs.tallies import tallies

NEW_RUN = PolymorphicProxySerializer(
    component_name="NewRun",
    serializers={"asked": AskSerializer, "imported": ImportedRunSerializer},
    resource_type_field_name="origin",
)


class Runs(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Run]):
    """Runs, newest first."""

    serializer_class = RunSerializer
    lookup_field = "slug"
    queryset = Run.objects.none()

    def get_queryset(self) -> QuerySet[Run]:
        """Return all runs."""
        return queries.runs({}).select_related("prompt")

    def list(self, request: Request) -> Response:
        """Return a page of runs, newest first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        counted = {"tallies": tallies([run.pk for run in page])}
        return self.get_paginated_response(RunSerializer(page, many=True, context=counted).data)

    @extend_schema(request=NEW_RUN, responses={201: RunSerializer})
    def create(self, request: Request) -> Response:
        """Ask a model (`origin` asked), or make a run that files of traces will fill (`origin` imported)."""
        origin = request.data.get("origin") if isinstance(request.data, dict) else None
        if origin == Run.Origin.IMPORTED:
            imported = ImportedRunSerializer(data=request.data)
            imported.is_valid(raise_exception=True)
            run = importing.make_run(Run(**imported.validated_data), by=actor(request))
        else:
            asked = AskSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            run = asking.start(asked.plan, by=actor(request))
        return self._shown(run.slug, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, slug: str) -> Response:
        """Stop a run that asks a model; what came stays."""
        return self._done(asking.cancel, actor(request))

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"], url_path="go-on")
    def go_on(self, request: Request, slug: str) -> Response:
        """Ask for what a run lacks, with the requests that failed for good."""
        return self._done(asking.go_on, actor(request))

    @extend_schema(request=None, responses={201: GradingSerializer})
    @action(detail=True, methods=["post"])
    def grade(self, request: Request, slug: str) -> Response:
        """Have the traces graded by the verifier of now; where other grades count, accept the grading afterwards."""
        found = grading.request(self.get_object().pk, by=actor(request))
        return Response(GradingSerializer(found).data, status=status.HTTP_201_CREATED)

    def _done(self, act: Callable[..., Run], by: User) -> Response:
        run = self.get_object()
        act(run.pk, by=by)
        return self._shown(run.slug)

    def _shown(self, slug: str, code: int = status.HTTP_200_OK) -> Response:
        return Response(RunSerializer(self.get_queryset().get(slug=slug)).data, status=code)
