"""Runs, for programs."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework import mixins, viewsets

from qftapp.api.serializers import RunSerializer
from qftapp.runs.models import Run, Trace


class Runs(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Run]):
    """Runs, newest first."""

    serializer_class = RunSerializer
    lookup_field = "slug"
    queryset = Run.objects.none()

    def get_queryset(self) -> QuerySet[Run]:
        """Return all runs, each with the number of its traces."""
        count = Trace.objects.filter(run=OuterRef("pk")).order_by().values("run").annotate(count=Count("pk"))
        runs = Run.objects.select_related("model", "release", "prompt").defer("release__archive")
        return runs.annotate(answered=Coalesce(Subquery(count.values("count")), 0))
