"""What is put to models: prompts, runs with their items, requests that failed."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from qftapp.actors.models import LanguageModel, Work
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release, ReleaseEntry

MAX_SAMPLES = 1_024
"""Samples of one item that a run asks for."""

MAX_KEPT_SAMPLES = 1_000_000
"""Samples of one item that files may bring: GRPO writes a group at each of some thousand steps."""

MAX_IN_FLIGHT = 512
"""Requests of a run that wait at the same time; a server batches them, a vendor counts them."""


class Prompt(models.Model):
    """A wording in which items are put to a model; it never changes, a new wording has the next number."""

    name = models.SlugField(max_length=80)
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    system = models.TextField(max_length=20_000, blank=True, help_text="The system message; none where it is empty.")
    template = models.TextField(
        max_length=20_000, help_text="The message, with {statement}, {requirements} and {conventions} in their places."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "-number"]
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="one_prompt_per_name_and_number")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Run(Work):
    """A model put to some items, each so many times; or such answers brought in from a file."""

    class Purpose(models.TextChoices):
        EVALUATE = "evaluate", "Evaluate"
        TEACH = "teach", "Teach"
        CHECK_ITEMS = "check_items", "Check items"

    class Origin(models.TextChoices):
        ASKED = "asked", "Asked from here"
        IMPORTED = "imported", "Imported"
        WRITTEN = "written", "Written by hand for the demo"
        RECONSTRUCTED = "reconstructed", "Reconstructed from a paper's aggregates"

    CAVEATS = {
        Origin.WRITTEN: "Written by hand for the demo; no model wrote this.",
        Origin.RECONSTRUCTED: "Reconstructed from a paper's aggregates: no model wrote it, and it is nobody's trace. "
        "Intervals, and whatever a single item or answer shows, were made up.",
    }

    # An asked run that was stopped, or in which requests failed, may go on: it asks for what is missing.
    NEXT_STATES = {
        **Work.NEXT_STATES,
        Work.State.DONE: {Work.State.QUEUED},
        Work.State.CANCELLED: {Work.State.QUEUED},
    }

    slug = models.SlugField(max_length=80, unique=True)
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="runs")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.EVALUATE)
    origin = models.CharField(max_length=16, choices=Origin)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    split = models.CharField(max_length=10, choices=ReleaseEntry.Split, blank=True)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    endpoint = models.CharField(max_length=80, blank=True, help_text="Name of the server in the settings.")
    sampling = models.JSONField(default=dict, blank=True, help_text="temperature, top_p, max_tokens, seed.")
    samples_per_item = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_SAMPLES)]
    )
    in_flight = models.PositiveSmallIntegerField(
        default=16,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_IN_FLIGHT)],
        help_text="Requests that wait for an answer at the same time.",
    )
    request_seconds = models.PositiveIntegerField(
        default=1_800,
        validators=[MinValueValidator(1), MaxValueValidator(86_400)],
        help_text="Seconds after which a request without an answer is given up.",
    )
    size = models.PositiveIntegerField(default=0, help_text="Answers it asks for, or rows of its file.")
    notes = models.TextField(max_length=20_000, blank=True)

    class Meta(Work.Meta):
        ordering = ["-requested_at", "-id"]
        constraints = [
            *Work.Meta.constraints,
            models.CheckConstraint(
                name="asked_run_has_prompt_and_endpoint",
                condition=~Q(origin="asked") | (Q(prompt__isnull=False) & ~Q(endpoint="")),
            ),
            models.CheckConstraint(
                name="evaluation_has_a_release_and_a_split",
                condition=~Q(purpose="evaluate", origin="asked") | (Q(release__isnull=False) & ~Q(split="")),
            ),
        ]
        indexes = [models.Index(fields=["-requested_at", "-id"], name="runs_newest_first")]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.slug])

    @property
    def caveat(self) -> str:
        """What a reader must know of its answers; empty where a model wrote them."""
        return self.CAVEATS.get(self.Origin(self.origin), "")


class RunItem(models.Model):
    """A version that a run puts to its model."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="run_items")

    class Meta:
        ordering = ["run", "item_version__item__slug"]
        constraints = [models.UniqueConstraint(fields=["run", "item_version"], name="one_entry_per_run_and_version")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.item_version_id}"


class FailedRequest(models.Model):
    """A request of a run that failed for good; it leaves when the request is tried again."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="failed_requests")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    sample_index = models.PositiveIntegerField()
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "item_version", "sample_index"], name="one_failed_request_per_run_version_and_sample"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.item_version_id} {self.sample_index}: {self.reason}"
