"""Lineage, for programs: where a model comes from, and which models an item has trained."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qftapp.actors.models import LanguageModel
from qftapp.experiments import lineage
from qftapp.items.models import Item


class LineageOfModel(APIView):
    """Where a model comes from."""

    @extend_schema(operation_id="models_lineage", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """Jobs, exports, releases, versions, authors, reviewers and sources, the last training first."""
        return Response(lineage.as_json(get_object_or_404(LanguageModel, slug=slug)))


class LineageOfItem(APIView):
    """What became of an item."""

    @extend_schema(operation_id="items_lineage", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """Exports that hold it and every model trained on it, in its own training or in its base's."""
        return Response(lineage.item_as_json(get_object_or_404(Item, slug=slug)))
