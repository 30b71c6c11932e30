"""What pages ask of the person who reads them: their roles, what they may do, and the menu they see."""

from typing import NamedTuple

from django import template
from django.http import HttpRequest
from django.template import Context

from qftapp.actors import permissions
from qftapp.actors.models import User
from qftapp.navigation import MENU

register = template.Library()


class Link(NamedTuple):
    """An entry of the menu on one page."""

    label: str
    href: str
    is_current: bool


@register.simple_tag(takes_context=True)
def menu(context: Context) -> list[Link]:
    """Return the main menu of the person who asks, with the link that stands for this page."""
    request: HttpRequest = context["request"]
    return [
        Link(entry.label, entry.href, entry.is_current(request.path)) for entry in MENU if entry.is_for(context["user"])
    ]


@register.filter
def roles(user: User) -> list[str]:
    """The roles of a person, in the order in which an item goes through their hands."""
    held = permissions.roles_of(user)
    return [role for role in permissions.ROLES if role in held]


@register.filter
def may_run(user: User) -> bool:
    """Whether the person may start runs, and bring traces in from a file."""
    return permissions.can_run(user)
