"""Making the adjudicated annotation out of what others marked: take, drop, merge, take all of somebody's."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from qftapp.actors.errors import Conflict
from qftapp.actors.models import User
from qftapp.labels import annotating
from qftapp.labels.adjudicating import given
from qftapp.labels.annotating import MARK_FIELDS
from qftapp.labels.models import Annotation, SpanLabel

Fields = dict[str, Any]
"""A mark as `annotating.save` takes it."""

MERGED_TEXTS = ("claim", "correction", "note")


def judged(annotation: Annotation) -> QuerySet[Annotation]:
    """The independent annotations of the same trace that an adjudicated one settles."""
    return given(Annotation.objects.filter(trace=annotation.trace_id, taxonomy=annotation.taxonomy_id))


def take(annotation_id: int, *, by: User, mark_id: int) -> Annotation:
    """Copy somebody's mark; one that is there already stays as it is."""

    def taken(annotation: Annotation, marks: list[Fields]) -> list[Fields]:
        (found,) = _marks(annotation, [mark_id])
        return marks if found in marks else [*marks, found]

    return _change(annotation_id, by, taken)


def drop(annotation_id: int, *, by: User, category_id: int, start: int, end: int) -> Annotation:
    """Take a mark out again; marks are named by what they say, for every save gives them other ids."""
    named = (category_id, start, end)

    def without(annotation: Annotation, marks: list[Fields]) -> list[Fields]:
        return [mark for mark in marks if (mark["category_id"], mark["start"], mark["end"]) != named]

    return _change(annotation_id, by, without)


def merge(annotation_id: int, *, by: User, mark_ids: Iterable[int]) -> Annotation:
    """Put one mark in the place of several that mean the same: over all of their text, with all that they say.

    Its category is theirs, or the one above where they differ in the finer kind. Raises ValidationError where they
    belong to different categories.
    """

    def merged(annotation: Annotation, marks: list[Fields]) -> list[Fields]:
        found = _marks(annotation, mark_ids)
        one = _merged(annotation, found)
        return [*(mark for mark in marks if mark not in found and mark != one), one]

    return _change(annotation_id, by, merged)


@transaction.atomic
def take_all(annotation_id: int, *, by: User, from_id: int, comment: str) -> Annotation:
    """Put somebody's verdict and marks in the place of what is there; the reason written so far stays."""
    annotation = _locked(annotation_id)
    source = judged(annotation).filter(pk=from_id).first()
    if source is None:
        raise Conflict("That annotation has been taken back meanwhile.")
    state = annotating.state_of(annotation) | {"verdict": source.verdict, "comment": comment}
    state["marks"] = annotating.state_of(source)["marks"]
    return annotating.save(annotation_id, by=by, steps_version=annotation.steps_version, **state)


@transaction.atomic
def _change(annotation_id: int, by: User, change: Callable[[Annotation, list[Fields]], list[Fields]]) -> Annotation:
    """Rewrite the marks as they stand at this moment: what another tab has added is kept."""
    annotation = _locked(annotation_id)
    state = annotating.state_of(annotation)
    state["marks"] = change(annotation, state["marks"])
    return annotating.save(annotation_id, by=by, steps_version=annotation.steps_version, **state)


def _locked(annotation_id: int) -> Annotation:
    adjudicated = Annotation.objects.filter(kind=Annotation.Kind.ADJUDICATED)
    annotation = adjudicated.select_for_update().filter(pk=annotation_id).first()
    if annotation is None:
        raise Conflict("This annotation is no longer there.")
    return annotation


def _marks(annotation: Annotation, mark_ids: Iterable[int]) -> list[Fields]:
    """Others' marks of the trace; raises Conflict where one is gone because its annotation was taken back."""
    wanted = set(mark_ids)
    found = list(SpanLabel.objects.filter(pk__in=wanted, annotation__in=judged(annotation)).values(*MARK_FIELDS))
    if not wanted or len(found) != len(wanted):
        raise Conflict("A mark of these was taken back meanwhile.")
    return found


def _merged(annotation: Annotation, marks: list[Fields]) -> Fields:
    categories = annotation.taxonomy.categories.in_bulk([mark["category_id"] for mark in marks])
    tops = {category.parent_id or category.pk for category in categories.values()}
    if len(tops) > 1:
        raise ValidationError("Marks of different categories are not merged; choose one of them.")
    return {
        "category_id": next(iter(categories if len(categories) == 1 else tops)),
        "start": min(mark["start"] for mark in marks),
        "end": max(mark["end"] for mark in marks),
        "severity": _worst(mark["severity"] for mark in marks),
        "propagates": any(mark["propagates"] for mark in marks),
        **{name: "\n".join(dict.fromkeys(mark[name] for mark in marks if mark[name])) for name in MERGED_TEXTS},
    }


def _worst(severities: Iterable[str]) -> str:
    return SpanLabel.Severity.MAJOR if SpanLabel.Severity.MAJOR in set(severities) else SpanLabel.Severity.MINOR
