"""What models answered: traces, their words for searching, how often they turn back, the files that bring them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F
from django.db.models.functions import Length, Now
from django.urls import reverse

from qftapp.actors.models import Work
from qftapp.items.models import ItemVersion
from qftapp.runs.lengths import LengthClass
from qftapp.runs.models.runs import Run


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


class TraceBacktracks(models.Model):
    """How often a trace turns back (see docs/backtracks.md); counted in the background with its words."""

    trace = models.OneToOneField(Trace, on_delete=models.CASCADE, primary_key=True, related_name="backtracks")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", help_text="The trace's.")
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"backtracks of {self.trace_id}"


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
