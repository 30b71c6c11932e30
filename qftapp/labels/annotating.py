"""What a person does with a trace before them: save, submit, skip, take back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.actors.events import history, log
from qftapp.actors.models import User
from qftapp.actors.text import storable
from qftapp.labels.models import Annotation, ErrorCategory, SpanLabel

MOST_MARKS = 500
MOST_SECONDS = 24 * 3_600
"""Time with one trace that is believed."""

UNCHANGED = ("trace", "taxonomy", "campaign", "annotator")
"""What a save never touches, so that it need not be looked up again."""

MARK_FIELDS = ("category_id", "start", "end", "severity", "propagates", "claim", "correction", "note")


SEEN = "annotation.suggestions_seen"
"""What the log says of an annotation whose author has looked at what models suggest for its trace."""


class Stale(Conflict):
    """Another tab has saved since; `annotation` is what stands."""

    def __init__(self, annotation: Annotation) -> None:
        super().__init__("This annotation was saved from another tab meanwhile.")
        self.annotation = annotation


def state_of(annotation: Annotation) -> dict[str, Any]:
    """What somebody has said so far, as `save` takes it."""
    return {
        "revision": annotation.revision,
        "verdict": annotation.verdict,
        "comment": annotation.comment,
        "seconds": annotation.seconds,
        "marks": list(annotation.marks.values(*MARK_FIELDS)),
    }


class State(TypedDict):
    """What somebody says of a trace; `revision` is the one it was written on."""

    revision: int
    verdict: str
    comment: str
    seconds: int
    marks: Sequence[Mapping[str, Any]]
    steps_version: NotRequired[str]
    overwrite: NotRequired[bool]


@transaction.atomic
def save(annotation_id: int, *, by: User, **state: Unpack[State]) -> Annotation:
    """Keep what somebody has so far; the marks given replace those before.

    Raises Stale if another tab has saved since `revision`, unless `overwrite` says that the person has seen both: what
    is written over then stays in the log. Raises Conflict once it is submitted, ValidationError on what cannot be a
    mark or verdict.
    """
    annotation = _open(annotation_id, by)
    _keep(annotation, _changed(annotation, by, state))
    return annotation


@transaction.atomic
def give(annotation_id: int, *, by: User, **state: Unpack[State]) -> Annotation:
    """Save the last changes and submit, or do neither; raises what `save` and `submit` raise."""
    annotation = _open(annotation_id, by)
    marks = _changed(annotation, by, state)
    _settle(annotation, [mark.severity for mark in marks], timezone.now())
    _keep(annotation, marks)
    _log_submitted(annotation, by, len(marks))
    return annotation


def _open(annotation_id: int, by: User) -> Annotation:
    """Lock an annotation that this person may still change."""
    found = (
        Annotation.objects.select_for_update(of=("self",)).select_related("trace", "campaign").filter(pk=annotation_id)
    )
    annotation = found.defer("trace__text").order_by().first()
    if annotation is None:
        raise Conflict("This annotation is no longer there.")
    if annotation.annotator_id != by.pk:
        raise PermissionDenied("Only its annotator may change an annotation.")
    if annotation.is_submitted:
        raise Conflict("This annotation is submitted; take it back to change it.")
    return annotation


def _changed(annotation: Annotation, by: User, state: State) -> list[SpanLabel]:
    """Let an open annotation say this, unsaved, and return its marks; raises what `save` raises."""
    if annotation.revision != state["revision"]:
        if not state.get("overwrite"):
            raise Stale(annotation)
        log(by, "annotation.overwritten", annotation, **state_of(annotation))
    if state["verdict"] and state["verdict"] not in Annotation.Verdict.values:
        raise ValidationError({"verdict": "Choose a verdict of the list."})
    marks = _marks(annotation, state["marks"])
    annotation.verdict, annotation.comment = state["verdict"], storable(state["comment"])
    annotation.seconds = max(annotation.seconds, min(max(state["seconds"], 0), MOST_SECONDS))
    annotation.steps_version = state.get("steps_version", "")
    annotation.revision += 1
    annotation.clean_fields(exclude=UNCHANGED)
    return marks


def _keep(annotation: Annotation, marks: Sequence[SpanLabel]) -> None:
    annotation.marks.all().delete()
    SpanLabel.objects.bulk_create(marks)
    annotation.save()  # last: marks of a submitted annotation stand


def _marks(annotation: Annotation, marks: Sequence[Mapping[str, Any]]) -> list[SpanLabel]:
    """Return the rows of some marks; raises ValidationError naming the first that is unsound."""
    if len(marks) > MOST_MARKS:
        raise ValidationError({"marks": f"A trace takes at most {MOST_MARKS} marks."})
    of_taxonomy = ErrorCategory.objects.filter(taxonomy=annotation.taxonomy_id)
    categories = set(of_taxonomy.order_by().values_list("pk", flat=True)) if marks else set()
    rows = []
    for number, mark in enumerate(marks, 1):
        try:
            row = SpanLabel(annotation=annotation, **_fields(mark))
            if row.category_id not in categories:
                raise ValidationError("it has no category of this taxonomy")
            if not 0 <= row.start < row.end <= annotation.trace.characters:
                raise ValidationError("it does not lie in the trace")
            row.clean_fields(exclude=["annotation", "category"])
        except ValidationError as error:
            raise ValidationError({"marks": f"Mark {number}: {'; '.join(error.messages)}"}) from None
        rows.append(row)
    return rows


def _fields(mark: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: mark.get(name) for name in ("category_id", "start", "end")}
    if any(isinstance(value, bool) or not isinstance(value, int) for value in numbers.values()):
        raise ValidationError("category_id, start and end are whole numbers")
    texts = {name: mark.get(name, "") for name in ("claim", "correction", "note")}
    if any(not isinstance(value, str) for value in texts.values()):
        raise ValidationError("claim, correction and note are texts")
    severity, propagates = mark.get("severity", SpanLabel.Severity.MAJOR), mark.get("propagates", False)
    return {**numbers, **storable(texts), "severity": severity, "propagates": propagates is True}


@transaction.atomic
def submit(annotation_id: int, *, by: User, revision: int, at: datetime | None = None) -> Annotation:
    """Give an annotation: from now on it counts and stands; `at` is when, if it was given elsewhere.

    Raises ValidationError where verdict and marks disagree.
    """
    annotation = _open(annotation_id, by)
    if annotation.revision != revision:
        raise Stale(annotation)
    severities = list(annotation.marks.values_list("severity", flat=True))
    _settle(annotation, severities, at or timezone.now())
    annotation.save()
    _log_submitted(annotation, by, len(severities))
    return annotation


def _settle(annotation: Annotation, severities: Sequence[str], at: datetime) -> None:
    """Let an annotation with marks of these severities count from now on, or raise ValidationError."""
    if not annotation.verdict:
        raise ValidationError({"verdict": "Say first whether the trace is sound, flawed, or the item bad."})
    if annotation.verdict == Annotation.Verdict.FLAWED and not severities:
        raise ValidationError({"verdict": "Mark at least one step of a flawed trace."})
    if annotation.verdict == Annotation.Verdict.SOUND and SpanLabel.Severity.MAJOR in severities:
        raise ValidationError({"verdict": "A sound trace has no major error; make it minor, or the trace flawed."})
    if annotation.kind == Annotation.Kind.ADJUDICATED and not annotation.comment.strip() and _is_disputed(annotation):
        raise ValidationError({"comment": "Write the reason: people gave different verdicts, and will read it."})
    annotation.skip, annotation.submitted_at = "", at


def _log_submitted(annotation: Annotation, by: User, marks: int) -> None:
    log(by, "annotation.submitted", annotation, verdict=annotation.verdict, marks=marks)


def _is_disputed(annotation: Annotation) -> bool:
    """Whether people gave the trace of an adjudicated annotation different verdicts."""
    given = Annotation.objects.filter(trace=annotation.trace_id, taxonomy=annotation.taxonomy_id, skip="")
    given = given.filter(kind=Annotation.Kind.INDEPENDENT, submitted_at__isnull=False)
    return given.order_by().values("verdict").distinct().count() > 1


@transaction.atomic
def skip(annotation_id: int, *, by: User, reason: str) -> Annotation:
    """Pass a trace over; its slot is free again, and this person is not asked about it any more."""
    annotation = _open(annotation_id, by)
    if reason not in Annotation.Skip.values:
        raise ValidationError({"reason": "Choose a reason of the list."})
    annotation.skip, annotation.verdict, annotation.submitted_at = reason, "", timezone.now()
    annotation.save()
    log(by, "annotation.skipped", annotation, reason=reason)
    return annotation


@transaction.atomic
def take_back(annotation_id: int, *, by: User) -> Annotation:
    """Open one's own annotation again, unless the trace is adjudicated: undo of submitting or skipping."""
    annotation = Annotation.objects.select_for_update().get(pk=annotation_id)
    if annotation.annotator_id != by.pk:
        raise PermissionDenied("Only its annotator may take an annotation back.")
    if not annotation.is_submitted:
        return annotation
    same = Annotation.objects.filter(trace=annotation.trace_id, taxonomy=annotation.taxonomy_id)
    if same.filter(kind=Annotation.Kind.ADJUDICATED, submitted_at__isnull=False).exclude(pk=annotation.pk).exists():
        raise Conflict("The trace is adjudicated; your annotation stands as it was given.")
    if annotation.campaign and annotation.campaign.closed_at:
        raise Conflict("The campaign is closed; your annotation stands as it was given.")
    if has_seen_suggestions(annotation):
        raise Conflict("You have seen what a model says of it; your annotation stands as it was given.")
    annotation.submitted_at, annotation.skip = None, ""
    annotation.revision += 1
    annotation.save()
    log(by, "annotation.taken_back", annotation)
    return annotation


def has_seen_suggestions(annotation: Annotation) -> bool:
    """Whether its author has looked at what models suggest, after submitting it."""
    return history([annotation]).filter(verb=SEEN).exists()
