"""Template filters of runs: an accuracy with its interval, an answer as its verifier found it."""

import re

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qftapp.runs.intervals import Estimate
from qftapp.runs.models import Run, Trace
from qftapp.runs.reading import Reading

register = template.Library()

_CODE = re.compile(r"\*\*|\bdef |\blambda\b|\breturn\b|(?<![\\a-z_])[a-z_]{2,}\(|\n[ \t]*\w+ *=")
_IMPORT = re.compile(r"(?:import|from) ")
LONGEST_ANSWER = 300


@register.filter
def items(reading: Reading, prefix: str) -> SafeString:
    """The steps of a part of a trace as items of a list."""
    return reading.items(prefix)


@register.filter
def accuracy(estimate: Estimate | None) -> SafeString:
    """A share with its interval, such as 0.62 [0.48, 0.75]; the title says what it rests on."""
    if estimate is None:
        return SafeString("–")
    items = f"answers: {estimate.answers}, items: {estimate.items}"
    if estimate.low is None or estimate.high is None:
        return format_html('<span title="{}; too few for an interval">{}</span>', items, f"{estimate.value:.2f}")
    return format_html(
        '<span title="{}; 95 % interval, clustered by item">{} <span class="soft">[{}, {}]</span></span>',
        items,
        f"{estimate.value:.2f}",
        f"{estimate.low:.2f}",
        f"{estimate.high:.2f}",
    )


@register.filter
def answer(text: str) -> SafeString:
    """An answer of a model: as a formula for the page to set where it is LaTeX, else as code."""
    if not text.strip():
        return SafeString('<span class="soft">nothing</span>')
    if _CODE.search(text) or len(text) > LONGEST_ANSWER:
        lines = [line for line in text.split("\n") if line.strip() and not _IMPORT.match(line)]
        return format_html('<code class="answer">{}</code>', "\n".join(lines)[:LONGEST_ANSWER])
    return format_html('<span class="math" data-display="false">{}</span>', text.strip())


@register.simple_tag(takes_context=True)
def choosing(context: Context, run: Run, trace: Trace) -> str:
    """The query string of this comparison with that trace of the run in its column."""
    query = context["request"].GET.copy()
    query[f"of-{run.slug}"] = str(trace.pk)
    return f"?{query.urlencode(safe=',')}"
