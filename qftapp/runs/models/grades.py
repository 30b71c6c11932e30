"""What the verifier says of traces: gradings, grades, and what people object to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from qftapp.actors.models import Work
from qftapp.runs.models.runs import Run
from qftapp.runs.models.traces import Trace
from qftapp.verification.verdict import Outcome

OUTCOMES = [(outcome.value, outcome.value.replace("_", " ").capitalize()) for outcome in Outcome]


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
