"""What people saw in traces: taxonomies with their categories, campaigns, annotations with their marks."""

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from qftapp.actors.models import LanguageModel, Work
from qftapp.runs.models import MAX_IN_FLIGHT, Trace

MAX_COMMENT = 20_000
MAX_NOTE = 4_000
"""Characters of a comment, and of each text of a mark. Django asks neither of what does not come from a form."""


class Taxonomy(models.Model):
    """A numbered set of error categories with its guide; once published it never changes (a trigger refuses)."""

    slug = models.SlugField(max_length=80)
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    title = models.CharField(max_length=200)
    guide = models.TextField(max_length=100_000, blank=True, help_text="How to label with it, in Markdown.")
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="following")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["slug", "-number"]
        verbose_name_plural = "taxonomies"
        constraints = [models.UniqueConstraint(fields=["slug", "number"], name="one_taxonomy_per_slug_and_number")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("taxonomy", args=[self.slug, self.number])

    @property
    def is_published(self) -> bool:
        """Whether it can no longer change."""
        return self.published_at is not None


class ErrorCategory(models.Model):
    """One way for a step to be wrong; a category below another is a finer kind of it."""

    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.CASCADE, related_name="categories")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    definition = models.TextField(max_length=2_000)
    example = models.TextField(max_length=2_000, blank=True)
    hotkey = models.CharField(max_length=1, blank=True)
    position = models.PositiveIntegerField(default=0)
    replaces = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="replaced_by", help_text="Categories of the number before."
    )

    class Meta:
        ordering = ["taxonomy", "position", "code"]
        verbose_name_plural = "error categories"
        constraints = [
            models.UniqueConstraint(fields=["taxonomy", "code"], name="one_category_per_taxonomy_and_code"),
            models.UniqueConstraint(
                fields=["taxonomy", "hotkey"], condition=~Q(hotkey=""), name="one_category_per_taxonomy_and_hotkey"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """Some traces that some people label with one taxonomy, each trace by so many of them."""

    class Suggestions(models.TextChoices):
        NEVER = "never", "Never"
        AFTER = "after", "After one's own submission"
        BEFORE = "before", "From the beginning"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.PROTECT, related_name="campaigns")
    selection = models.JSONField(default=dict, blank=True, help_text="The recipe by which its traces were chosen.")
    overlap = models.PositiveIntegerField(
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="How many people label each trace.",
    )
    is_blind = models.BooleanField(default=True, help_text="No model, no grade, no other labels before submission.")
    suggestions = models.CharField(max_length=6, choices=Suggestions, default=Suggestions.NEVER)
    instructions = models.TextField(max_length=20_000, blank=True)
    due = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="campaigns")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="campaign_has_an_overlap", condition=Q(overlap__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.slug])


class CampaignTrace(models.Model):
    """A trace in the queue of a campaign; a gold one has an adjudicated annotation that people are measured by."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="entries")
    trace = models.ForeignKey(Trace, on_delete=models.PROTECT, related_name="campaign_entries")
    position = models.PositiveIntegerField(help_text="Where it stands in the queue, from 0.")
    is_gold = models.BooleanField(default=False)

    class Meta:
        ordering = ["campaign", "position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "trace"], name="one_entry_per_campaign_and_trace"),
            models.UniqueConstraint(fields=["campaign", "position"], name="one_entry_per_campaign_and_position"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.position}"


class Annotation(models.Model):
    """One judgement of a trace; assigned when it is opened, given once submitted, then frozen.

    A person's own is independent; one more settles a difference; a language model's is suggested and counts for nobody.
    """

    class Kind(models.TextChoices):
        INDEPENDENT = "independent", "Independent"
        ADJUDICATED = "adjudicated", "Adjudicated"
        SUGGESTED = "suggested", "Suggested by a language model"

    class Verdict(models.TextChoices):
        SOUND = "sound", "Sound"
        FLAWED = "flawed", "Flawed"
        BAD_ITEM = "bad_item", "Bad item"
        UNSURE = "unsure", "Unsure"

    class Skip(models.TextChoices):
        TOO_LONG = "too_long", "Too long"
        NOT_MY_FIELD = "not_my_field", "Not my field"
        UNREADABLE = "unreadable", "Cannot be read"
        KNOWN = "known", "I know this trace"
        OTHER = "other", "Other"

    trace = models.ForeignKey(Trace, on_delete=models.PROTECT, related_name="annotations")
    taxonomy = models.ForeignKey(Taxonomy, on_delete=models.PROTECT, related_name="annotations")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="annotations")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="annotations")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDEPENDENT)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    skip = models.CharField(max_length=14, choices=Skip, blank=True, help_text="Why it was passed over.")
    comment = models.TextField(max_length=MAX_COMMENT, blank=True, validators=[MaxLengthValidator(MAX_COMMENT)])
    seconds = models.PositiveIntegerField(default=0, help_text="Time spent with the trace in view.")
    steps_version = models.CharField(max_length=20, blank=True, help_text="Of the splitting into steps.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts saves, so that two tabs notice each other.")
    assigned_at = models.DateTimeField()
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-assigned_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trace", "taxonomy", "annotator"],
                condition=Q(kind="independent"),
                name="one_independent_annotation_per_person",
            ),
            models.UniqueConstraint(
                fields=["trace", "taxonomy"],
                condition=Q(kind="adjudicated"),
                name="one_adjudicated_annotation_per_trace_and_taxonomy",
            ),
            models.UniqueConstraint(
                fields=["trace", "taxonomy", "annotator"],
                condition=Q(kind="suggested"),
                name="one_suggested_annotation_per_model",
            ),
            models.CheckConstraint(
                name="submitted_annotation_has_a_verdict_or_a_skip",
                condition=Q(submitted_at__isnull=True) | (~Q(verdict="") & Q(skip="")) | (Q(verdict="") & ~Q(skip="")),
            ),
        ]
        indexes = [
            models.Index(fields=["annotator", "-assigned_at"], name="annotations_of_person"),
            models.Index(fields=["campaign", "trace"], name="annotations_of_campaign"),
        ]

    def __str__(self) -> str:
        return f"annotation {self.pk}"

    @property
    def is_submitted(self) -> bool:
        """Whether it counts and can no longer change."""
        return self.submitted_at is not None

    @property
    def is_blind(self) -> bool:
        """Whether its annotator is to see neither model nor grade: in a blind campaign until it is submitted."""
        return not self.is_submitted and (self.campaign is None or self.campaign.is_blind)


_NOTE = [MaxLengthValidator(MAX_NOTE)]


class SpanLabel(models.Model):
    """A mark on a part of a trace: what is wrong there; offsets count characters of the trace's text."""

    class Severity(models.TextChoices):
        MAJOR = "major", "Major"
        MINOR = "minor", "Minor"

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="marks")
    category = models.ForeignKey(ErrorCategory, on_delete=models.PROTECT, related_name="marks")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    severity = models.CharField(max_length=5, choices=Severity, default=Severity.MAJOR)
    propagates = models.BooleanField(default=False, help_text="Whether later steps are wrong because of it.")
    claim = models.TextField(
        max_length=MAX_NOTE, blank=True, validators=_NOTE, help_text="What the trace says, quoted."
    )
    correction = models.TextField(max_length=MAX_NOTE, blank=True, validators=_NOTE, help_text="What is right.")
    note = models.TextField(max_length=MAX_NOTE, blank=True, validators=_NOTE)

    class Meta:
        ordering = ["annotation", "start", "end", "id"]
        constraints = [models.CheckConstraint(name="mark_starts_before_it_ends", condition=Q(start__lt=F("end")))]

    def __str__(self) -> str:
        return f"{self.start}–{self.end}"


class Suggesting(Work):
    """A language model put to the traces of a campaign, to suggest annotations of them."""

    # One that was stopped, or in which requests failed, may go on: it asks for what is missing.
    NEXT_STATES = {
        **Work.NEXT_STATES,
        Work.State.DONE: {Work.State.QUEUED},
        Work.State.CANCELLED: {Work.State.QUEUED},
    }

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="suggestings")
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="suggestings")
    endpoint = models.CharField(max_length=80, help_text="Name of the server in the settings.")
    sampling = models.JSONField(default=dict, blank=True, help_text="temperature, max_tokens.")
    in_flight = models.PositiveSmallIntegerField(
        default=8, validators=[MinValueValidator(1), MaxValueValidator(MAX_IN_FLIGHT)]
    )
    request_seconds = models.PositiveIntegerField(
        default=600, validators=[MinValueValidator(1), MaxValueValidator(86_400)]
    )
    size = models.PositiveIntegerField(help_text="Traces it is asked about.")

    class Meta(Work.Meta):
        ordering = ["-requested_at", "-id"]
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["campaign", "model"],
                condition=Q(state__in=("queued", "running")),
                name="one_open_suggesting_per_campaign_and_model",
            ),
        ]

    def __str__(self) -> str:
        return f"suggestions of {self.model}"


class FailedSuggestion(models.Model):
    """A trace about which a model was asked in vain: no answer came, or one that cannot be read, which is kept."""

    suggesting = models.ForeignKey(Suggesting, on_delete=models.CASCADE, related_name="failed")
    trace = models.ForeignKey(Trace, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    reply = models.TextField(blank=True, help_text="What cannot be read; empty where no answer came.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["suggesting", "-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["suggesting", "trace"], name="one_failed_suggestion_per_trace"),
        ]

    def __str__(self) -> str:
        return f"{self.suggesting_id} {self.trace_id}: {self.reason}"
