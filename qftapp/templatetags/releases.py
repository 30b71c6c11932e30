"""Template filters of releases: what an event says."""

from django import template

from qftapp.actors.models import Event

register = template.Library()

SENTENCES = {
    "release.created": "started this release",
    "release.filled": "added {added}",
    "release.thinned": "removed {count}",
    "release.split": "moved {moved} to {split}",
    "release.dealt": "assigned the splits with seed {seed}",
    "release.renewed": "brought it up to date: {replaced} replaced, {left} removed",
    "release.marked": "marked it {privacy}",
    "release.frozen": "froze it",
}


@register.filter
def told_of_release(event: Event) -> str:
    """What the actor did to the release, as the rest of a sentence."""
    privacy = "private" if event.data.get("is_private") else "public"
    words = {**event.data, "count": len(event.data.get("removed", ())), "privacy": privacy}
    return SENTENCES.get(event.verb, event.verb).format_map(words)
