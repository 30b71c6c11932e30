"""Exports of training data, training jobs with their metrics, and the checkpoints that jobs make."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from qftapp.actors.models import LanguageModel, Work
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release
from qftapp.runs.models import Run


class Export(Work):
    """Training data made from a frozen release by a recipe; once done it never changes (a trigger refuses)."""

    class Kind(models.TextChoices):
        SFT = "sft", "Supervised fine-tuning"
        RL = "rl", "Reinforcement learning"
        PROCESS = "process", "Process labels"

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="exports")
    recipe = models.JSONField(default=dict, blank=True, help_text="How its rows are chosen and rendered.")
    size = models.PositiveIntegerField(default=0, help_text="Rows it looks at.")
    rows = models.PositiveIntegerField(default=0, help_text="Rows it holds.")
    report = models.JSONField(default=dict, blank=True, help_text="What was left out, and why.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of its rows as JSON lines, uncompressed.")
    file = models.FileField(upload_to="exports/%Y/%m", max_length=300, blank=True, help_text="Its rows, gzipped.")

    class Meta(Work.Meta):
        ordering = ["-requested_at", "-id"]
        constraints = [
            *Work.Meta.constraints,
            models.CheckConstraint(
                name="export_is_done_iff_hashed",
                condition=(Q(state="done") & ~Q(sha256="") & ~Q(file="")) | (~Q(state="done") & Q(sha256="", file="")),
            ),
            models.UniqueConstraint(fields=["sha256"], condition=~Q(sha256=""), name="one_export_of_these_rows"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("export", args=[self.slug])


class ExportItem(models.Model):
    """A version that stands in an export, and in how many of its rows."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="items")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="export_items")
    rows = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["export", "item_version__item__slug"]
        constraints = [
            models.UniqueConstraint(fields=["export", "item_version"], name="one_entry_per_export_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.item_version_id}"


class TrainingJob(Work):
    """A model trained on an export by a worker elsewhere, which claims it, reports and returns checkpoints.

    Its `progress` counts optimiser steps. A worker that is not heard of loses its claim, and the job is offered again.
    A job that has ended keeps the claim, so that its worker may repeat what it said last and wind up.
    """

    class Method(models.TextChoices):
        SFT = "sft", "SFT"
        GRPO = "grpo", "GRPO"

    # What failed may be begun again, and so may what was cancelled: its last checkpoint is where it goes on.
    NEXT_STATES = {**Work.NEXT_STATES, Work.State.CANCELLED: {Work.State.QUEUED}}

    slug = models.SlugField(max_length=80, unique=True)
    method = models.CharField(max_length=10, choices=Method)
    base = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="training_jobs")
    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="training_jobs")
    config = models.JSONField(default=dict, blank=True, help_text="What the trainer is told, as its YAML file says it.")
    evaluation = models.JSONField(
        default=dict, blank=True, help_text="How its last checkpoint is evaluated: release, splits, samples; or not."
    )
    notes = models.TextField(max_length=20_000, blank=True)
    steps = models.PositiveIntegerField(default=0, help_text="Optimiser steps it will take; 0 until the worker knows.")
    worker = models.CharField(max_length=120, blank=True, help_text="Who has claimed it, as the worker calls itself.")
    claim = models.UUIDField(null=True, blank=True, unique=True, help_text="Proves to us that the worker has it still.")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When the worker was last heard of.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often it was claimed.")
    log_tail = models.TextField(blank=True, help_text="The last lines of its log.")
    rollouts = models.OneToOneField(
        Run,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The run that keeps what the model wrote while it was trained.",
    )

    class Meta(Work.Meta):
        ordering = ["-requested_at", "-id"]
        constraints = [
            *Work.Meta.constraints,
            models.CheckConstraint(
                name="training_job_runs_claimed_and_waits_unclaimed",
                condition=Q(state="running", claim__isnull=False, heard_at__isnull=False)
                | Q(state="queued", claim__isnull=True)
                | Q(state__in=("done", "failed", "cancelled")),
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("training_job", args=[self.slug])


class Metric(models.Model):
    """One number of a job at one optimiser step; what is reported again replaces it."""

    job = models.ForeignKey(TrainingJob, on_delete=models.CASCADE, related_name="metrics")
    name = models.CharField(max_length=80)
    step = models.PositiveIntegerField()
    value = models.FloatField()

    class Meta:
        ordering = ["job", "name", "step"]
        constraints = [models.UniqueConstraint(fields=["job", "name", "step"], name="one_metric_per_job_name_and_step")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.name} {self.step}"


class Checkpoint(models.Model):
    """Weights that a job wrote at a step, as a language model of their own; the weights stay where they are."""

    job = models.ForeignKey(TrainingJob, on_delete=models.PROTECT, related_name="checkpoints")
    step = models.PositiveIntegerField()
    model = models.OneToOneField(LanguageModel, on_delete=models.PROTECT, related_name="checkpoint")
    sha256 = models.CharField(max_length=64, help_text="Of its files in the order of their names.")
    is_last = models.BooleanField(default=False, help_text="Whether the job ended with it.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["job", "-step"]
        constraints = [
            # A worker that begins again elsewhere comes to the same step with other weights.
            models.UniqueConstraint(fields=["job", "step", "sha256"], name="one_checkpoint_per_job_step_and_weights"),
            models.UniqueConstraint(fields=["job"], condition=Q(is_last=True), name="one_last_checkpoint_per_job"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} at {self.step}"
