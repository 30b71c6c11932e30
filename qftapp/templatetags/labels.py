"""Template tags of labels: a verdict as a badge."""

from django import template

from qftapp.labels.models import Annotation

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
