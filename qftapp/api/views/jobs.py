"""Training jobs, for programs: asked for, followed; claimed and reported by workers."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from qftapp.api import job_serializers as shapes
from qftapp.api.acting import actor
from qftapp.experiments.jobs import claiming, curves, reporting, requesting
from qftapp.experiments.models import TrainingJob

LOST = OpenApiResponse(description="The claim is lost; nothing changed.")


class Jobs(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[TrainingJob]):
    """Training jobs, newest first."""

    queryset = TrainingJob.objects.select_related("base", "export", "rollouts")
    serializer_class = shapes.TrainingJobSerializer
    lookup_field = "slug"

    @extend_schema(request=shapes.NewJobSerializer, responses={201: shapes.TrainingJobSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a job; a worker will claim it."""
        sent = shapes.NewJobSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        job = requesting.request(sent.wish, by=actor(request))
        return Response(shapes.TrainingJobSerializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.TrainingJobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, slug: str) -> Response:
        """Stop a job; its worker hears of it with its next report."""
        return self._shown(requesting.cancel(self.get_object().pk, by=actor(request)))

    @extend_schema(request=None, responses=shapes.TrainingJobSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, slug: str) -> Response:
        """Offer a job that failed or was cancelled again."""
        return self._shown(requesting.resume(self.get_object().pk, by=actor(request)))

    @extend_schema(responses=shapes.CheckpointSerializer(many=True), methods=["GET"], filters=False)
    @extend_schema(
        request=shapes.NewCheckpointSerializer,
        responses={200: shapes.RegisteredSerializer, 409: LOST},
        methods=["POST"],
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def checkpoints(self, request: Request, slug: str) -> Response:
        """The weights that a job wrote; or, of its worker, register some. The last ones are evaluated."""
        if request.method == "GET":
            found = self.get_object().checkpoints.select_related("model")
            return Response(shapes.CheckpointSerializer(found, many=True).data)
        sent = shapes.NewCheckpointSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        checkpoint, run = reporting.register(slug, by=actor(request), **sent.validated_data)
        evaluation = shapes.EvaluationSerializer(run).data if run else None
        return Response({"model": checkpoint.model.slug, "evaluation": evaluation})

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def curves(self, request: Request, slug: str) -> Response:
        """The metrics of a job as curves of a few hundred points each; highest and lowest values are always kept."""
        return Response(curves.curves_of([self.get_object()]))

    @extend_schema(
        request=shapes.ClaimSerializer,
        responses={200: shapes.ClaimedJobSerializer, 204: OpenApiResponse(description="No job waits.")},
    )
    @action(detail=False, methods=["post"])
    def claim(self, request: Request) -> Response:
        """Claim the job that waits longest."""
        sent = shapes.ClaimSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        job = claiming.claim(by=actor(request), as_claim=given.pop("claim"), **given)
        if job is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(shapes.ClaimedJobSerializer(job).data)

    @extend_schema(request=shapes.ReportSerializer, responses={200: shapes.StateSerializer, 409: LOST})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, slug: str) -> Response:
        """Say how far a claimed job has come; the answer says whether to go on."""
        sent = shapes.ReportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data | {"metrics": sent.numbers}
        return self._state(reporting.report(slug, by=actor(request), **given))

    @extend_schema(request=shapes.EndSerializer, responses={200: shapes.StateSerializer, 409: LOST})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, slug: str) -> Response:
        """Say that a claimed job is done, or why it failed."""
        sent = shapes.EndSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return self._state(reporting.end(slug, by=actor(request), **sent.validated_data))

    @extend_schema(request=shapes.LeaveSerializer, responses={200: shapes.StateSerializer, 409: LOST})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, slug: str) -> Response:
        """Give a claimed job back to the queue."""
        sent = shapes.LeaveSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return self._state(claiming.leave(slug, by=actor(request), **sent.validated_data))

    def _shown(self, job: TrainingJob) -> Response:
        return Response(shapes.TrainingJobSerializer(job).data)

    def _state(self, job: TrainingJob) -> Response:
        return Response({"state": job.state})
