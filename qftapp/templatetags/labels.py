"""Template tags of labels: a verdict as a badge, marks in words."""

from bisect import bisect_right
from typing import Any

from django import template

from qftapp.labels.models import Annotation
from qftapp.runs.steps import split_steps

register = template.Library()


@register.inclusion_tag("partials/state_badge.html")
def verdict_badge(annotation: Annotation) -> dict[str, str]:
    """The verdict, or why the trace was skipped, as a shape and words."""
    if annotation.skip:
        return {"state": "skipped", "word": f"skipped: {annotation.get_skip_display().lower()}"}
    return {
        "state": annotation.verdict or "queued",
        "word": annotation.get_verdict_display().lower() or "no verdict yet",
    }


@register.filter
def marks_in_words(annotation: Annotation) -> list[dict[str, Any]]:
    """The marks of an annotation with the names of their categories and the numbers of their steps."""
    rows = list(annotation.marks.select_related("category"))
    starts = [start for start, _ in split_steps(annotation.trace.text)] if rows else []
    return [
        {
            "category": row.category.name,
            "severity": row.severity,
            "propagates": row.propagates,
            "claim": row.claim,
            "step": max(1, bisect_right(starts, row.start)),
        }
        for row in rows
    ]
