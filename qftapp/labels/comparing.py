"""What became of somebody's annotation once its trace was adjudicated: where both agree, and where they differ."""

from dataclasses import dataclass

from django.db.models import QuerySet

from qftapp.labels.agreement import Span
from qftapp.labels.exporting import step_of
from qftapp.labels.models import Annotation


def settled_for(annotation: Annotation) -> QuerySet[Annotation]:
    """The adjudicated annotation of the same trace, if it was given."""
    return Annotation.objects.filter(
        trace=annotation.trace_id,
        taxonomy=annotation.taxonomy_id,
        kind=Annotation.Kind.ADJUDICATED,
        submitted_at__isnull=False,
        skip="",
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """How much two annotations have in common: marks of one top-level category in one step count as the same."""

    same_verdict: bool
    both: int
    own_alone: int
    settled_alone: int


def shared(own: Annotation, settled: Annotation, steps: list[Span]) -> Shared:
    """Compare somebody's annotation with the adjudicated one."""
    mine, theirs = _places(own, steps), _places(settled, steps)
    return Shared(own.verdict == settled.verdict, len(mine & theirs), len(mine - theirs), len(theirs - mine))


def _places(annotation: Annotation, steps: list[Span]) -> set[tuple[int, int]]:
    return {
        (step_of(steps, mark.start), mark.category.parent_id or mark.category_id) for mark in annotation.marks.all()
    }
