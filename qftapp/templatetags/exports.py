"""Template filters of exports: what an event says, a message's role in words."""

from django import template

from qftapp.actors.models import Event
from qftapp.templatetags.qft import pretty

register = template.Library()

SENTENCES = {
    "export.asked": "asked for it",
    "export.done": "has it now: {rows} rows",
    "export.cancelled": "cancelled it",
    "export.retried": "let it begin again",
    "export.was_there": "found its rows in {same_as}",
}


@register.filter
def told_of_export(event: Event) -> str:
    """What the actor did to the export, as the rest of a sentence."""
    return SENTENCES.get(event.verb, event.verb).format_map({**event.data, "rows": pretty(event.data.get("rows"))})
