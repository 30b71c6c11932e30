"""Language models and prompts, for programs."""

from rest_framework import mixins, viewsets
from rest_framework.serializers import BaseSerializer

from qftapp.actors.models import LanguageModel
from qftapp.api.acting import actor
from qftapp.api.paging import ByKey
from qftapp.api.serializers import LanguageModelSerializer, PromptSerializer
from qftapp.runs import prompts
from qftapp.runs.models import Prompt
from qftapp.runs.registering import save_model


class BySlug(ByKey):
    """A page of models at a time."""

    ordering = "slug"


class LanguageModels(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[LanguageModel],
):
    """Language models: list, one, register, change; engineers register and change."""

    queryset = LanguageModel.objects.select_related("parent")
    serializer_class = LanguageModelSerializer
    pagination_class = BySlug
    lookup_field = "slug"
    http_method_names = ("get", "post", "patch", "head", "options")

    def perform_create(self, serializer: BaseSerializer[LanguageModel]) -> None:
        """Register the model."""
        serializer.instance = save_model(LanguageModel(**serializer.validated_data), by=actor(self.request))

    def perform_update(self, serializer: BaseSerializer[LanguageModel]) -> None:
        """Change what is known of the model."""
        model = self.get_object()
        for name, value in serializer.validated_data.items():
            setattr(model, name, value)
        serializer.instance = save_model(model, by=actor(self.request))


class Prompts(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet[Prompt]):
    """Prompts, newest first; engineers write the next number, which follows `after` (0 for a new prompt)."""

    queryset = Prompt.objects.all()
    serializer_class = PromptSerializer

    def perform_create(self, serializer: BaseSerializer[Prompt]) -> None:
        """Write the next number."""
        serializer.instance = prompts.write_prompt(by=actor(self.request), **serializer.validated_data)
