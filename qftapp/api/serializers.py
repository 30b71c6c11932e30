"""The rows of the API as JSON."""

from rest_framework import serializers

from qftapp.actors.models import LanguageModel
from qftapp.runs.models import Grade, Prompt, Run, Trace


class LanguageModelSerializer(serializers.ModelSerializer[LanguageModel]):
    """A language model; `parent` is the slug of the one it came from."""

    parent = serializers.SlugRelatedField(  # type: ignore[assignment]  # the class has an attribute of that name
        slug_field="slug", queryset=LanguageModel.objects.all(), required=False, allow_null=True
    )

    class Meta:
        model = LanguageModel
        fields = ("slug", "kind", "locator", "parent", "licence", "training_on_outputs", "notes")


class PromptSerializer(serializers.ModelSerializer[Prompt]):
    """A numbered wording in which items are put to a model."""

    class Meta:
        model = Prompt
        fields = ("name", "number", "system", "template", "created_at")
        read_only_fields = ("number", "created_at")


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run as it stands; `answered` counts its traces."""

    model = serializers.CharField(source="model.slug")
    release = serializers.CharField(source="release.name", default=None)
    prompt = serializers.SerializerMethodField()
    answered = serializers.IntegerField(read_only=True)

    class Meta:
        model = Run
        fields = (
            "slug", "model", "purpose", "origin", "state", "release", "split", "prompt", "endpoint", "sampling",
            "samples_per_item", "size", "answered", "requested_at", "started_at", "finished_at", "error", "notes",
        )  # fmt: skip
        read_only_fields = fields

    def get_prompt(self, run: Run) -> str | None:
        """Name and number of the prompt, such as “default 1”."""
        return str(run.prompt) if run.prompt else None


class GradeSerializer(serializers.ModelSerializer[Grade]):
    """What a version of the verifier says of a trace."""

    class Meta:
        model = Grade
        fields = (
            "verifier_version", "outcome", "reason", "diagnosis", "answer", "detail", "answer_group", "is_current",
            "created_at",
        )  # fmt: skip


class TraceSerializer(serializers.ModelSerializer[Trace]):
    """A trace without its text, with its current grade."""

    run = serializers.CharField(source="run.slug")
    item = serializers.CharField(source="item_version.item.slug")
    version = serializers.IntegerField(source="item_version.number")
    sample = serializers.IntegerField(source="sample_index")
    outcome = serializers.CharField(allow_null=True)
    diagnosis = serializers.CharField(allow_null=True)

    class Meta:
        model = Trace
        fields = (
            "id", "run", "item", "version", "sample", "finish_reason", "input_tokens", "output_tokens", "seconds",
            "characters", "created_at", "outcome", "diagnosis",
        )  # fmt: skip


class FullTraceSerializer(TraceSerializer):
    """A trace with its text and every grade."""

    grades = GradeSerializer(many=True)

    class Meta:
        model = Trace
        fields: tuple[str, ...] = (*TraceSerializer.Meta.fields, "text", "grades")
