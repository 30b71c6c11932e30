"""Template filters that ask what somebody may do, for pages that all share."""

from django import template

from qftapp.actors import permissions
from qftapp.actors.models import User

register = template.Library()


@register.filter
def may_import(user: User) -> bool:
    """Whether the person may bring items in from a file."""
    return permissions.can_write_items(user)


@register.filter
def may_run(user: User) -> bool:
    """Whether the person may start runs, and bring traces in from a file."""
    return permissions.can_run(user)


@register.filter
def may_annotate(user: User) -> bool:
    """Whether the person may label traces."""
    return permissions.can_annotate(user)
