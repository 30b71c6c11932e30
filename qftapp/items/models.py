"""What we ask: sources, their problems, and items with their versions and reviews."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    ProhibitNullCharactersValidator,
)
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from qftapp.actors.models import Work
from qftapp.items.topics import DOMAIN_CHOICES, TOPIC_CHOICES

MAX_PROSE = 100_000
"""Characters a statement or solution may have; the longest textbook problem has about 8,000."""

PROSE_VALIDATORS = (MaxLengthValidator(MAX_PROSE), ProhibitNullCharactersValidator())
"""Django asks neither of a text that does not come from a form."""

RESERVED_SLUGS = frozenset({"new", "retire"})
"""Words that addresses use where a slug may stand."""


def refuse_unusable(slug: str) -> None:
    """Raise ValidationError on a slug that an address needs for itself, or that names nothing."""
    if slug in RESERVED_SLUGS:
        raise ValidationError({"slug": f"“{slug}” is a word of the site's addresses; choose another."})
    if not any(character.isalnum() for character in slug):
        raise ValidationError({"slug": "A slug needs a letter or a digit."})


class Source(models.Model):
    """A book, paper or lecture that problems are adapted from, cited by reference."""

    class Kind(models.TextChoices):
        BOOK = "book", "Book"
        PAPER = "paper", "Paper"
        LECTURE = "lecture", "Lecture notes"
        EXERCISE_BOOK = "exercise_book", "Exercise book"
        DATA_SET = "data_set", "Data set"

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.BOOK)
    title = models.CharField(max_length=300)
    authors = models.CharField(max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1600), MaxValueValidator(2100)]
    )
    url = models.URLField(blank=True, max_length=500)
    licence = models.CharField(max_length=120, blank=True, help_text="As the source states it, such as CC BY 4.0.")
    may_redistribute = models.BooleanField(
        default=False, help_text="Items adapted from this source may leave the house in a public release."
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a slug that no address could reach."""
        refuse_unusable(self.slug)

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.slug])

    @property
    def doubt(self) -> str:
        """What speaks against its terms, empty if nothing does."""
        if self.may_redistribute and "all rights reserved" in self.licence.lower():
            return "All rights are reserved, yet its items may leave the house: make sure that there is a permission."
        return ""


class SourceProblem(models.Model):
    """One problem of a source, found again by its locator."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="problems")
    locator = models.CharField(max_length=120, help_text="Where it stands, such as Problem 4.2.")
    statement = models.TextField(max_length=MAX_PROSE, blank=True, validators=PROSE_VALIDATORS)
    solution = models.TextField(max_length=MAX_PROSE, blank=True, validators=PROSE_VALIDATORS)

    class Meta:
        ordering = ["source", "locator"]
        constraints = [models.UniqueConstraint(fields=["source", "locator"], name="one_problem_per_source_and_locator")]

    def __str__(self) -> str:
        return f"{self.source}, {self.locator}"

    def get_absolute_url(self) -> str:
        return reverse("source_problem", args=[self.source.slug, self.pk])


class Batch(Work):
    """A set of items that arrived together: an imported file, later also a generator's output."""

    class Format(models.TextChoices):
        ITEMS = "items", "Items as JSON lines"
        TPBENCH = "tpbench", "TPBench columns"
        AGGREGATES = "aggregates", "Aggregates of a paper"

    slug = models.SlugField(max_length=80, unique=True)
    format = models.CharField(max_length=10, choices=Format)
    filename = models.CharField(max_length=200, blank=True)
    payload = models.BinaryField(help_text="The file as it was uploaded.")
    size = models.PositiveIntegerField(default=0, help_text="Rows in the file; 0 until counted.")
    report = models.JSONField(default=dict, blank=True, help_text="Arrived, already here and refused rows.")

    class Meta(Work.Meta):
        ordering = ["-requested_at"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.slug])


class Item(models.Model):
    """A question a machine can check; its text and contract live in its versions."""

    class Origin(models.TextChoices):
        ADAPTED = "adapted", "Adapted"
        ORIGINAL = "original", "Original"
        SYNTHETIC = "synthetic", "Synthetic"

    class DomainLevel(models.TextChoices):
        UNDERGRADUATE = "undergraduate", "Undergraduate"
        GRADUATE = "graduate", "Graduate"
        ADVANCED_GRADUATE = "advanced_graduate", "Advanced graduate"
        POSTGRADUATE = "postgraduate", "Postgraduate"

    class OperationalLevel(models.TextChoices):
        EASY = "easy", "Easy"
        MEDIUM = "medium", "Medium"
        HARD = "hard", "Hard"

    class TaskType(models.TextChoices):
        DIRECT_CALCULATION = "direct_calculation", "Direct calculation"
        DERIVATION = "derivation", "Derivation or identification"
        HIDDEN_COEFFICIENT = "hidden_coefficient", "Hidden coefficient"
        RATIO = "ratio", "Ratio or comparison"
        CATEGORICAL = "categorical", "Categorical"
        CONSISTENCY_CHECK = "consistency_check", "Consistency check"

    slug = models.SlugField(max_length=80, unique=True)
    origin = models.CharField(max_length=10, choices=Origin)
    domain = models.CharField(max_length=30, choices=DOMAIN_CHOICES)
    topic = models.CharField(max_length=60, choices=TOPIC_CHOICES)
    domain_level = models.CharField(max_length=20, choices=DomainLevel)
    operational_level = models.CharField(max_length=10, choices=OperationalLevel)
    task_type = models.CharField(max_length=20, choices=TaskType)
    source_problem = models.ForeignKey(
        SourceProblem, on_delete=models.PROTECT, null=True, blank=True, related_name="items"
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="items")

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="item_is_adapted_iff_it_has_a_source_problem",
                condition=Q(origin="adapted", source_problem__isnull=False)
                | (~Q(origin="adapted") & Q(source_problem__isnull=True)),
            ),
            models.CheckConstraint(
                name="synthetic_item_has_a_batch", condition=~Q(origin="synthetic") | Q(batch__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["domain", "topic"], name="item_by_topic"),
            GinIndex(OpClass(Upper("slug"), name="gin_trgm_ops"), name="item_slug_in_capitals"),
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """Refuse a slug that no address could reach."""
        refuse_unusable(self.slug)

    def get_absolute_url(self) -> str:
        return reverse("item", args=[self.slug])


class ItemVersion(models.Model):
    """One wording of an item with its answer contract; frozen outside draft by a trigger."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        APPROVED = "approved", "Approved"
        RETIRED = "retired", "Retired"

    NEXT_STATES = {
        State.DRAFT: {State.REVIEW, State.RETIRED},
        State.REVIEW: {State.DRAFT, State.APPROVED, State.RETIRED},
        State.APPROVED: {State.RETIRED},
        State.RETIRED: set(),
    }
    OPEN = (State.DRAFT, State.REVIEW)
    CONTENT = ("statement", "contract", "solution", "second_solution")

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    statement = models.TextField(max_length=MAX_PROSE, blank=True, validators=PROSE_VALIDATORS)
    contract = models.JSONField(default=dict, blank=True, help_text="An answer contract; a draft's may be unsound.")
    solution = models.TextField(max_length=MAX_PROSE, blank=True, validators=PROSE_VALIDATORS)
    second_solution = models.TextField(
        max_length=MAX_PROSE,
        blank=True,
        validators=PROSE_VALIDATORS,
        help_text="An independent computation of the answer, in Python.",
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="item_versions")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts saves, so that two tabs notice each other.")
    content_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the content, set outside draft.")
    gate = models.JSONField(null=True, blank=True, help_text="What the checks said when it was submitted.")

    class Meta:
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_version_per_item_and_number"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="approved"), name="one_approved_version_per_item"
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=("draft", "review")), name="one_open_version_per_item"
            ),
            models.CheckConstraint(
                name="content_hash_is_set_outside_draft",
                condition=Q(state="draft", content_hash="") | (~Q(state="draft") & ~Q(content_hash="")),
            ),
        ]
        indexes = [
            models.Index(F("item"), F("number").desc(), name="versions_newest_first"),
            models.Index(fields=["state", "item"], name="version_by_state"),
            models.Index(fields=["-saved_at"], name="versions_last_saved_first"),
            GinIndex(OpClass(Upper("statement"), name="gin_trgm_ops"), name="statement_in_capitals"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("item_version", args=[self.item.slug, self.number])


class GateRecord(models.Model):
    """What the gate said of one content, remembered for a while so that the same is not computed again."""

    key = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of content and verifier version.")
    report = models.JSONField()
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Review(models.Model):
    """One reviewer's verdict on one content; it never changes."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Approve"
        REQUEST_CHANGES = "request_changes", "Request changes"

    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=20, choices=Verdict)
    comment = models.TextField(max_length=MAX_PROSE, blank=True, validators=PROSE_VALIDATORS)
    content_hash = models.CharField(max_length=64)
    content = models.JSONField(null=True, blank=True, help_text="The wording that was judged, where it went back.")
    own_answer = models.CharField(
        max_length=20, blank=True, help_text="Outcome of the reviewer's own answer to this wording; empty without one."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "reviewer", "content_hash"], name="one_review_per_reviewer_and_content"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.verdict} {self.version_id}"

    @property
    def wording(self) -> ItemVersion:
        """What was judged, as a version that is not stored; for a review that keeps its content."""
        return ItemVersion(item_id=self.version.item_id, number=self.version.number, **(self.content or {}))
