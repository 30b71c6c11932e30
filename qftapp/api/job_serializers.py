"""Training jobs as JSON: as they stand, and what workers send."""

import math
from typing import Any

from rest_framework import serializers

from qftapp.actors.models import LanguageModel
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.jobs.reporting import LONGEST_LOG, MOST_STEPS, Number
from qftapp.experiments.jobs.requesting import Wish
from qftapp.experiments.models import Checkpoint, Export, TrainingJob

MOST_NUMBERS = 5_000
"""Metrics of one report."""


class TrainingJobSerializer(serializers.ModelSerializer[TrainingJob]):
    """A training job as it stands; its claim is known to its worker alone."""

    base = serializers.CharField(source="base.slug")
    export = serializers.CharField(source="export.slug")
    rollouts = serializers.CharField(source="rollouts.slug", default=None)

    class Meta:
        model = TrainingJob
        fields = (
            "slug", "method", "base", "export", "config", "evaluation", "state", "progress", "steps", "worker",
            "heard_at", "attempts", "rollouts", "requested_at", "started_at", "finished_at", "error", "notes",
        )  # fmt: skip
        read_only_fields = fields


class RecipeSerializer(serializers.Serializer[Recipe]):
    """How the last checkpoint is evaluated."""

    release = serializers.CharField(max_length=80)
    split = serializers.CharField(max_length=10)
    samples = serializers.IntegerField(required=False, min_value=1)
    temperature = serializers.FloatField(required=False, min_value=0)
    max_tokens = serializers.IntegerField(required=False, min_value=1)


class NewJobSerializer(serializers.Serializer[Wish]):
    """A model to be trained on an export."""

    slug = serializers.SlugField(max_length=80, default="", allow_blank=True)
    method = serializers.ChoiceField(TrainingJob.Method.choices)
    base = serializers.SlugRelatedField(slug_field="slug", queryset=LanguageModel.objects.all())
    export = serializers.SlugRelatedField(slug_field="slug", queryset=Export.objects.all())
    config = serializers.DictField(default=dict, help_text="Options of the trainer; the rest are its defaults.")
    evaluation = RecipeSerializer(default=None, allow_null=True)
    notes = serializers.CharField(default="", allow_blank=True, max_length=20_000)

    @property
    def wish(self) -> Wish:
        """What is wished for."""
        given = dict(self.validated_data)
        recipe = given.pop("evaluation")
        return Wish(**given, evaluation=Recipe.from_json(dict(recipe)) if recipe else None)


class ClaimSerializer(serializers.Serializer[Any]):
    """A worker that looks for a job."""

    worker = serializers.CharField(max_length=120, help_text="What it calls itself, such as gpu-node-3.")
    methods = serializers.ListField(
        child=serializers.ChoiceField(TrainingJob.Method.choices), allow_empty=False, default=list(TrainingJob.Method)
    )
    claim = serializers.UUIDField(
        default=None, allow_null=True, help_text="Its own choice; asked again with it, the worker gets the same job."
    )


class ClaimedBaseSerializer(serializers.Serializer[Any]):
    """The weights that a job begins with."""

    slug = serializers.CharField()
    locator = serializers.CharField()


class ClaimedExportSerializer(serializers.Serializer[Any]):
    """The rows that a job trains on."""

    slug = serializers.CharField()
    kind = serializers.CharField()
    sha256 = serializers.CharField(help_text="Of the rows, uncompressed.")
    rows = serializers.IntegerField()


class ClaimedCheckpointSerializer(serializers.Serializer[Any]):
    """Weights that an earlier attempt wrote; where the worker can reach them, it goes on from them."""

    step = serializers.IntegerField()
    locator = serializers.CharField(source="model.locator")
    sha256 = serializers.CharField()


class ClaimedJobSerializer(serializers.ModelSerializer[TrainingJob]):
    """All that a worker needs to train."""

    base = ClaimedBaseSerializer()
    export = ClaimedExportSerializer()
    rollouts = serializers.CharField(source="rollouts.slug", default=None, help_text="The run that keeps rollouts.")
    checkpoint = serializers.SerializerMethodField()

    class Meta:
        model = TrainingJob
        fields = ("slug", "claim", "method", "config", "base", "export", "steps", "progress", "rollouts", "checkpoint")

    def get_checkpoint(self, job: TrainingJob) -> dict[str, Any] | None:
        """Show the newest weights."""
        newest = job.checkpoints.select_related("model").order_by("-pk").first()
        return ClaimedCheckpointSerializer(newest).data if newest else None


class MetricSerializer(serializers.Serializer[Number]):
    """A number of the trainer at a step."""

    name = serializers.CharField(max_length=80)
    step = serializers.IntegerField(min_value=0, max_value=MOST_STEPS)
    value = serializers.FloatField(allow_null=True, help_text="Null where it was no number.")


class ReportSerializer(serializers.Serializer[Any]):
    """What happened since the last report; the same report again changes nothing."""

    claim = serializers.UUIDField()
    progress = serializers.IntegerField(min_value=0, max_value=MOST_STEPS)
    steps = serializers.IntegerField(min_value=0, max_value=MOST_STEPS, default=0)
    metrics = serializers.ListField(child=MetricSerializer(), default=list, max_length=MOST_NUMBERS)
    log_tail = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)

    @property
    def numbers(self) -> list[Number]:
        """The metrics; a value that was no number is nan."""
        return [Number(**{**row, "value": _number(row["value"])}) for row in self.validated_data["metrics"]]

    def validate_log_tail(self, text: str) -> str:
        """Keep the end."""
        return text[-LONGEST_LOG:]


def _number(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else math.nan


class StateSerializer(serializers.Serializer[Any]):
    """Whether the worker is to go on."""

    state = serializers.ChoiceField(TrainingJob.State.choices)


class NewCheckpointSerializer(serializers.Serializer[Any]):
    """Weights that a job wrote; they stay where they are."""

    claim = serializers.UUIDField()
    step = serializers.IntegerField(min_value=0, max_value=MOST_STEPS)
    locator = serializers.CharField(max_length=300)
    sha256 = serializers.CharField(min_length=64, max_length=64)
    is_last = serializers.BooleanField(default=False)


class EvaluationSerializer(serializers.Serializer[Any]):
    """A run that waits for the worker's answers."""

    run = serializers.CharField(source="slug")
    release = serializers.CharField(source="release.name")
    split = serializers.CharField()
    samples = serializers.IntegerField(source="samples_per_item")
    sampling = serializers.DictField()


class RegisteredSerializer(serializers.Serializer[Any]):
    """The language model that the weights are, and the run that evaluates it."""

    model = serializers.CharField()
    evaluation = EvaluationSerializer(allow_null=True)


class EndSerializer(serializers.Serializer[Any]):
    """The end of a job; with an error it has failed."""

    claim = serializers.UUIDField()
    error = serializers.CharField(default="", allow_blank=True)


class LeaveSerializer(serializers.Serializer[Any]):
    """A job given back."""

    claim = serializers.UUIDField()


class CheckpointSerializer(serializers.ModelSerializer[Checkpoint]):
    """Weights that a job wrote, as a language model."""

    model = serializers.CharField(source="model.slug")
    locator = serializers.CharField(source="model.locator")

    class Meta:
        model = Checkpoint
        fields = ("step", "model", "locator", "sha256", "is_last", "created_at")
