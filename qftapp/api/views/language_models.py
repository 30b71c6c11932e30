"""Language models and prompts, for programs."""

from rest_framework import mixins, viewsets
from rest_framework.pagination import CursorPagination

from qftapp.actors.models import LanguageModel
from qftapp.api.serializers import LanguageModelSerializer, PromptSerializer
from qftapp.runs.models import Prompt


class BySlug(CursorPagination):
    """A page of models at a time."""

    ordering = "slug"


class LanguageModels(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[LanguageModel],
):
    """Language models: list and one."""

    queryset = LanguageModel.objects.select_related("parent")
    serializer_class = LanguageModelSerializer
    pagination_class = BySlug
    lookup_field = "slug"


class Prompts(mixins.ListModelMixin, viewsets.GenericViewSet[Prompt]):
    """Prompts, newest first."""

    queryset = Prompt.objects.all()
    serializer_class = PromptSerializer
