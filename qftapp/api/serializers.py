"""The rows of the API as JSON."""

from typing import Any

from rest_framework import serializers

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.recipes import RecipeError, read_recipe
from qftapp.experiments.models import Export
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.asking.actions import Plan
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import MAX_SAMPLES, Contest, Grade, Grading, Prompt, Run, Trace, TraceImport
from qftapp.runs.tallies import tallies


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

    system = serializers.CharField(default="", allow_blank=True, max_length=20_000)
    after = serializers.IntegerField(write_only=True, min_value=0, help_text="The number that this one follows.")

    class Meta:
        model = Prompt
        fields = ("name", "number", "system", "template", "created_at", "after")
        read_only_fields = ("number", "created_at")
        validators: tuple[object, ...] = ()  # the act numbers it


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run as it stands; `answered` counts its traces."""

    model = serializers.CharField(source="model.slug")
    release = serializers.CharField(source="release.name", default=None)
    prompt = serializers.SerializerMethodField()
    answered = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = (
            "slug", "model", "purpose", "origin", "state", "release", "split", "prompt", "endpoint", "sampling",
            "samples_per_item", "size", "answered", "requested_at", "started_at", "finished_at", "error", "notes",
        )  # fmt: skip
        read_only_fields = fields

    def get_answered(self, run: Run) -> int:
        """How many traces it has; `tallies` of the context knows it of a whole page."""
        known = self.context.get("tallies") or tallies([run.pk])
        return int(known[run.pk].traces)

    def get_prompt(self, run: Run) -> str | None:
        """Name and number of the prompt, such as “default 1”."""
        return str(run.prompt) if run.prompt else None


class SamplingSerializer(serializers.Serializer[dict[str, float]]):
    """How a model draws its tokens; what is left out is the server's choice."""

    temperature = serializers.FloatField(required=False, min_value=0, max_value=2)
    top_p = serializers.FloatField(required=False, min_value=0, max_value=1)
    max_tokens = serializers.IntegerField(required=False, min_value=1)
    seed = serializers.IntegerField(required=False, min_value=0)


class AskSerializer(serializers.Serializer[Plan]):
    """What a run is to ask; the approved versions that `filters` find are taken where no release is named."""

    slug = serializers.SlugField(max_length=80, default="", allow_blank=True)
    model = serializers.SlugRelatedField(slug_field="slug", queryset=LanguageModel.objects.all())
    purpose = serializers.ChoiceField(Run.Purpose.choices)
    endpoint = serializers.CharField(max_length=80)
    prompt = serializers.CharField(default="default")
    prompt_number = serializers.IntegerField(required=False, min_value=1, help_text="The newest where it is left out.")
    release = serializers.SlugRelatedField(
        slug_field="name", queryset=Release.objects.defer("archive"), default=None, allow_null=True
    )
    split = serializers.ChoiceField(ReleaseEntry.Split.choices, default="", allow_blank=True)
    filters = serializers.DictField(child=serializers.CharField(allow_blank=True), default=dict)
    in_review = serializers.BooleanField(default=False)
    samples_per_item = serializers.IntegerField(default=1, min_value=1, max_value=MAX_SAMPLES)
    sampling = SamplingSerializer(default=dict)
    in_flight = serializers.IntegerField(default=16, min_value=1, max_value=1_024)
    request_seconds = serializers.IntegerField(default=1_800, min_value=1)
    notes = serializers.CharField(default="", allow_blank=True, max_length=20_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the prompt."""
        numbers = Prompt.objects.filter(name=attrs["prompt"]).order_by("-number")
        if "prompt_number" in attrs:
            numbers = numbers.filter(number=attrs.pop("prompt_number"))
        if not (prompt := numbers.first()):
            raise serializers.ValidationError({"prompt": "There is no such prompt."})
        return attrs | {"prompt": prompt}

    @property
    def plan(self) -> Plan:
        """What is to be asked."""
        given = dict(self.validated_data)
        chosen = {name: given.pop(name) for name in ("release", "split", "filters", "in_review")}
        return Plan(**given, selection=Selection(**chosen))


class ImportedRunSerializer(serializers.ModelSerializer[Run]):
    """A run that files of traces will fill."""

    model = serializers.SlugRelatedField(slug_field="slug", queryset=LanguageModel.objects.all())
    release = serializers.SlugRelatedField(
        slug_field="name", queryset=Release.objects.defer("archive"), required=False, allow_null=True
    )

    class Meta:
        model = Run
        fields = ("slug", "model", "purpose", "release", "notes")


class TraceImportSerializer(serializers.ModelSerializer[TraceImport]):
    """A file of traces on its way into a run, and its report."""

    run = serializers.CharField(source="run.slug")

    class Meta:
        model = TraceImport
        fields = (
            "id", "run", "format", "filename", "state", "progress", "bytes", "bytes_read", "sha256", "columns",
            "report", "error", "requested_at", "started_at", "finished_at",
        )  # fmt: skip

    def to_representation(self, instance: TraceImport) -> dict[str, Any]:
        """Return the row; in a list the reports leave the refused rows out, of which each may have thousands."""
        row: dict[str, Any] = super().to_representation(instance)
        if self.parent is not None:
            row["report"] = {name: value for name, value in row["report"].items() if name != "first_refused"}
        return row


class GradingSerializer(serializers.ModelSerializer[Grading]):
    """The verifier put to the traces of a run; where other grades count, its own count once accepted."""

    run = serializers.CharField(source="run.slug")

    class Meta:
        model = Grading
        fields = (
            "id", "run", "verifier_version", "state", "size", "progress", "error", "requested_at", "started_at",
            "finished_at", "accepted_at", "rejected_at",
        )  # fmt: skip


class ContestSerializer(serializers.ModelSerializer[Contest]):
    """An objection to a grade."""

    trace = serializers.IntegerField(source="grade.trace_id", read_only=True)
    outcome = serializers.CharField(source="grade.outcome", read_only=True)

    class Meta:
        model = Contest
        fields = ("id", "trace", "outcome", "expected", "reason", "created_at", "decision", "decided_at", "remark")
        read_only_fields = ("id", "created_at", "decision", "decided_at", "remark")


class DecisionSerializer(serializers.Serializer[Contest]):
    """What becomes of an objection."""

    decision = serializers.ChoiceField([choice for choice in Contest.Decision.choices if choice[0]])
    remark = serializers.CharField(default="", allow_blank=True, max_length=20_000)


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


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export with its recipe and, once it is done, its report."""

    release = serializers.CharField(source="release.name")
    items = serializers.IntegerField(source="item_count")

    class Meta:
        model = Export
        fields = (
            "slug", "kind", "release", "state", "size", "rows", "items", "progress", "sha256", "recipe", "report",
            "error", "requested_at", "started_at", "finished_at",
        )  # fmt: skip


class NewExportSerializer(serializers.Serializer[Export]):
    """What an export is to be made of."""

    kind = serializers.ChoiceField(Export.Kind.choices)
    release = serializers.SlugRelatedField(slug_field="name", queryset=Release.objects.defer("archive"))
    slug = serializers.SlugField(max_length=80, default="", allow_blank=True)
    recipe = serializers.DictField(default=dict, help_text="See docs/exports.md; what is left out has its default.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Read the recipe; what is wrong with it comes back by the path of the field."""
        try:
            attrs["recipe"] = read_recipe(attrs["kind"], attrs["recipe"])
        except RecipeError as error:
            faults = {problem.path or "recipe": [problem.message] for problem in error.problems}
            raise serializers.ValidationError({"recipe": faults}) from None
        return attrs
