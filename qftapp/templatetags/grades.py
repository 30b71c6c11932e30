"""Template filters of grades: outcomes, diagnoses, events and the pace of a grading in words."""

from django import template

from qftapp.actors.models import Event
from qftapp.runs.grading.queries import Pace
from qftapp.templatetags.qft import STATE_WORDS, pretty
from qftapp.verification.diagnosis import CODES

register = template.Library()

SENTENCES = {
    "grading.requested": "asked for {traces} traces to be graded by verifier {verifier}",
    "grading.cancelled": "cancelled it",
    "grading.accepted": "let its grades count",
    "grading.rejected": "left the grades that counted before",
}


@register.filter
def told_of_grading(event: Event) -> str:
    """What the actor did to the grading, as the rest of a sentence."""
    return SENTENCES.get(event.verb, event.verb).format_map(event.data)


@register.filter
def outcome_word(outcome: str) -> str:
    """An outcome as in a sentence, such as “no answer”."""
    return STATE_WORDS.get(outcome, outcome)


@register.filter
def diagnosis_title(code: str) -> str:
    """The sort of mistake, such as “missing term”; the code itself where today's verifier does not know it."""
    return CODES[code][0] if code in CODES else code.replace("_", " ")


@register.filter
def rate_words(pace: Pace | None) -> str:
    """How fast, such as “410 a second”; empty before anything is done."""
    return f"{pretty(pace.per_second, 2)} a second" if pace else ""


@register.filter
def left_words(pace: Pace | None) -> str:
    """How long the rest will take, such as “17 s” or “4 min”."""
    if pace is None:
        return ""
    seconds = pace.seconds_left
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
