"""Template tags and filters of runs that ask: progress, what was asked for, what an event says."""

from typing import Any

from django import template

from qftapp.actors.models import Event
from qftapp.runs.asking import progress
from qftapp.runs.models import Run
from qftapp.templatetags.qft import pretty

register = template.Library()

SENTENCES = {
    "language_model.added": "registered this model",
    "language_model.changed": "changed {changed}",
    "run.started": "asked for {requests} answers",
    "run.cancelled": "stopped it",
    "run.continued": "let it go on",
}
UNITS = ((10**9, "billion"), (10**6, "million"), (10**4, "thousand"))


@register.simple_tag
def progress_of(run: Run) -> progress.Progress:
    """How far a run has come."""
    return progress.progress_of(run)


@register.filter
def told_of_asking(event: Event) -> str:
    """What the actor did to a model or a run, as the rest of a sentence."""
    changed = ", ".join(name.replace("_", " ") for name in event.data.get("changed", ()))
    return SENTENCES.get(event.verb, event.verb).format_map({**event.data, "changed": changed})


@register.filter
def in_words(sampling: dict[str, Any]) -> str:
    """Sampling parameters as a phrase: temperature 0.7, at most 16 384 tokens, seed 5."""
    told = {
        "temperature": "temperature {}",
        "top_p": "top-p {}",
        "max_tokens": "at most {} tokens",
        "seed": "seed {}",
    }
    return ", ".join(told[name].format(pretty(sampling[name])) for name in told if sampling.get(name) is not None)


@register.filter
def rounded(rate: float) -> str:
    """A rate as a whole number, a small one with its first decimal."""
    return pretty(round(rate)) if rate >= 10 else pretty(round(rate, 1))


@register.filter
def in_short(number: int) -> str:
    """A large number in words, to two digits: 1.6 million."""
    for size, word in UNITS:
        if number >= size:
            return f"{float(f'{number / size:.2g}'):g} {word}"
    return str(number)
