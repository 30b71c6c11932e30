"""Who acts and answers, what was done, and the shape of work that runs in the background."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.urls import reverse

from qftapp.revision import code_revision


class User(AbstractUser):
    """A person or a robot who acts; roles are Django groups, see `permissions`."""

    is_robot = models.BooleanField(default=False, help_text="Acts for a program, such as automatic quality control.")
    language_model = models.OneToOneField(
        "LanguageModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="robot",
        help_text="The one in whose name a robot labels.",
    )

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="only_robots_stand_for_language_models",
                condition=Q(language_model__isnull=True) | Q(is_robot=True),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ApiToken(models.Model):
    """A secret by which a person's program acts for them; only its digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="Where it is used, such as gpu-node-3.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_token_per_user_and_name")]

    def __str__(self) -> str:
        return self.name


class LanguageModel(models.Model):
    """A language model that answers items: behind an API, with open weights, or a checkpoint of a job of ours."""

    class Kind(models.TextChoices):
        API = "api", "API model"
        OPEN_WEIGHTS = "open_weights", "Open-weights model"
        CHECKPOINT = "checkpoint", "Checkpoint"

    class Terms(models.TextChoices):
        UNKNOWN = "unknown", "Not known"
        ALLOWED = "allowed", "Allowed"
        FORBIDDEN = "forbidden", "Forbidden"

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    locator = models.CharField(
        max_length=300, help_text="What a server calls it, or where its weights are, such as Qwen/Qwen3-4B."
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", help_text="What it came from."
    )
    licence = models.CharField(max_length=120, blank=True, help_text="As its maker states it, such as Apache-2.0.")
    training_on_outputs = models.CharField(
        max_length=10,
        choices=Terms,
        default=Terms.UNKNOWN,
        help_text="Whether its terms allow training other models on what it writes.",
    )
    notes = models.TextField(max_length=20_000, blank=True, help_text="Chat template, date, anything a reader needs.")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="language_models"
    )

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="checkpoint_has_a_parent", condition=~Q(kind="checkpoint") | Q(parent__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("language_model", args=[self.slug])


class Event(models.Model):
    """One act of one actor on one subject; the table only grows (a trigger refuses change)."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, help_text="Table and id, such as item_version:412.")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject", "-at"], name="event_by_subject"),
            models.Index(fields=["-at", "-id"], name="events_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb} {self.subject}"


class Work(models.Model):
    """Something a person asked for that runs in the background, with its progress and its end."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    NEXT_STATES = {
        State.QUEUED: {State.RUNNING, State.CANCELLED, State.FAILED},
        State.RUNNING: {State.DONE, State.FAILED, State.CANCELLED, State.QUEUED},
        State.DONE: set(),
        State.FAILED: {State.QUEUED},
        State.CANCELLED: set(),
    }
    ENDED = (State.DONE, State.FAILED, State.CANCELLED)

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveIntegerField(default=0, help_text="Units done so far.")
    code_revision = models.CharField(
        max_length=60, blank=True, default=code_revision, help_text="Of the code that took the request."
    )
    error = models.TextField(blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_finished_at_is_set_iff_ended",
                condition=Q(state__in=("done", "failed", "cancelled"), finished_at__isnull=False)
                | Q(state__in=("queued", "running"), finished_at__isnull=True),
            )
        ]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to this work."""
        return self.state in self.ENDED
