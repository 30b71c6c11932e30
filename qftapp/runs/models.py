"""What models answered: prompts, runs with their items, traces, and the grades of traces."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.urls import reverse

from qftapp.actors.models import LanguageModel, Work
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.lengths import LengthClass
from qftapp.verification.verdict import Outcome

MAX_SAMPLES = 1_024
"""Samples of one item in a run."""

MAX_IN_FLIGHT = 512
"""Requests of a run that wait at the same time; a server batches them, a vendor counts them."""

OUTCOMES = [(outcome.value, outcome.value.replace("_", " ").capitalize()) for outcome in Outcome]


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

    # An asked run that was stopped, or in which requests failed, may go on: it asks for what is missing.
    NEXT_STATES = {
        **Work.NEXT_STATES,
        Work.State.DONE: {Work.State.QUEUED},
        Work.State.CANCELLED: {Work.State.QUEUED},
    }

    slug = models.SlugField(max_length=80, unique=True)
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="runs")
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.EVALUATE)
    origin = models.CharField(max_length=10, choices=Origin)
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


class RunItem(models.Model):
    """A version that a run puts to its model."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="run_items")

    class Meta:
        ordering = ["run", "item_version__item__slug"]
        constraints = [models.UniqueConstraint(fields=["run", "item_version"], name="one_entry_per_run_and_version")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.item_version_id}"


class Trace(models.Model):
    """One answer of a model to one item, word by word; its text never changes (a trigger refuses)."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="traces")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="traces")
    sample_index = models.PositiveIntegerField(help_text="Which of the samples of this item, from 0.")
    text = models.TextField(help_text="All that the model wrote; what it thought stands in <think>.")
    finish_reason = models.CharField(max_length=20, blank=True, help_text="stop, length …; empty if not known.")
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True, help_text="From the request to the last token.")
    created_at = models.DateTimeField(db_default=Now())
    characters = models.GeneratedField(
        expression=Length("text"), output_field=models.PositiveIntegerField(), db_persist=True
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "item_version", "sample_index"], name="one_trace_per_run_version_and_sample"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "-id"], name="traces_of_run"),
            models.Index(fields=["item_version", "-id"], name="traces_of_version"),
            models.Index(LengthClass("characters"), F("id").desc(), name="traces_by_length"),
            models.Index(F("run"), LengthClass("characters"), F("id").desc(), name="traces_of_run_by_length"),
        ]

    def __str__(self) -> str:
        return f"trace {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("trace", args=[self.pk])


class TraceWords(models.Model):
    """The words of a trace, for searching; made in the background after the trace has come."""

    trace = models.OneToOneField(Trace, on_delete=models.CASCADE, primary_key=True, related_name="words")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="words_of_traces")]

    def __str__(self) -> str:
        return f"words of {self.trace_id}"


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


class TraceImport(Work):
    """A file of traces on its way into a run."""

    class Format(models.TextChoices):
        JSONL = "jsonl", "JSON lines"
        PARQUET = "parquet", "Parquet"
        INSPECT = "inspect", "Inspect evaluation log"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="imports")
    format = models.CharField(max_length=10, choices=Format)
    filename = models.CharField(max_length=200)
    file = models.FileField(upload_to="traces/%Y/%m", max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    columns = models.JSONField(default=dict, blank=True, help_text="Our column names to those of the file.")
    report = models.JSONField(default=dict, blank=True, help_text="How many came, were there, were refused and why.")

    class Meta(Work.Meta):
        ordering = ["-requested_at", "-id"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("trace_import", args=[self.pk])


class Grading(Work):
    """The verifier put to the traces of a run; its grades count once they are accepted.

    First grades are accepted as they come. Where others stand, people see the differences first.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="gradings")
    verifier_version = models.CharField(max_length=20)
    size = models.PositiveIntegerField(default=0, help_text="Traces it grades.")
    done_before = models.PositiveIntegerField(default=0, help_text="Of them, graded when it was last begun.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rejected_at = models.DateTimeField(null=True, blank=True)

    class Meta(Work.Meta):
        ordering = ["-requested_at", "-id"]
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["run"], condition=Q(state__in=("queued", "running")), name="one_open_grading_per_run"
            ),
            models.CheckConstraint(
                name="grading_is_not_accepted_and_rejected",
                condition=Q(accepted_at__isnull=True) | Q(rejected_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"grading {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("grading", args=[self.pk])

    @property
    def waits(self) -> bool:
        """Whether it is done, and somebody has to accept or reject it."""
        return self.state == self.State.DONE and self.accepted_at is None and self.rejected_at is None


class Grade(models.Model):
    """What one version of the verifier says of a trace; it stands for good, a newer one stands beside it."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="grades")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="grades", help_text="The trace's.")
    verifier_version = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12, choices=OUTCOMES)
    reason = models.TextField(blank=True)
    diagnosis = models.CharField(max_length=40, blank=True, help_text="Code of how a wrong answer is wrong.")
    answer = models.TextField(blank=True, help_text="The final answer as the verifier found it.")
    detail = models.JSONField(default=dict, blank=True)
    answer_group = models.BigIntegerField(
        null=True, blank=True, help_text="Id of the first trace of run and item whose answer is the same."
    )
    is_current = models.BooleanField(default=False, help_text="Whether this is the grade that counts.")
    superseded_by = models.ForeignKey(
        Grading,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="superseded",
        help_text="The grading whose grade took its place.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["trace", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["trace", "verifier_version"], name="one_grade_per_trace_and_verifier"),
            models.UniqueConstraint(fields=["trace"], condition=Q(is_current=True), name="one_current_grade_per_trace"),
        ]
        indexes = [
            models.Index(F("run"), F("outcome"), F("trace").desc(), name="grades_of_run", condition=Q(is_current=True)),
            models.Index(F("outcome"), F("trace").desc(), name="grades_by_outcome", condition=Q(is_current=True)),
            models.Index(
                F("diagnosis"),
                F("trace").desc(),
                name="grades_by_diagnosis",
                condition=Q(is_current=True) & ~Q(diagnosis=""),
            ),
            models.Index(
                F("run"),
                F("diagnosis"),
                F("trace").desc(),
                name="grades_of_run_by_diagnosis",
                condition=Q(is_current=True) & ~Q(diagnosis=""),
            ),
            models.Index(
                F("answer_group"),
                F("trace").desc(),
                name="grades_by_answer_group",
                condition=Q(is_current=True, answer_group__isnull=False),
            ),
            models.Index(
                fields=["run", "verifier_version", "-trace"], name="grades_that_wait", condition=Q(is_current=False)
            ),
            models.Index(
                fields=["superseded_by", "-trace"], name="grades_superseded", condition=Q(superseded_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trace_id} {self.outcome}"


class Contest(models.Model):
    """Somebody's objection to a grade, with what it should be, until somebody settles it."""

    class Decision(models.TextChoices):
        OPEN = "", "Open"
        VERIFIER_WRONG = "verifier_wrong", "The verifier is wrong"
        GRADE_STANDS = "grade_stands", "The grade stands"
        ITEM_BROKEN = "item_broken", "The item is broken"

    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="contests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expected = models.CharField(max_length=12, choices=OUTCOMES)
    reason = models.TextField(max_length=20_000)
    created_at = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(max_length=20, choices=Decision, blank=True, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(max_length=20_000, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["grade"], condition=Q(decision=""), name="one_open_contest_per_grade"),
            models.CheckConstraint(
                name="contest_is_decided_iff_by_somebody",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"contest {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("contest", args=[self.pk])
