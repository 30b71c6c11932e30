"""Reads of grades: how far a grading is, items that cannot be judged, what is contested."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from qftapp.actors.models import User
from qftapp.items.models import ItemVersion
from qftapp.runs.models import Contest, Grade, Grading

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Broken(TypedDict):
        broken_traces: int
        reason: str

    Broken = WithAnnotations[ItemVersion, _Broken]


@dataclass(frozen=True)
class Pace:
    """How fast a running grading is, and how long the rest will take."""

    per_second: float
    seconds_left: float

    @classmethod
    def of(cls, grading: Grading) -> "Pace | None":
        """The pace since the grading was last begun, nothing before it has one."""
        done = grading.progress - grading.done_before
        if grading.state != Grading.State.RUNNING or not grading.started_at or done <= 0:
            return None
        rate = done / max((timezone.now() - grading.started_at).total_seconds(), 0.001)
        return cls(rate, (grading.size - grading.progress) / rate)


def broken_items(*, run_id: int | None = None, author: User | None = None, slug: str = "") -> "QuerySet[Broken]":
    """Item versions by which the verifier could not judge, with how many traces and one reason.

    Only versions that somebody still has to mend: those in review or approved.
    """
    grades = Grade.objects.filter(is_current=True, outcome="broken_item")
    if run_id is not None:
        grades = grades.filter(run=run_id)
    open_states = (ItemVersion.State.REVIEW, ItemVersion.State.APPROVED)
    versions = ItemVersion.objects.filter(state__in=open_states, pk__in=grades.values("trace__item_version"))
    if author is not None:
        versions = versions.filter(author=author)
    if slug:
        versions = versions.filter(item__slug=slug)
    of_these = Q(traces__grades__in=grades)
    counted = versions.annotate(
        broken_traces=Count("traces__grades", filter=of_these), reason=Min("traces__grades__reason", filter=of_these)
    )
    return counted.select_related("item", "author").order_by("item__slug", "number")


def contests(filters: Mapping[str, str]) -> QuerySet[Contest]:
    """Contests, newest first; `decision` chooses, open ones unless told, `any` for all; `item` by its slug."""
    found = Contest.objects.select_related("grade__trace__item_version__item", "by", "decided_by").order_by("-pk")
    decision = filters.get("decision", "")
    if decision != "any":
        found = found.filter(decision="" if decision not in Contest.Decision.values else decision)
    if item := filters.get("item"):
        found = found.filter(grade__trace__item_version__item__slug=item)
    return found
