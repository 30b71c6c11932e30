"""Gradings and contests, for programs."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qftapp.api.acting import actor
from qftapp.api.serializers import ContestSerializer, DecisionSerializer, GradingSerializer
from qftapp.runs.grading import actions, contesting
from qftapp.runs.models import Contest, Grade, Grading


class Gradings(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Grading]):
    """Gradings, newest first."""

    queryset = Grading.objects.select_related("run")
    serializer_class = GradingSerializer

    def _done(self, act: Callable[..., Any], request: Request) -> Response:
        act(self.get_object().pk, by=actor(request))
        return Response(GradingSerializer(self.get_object()).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a grading; what is graded stays."""
        return self._done(actions.cancel, request)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Let the grades of a grading count."""
        return self._done(actions.accept, request)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """Leave the grades that count."""
        return self._done(actions.reject, request)


class Contests(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Contest]):
    """Objections to grades, newest first."""

    queryset = Contest.objects.select_related("grade")
    serializer_class = ContestSerializer

    @extend_schema(request=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """Decide what becomes of an objection."""
        decision = DecisionSerializer(data=request.data)
        decision.is_valid(raise_exception=True)
        found = contesting.settle(self.get_object().pk, by=actor(request), **decision.validated_data)
        return Response(ContestSerializer(found).data)


class ContestOfTrace(APIView):
    """An objection to the grade of a trace that counts."""

    @extend_schema(request=ContestSerializer, responses={201: ContestSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Contest the grade that counts."""
        given = ContestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        grade = get_object_or_404(Grade, trace=pk, is_current=True)
        found = contesting.contest(grade.pk, by=actor(request), **given.validated_data)
        return Response(ContestSerializer(found).data, status=status.HTTP_201_CREATED)
