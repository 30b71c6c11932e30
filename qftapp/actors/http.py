"""How pages act: run an action, and turn its refusal into words where the person looks."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from qftapp.actors.errors import Conflict
from qftapp.actors.models import User


class Request(HttpRequest):
    """A request of somebody who is logged in, as every view behind the login sees it."""

    user: User
    htmx: Any


def attempt(request: HttpRequest, action: Callable[..., Any], *args: Any, done: str = "", **kwargs: Any) -> bool:
    """Run an action; tell the person `done` on success and the reason on a refusal. Returns whether it was done.

    PermissionDenied passes through: pages do not offer what is not permitted, so it answers a forged request.
    """
    try:
        action(*args, **kwargs)
    except (Conflict, ValidationError) as error:
        messages.error(request, " ".join(reasons(error)))
        return False
    if done:
        messages.success(request, done)
    return True


def whole_number(text: str) -> int | None:
    """The number that a form sent, nothing where it is none or larger than any id or count."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def reasons(error: Conflict | ValidationError) -> list[str]:
    """The sentences of a refusal, each with the field it belongs to where it has one."""
    if isinstance(error, Conflict):
        return [str(error)]
    if hasattr(error, "error_dict"):
        named = error.message_dict.items()
        return [
            message if field == "__all__" else f"{field.replace('_', ' ').capitalize()}: {message}"
            for field, messages_ in named
            for message in messages_
        ]
    return list(error.messages)
