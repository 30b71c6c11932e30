"""Template filters of agreement: a coefficient with its interval, how dark a cell of a confusion is."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qftapp.labels.agreement import Estimate

register = template.Library()

SHADES = 5


@register.filter
def with_interval(estimate: Estimate | None) -> SafeString:
    """A number with its interval, such as 0.62 [0.48, 0.75]; the title says its n."""
    if estimate is None or estimate.value is None:
        return SafeString("–")
    value, n = _two_places(estimate.value), f"n = {estimate.units}"
    if estimate.low is None or estimate.high is None:
        return format_html('<span title="{}; too few traces for an interval">{}</span>', n, value)
    interval = f"[{_two_places(estimate.low)}, {_two_places(estimate.high)}]"
    return format_html('<span title="{}">{} <span class="soft interval">{}</span></span>', n, value, interval)


def _two_places(value: float) -> str:
    return f"{round(value, 2) + 0:.2f}".replace("-", "−")


@register.filter
def shade(count: int, most: int) -> int:
    """How dark a cell is, from 0 for none to SHADES for the fullest."""
    return -(-count * SHADES // most) if most else 0


@register.filter
def shape_name(shape: str) -> str:
    """What the shape of an export is called."""
    return {"jsonl": "All of it, JSON lines", "processbench": "As ProcessBench", "prm800k": "As PRM800K"}[shape]
