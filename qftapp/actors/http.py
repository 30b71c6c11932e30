"""How pages act: run an action, and turn its refusal into words where the person looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from qftapp.actors.errors import Conflict
from qftapp.actors.models import User


class Request(HttpRequest):
    """A request of somebody who is logged in, as every view behind the login sees it."""

    user: User
    htmx: Any


View = Callable[..., HttpResponse]

POSTED: set[View] = set()
"""Views to which something can be posted: those that act, and pages with a form of their own."""

NOT_DONE = "This was not done yet: do it again from here."


def tell_not_done(request: HttpRequest) -> None:
    """Say, once, that what somebody wanted when their session had ended was not done."""
    told = cast(BaseStorage, messages.get_messages(request))
    if NOT_DONE not in [message.message for message in told]:
        messages.warning(request, NOT_DONE)
    told.used = False


def takes_posts(view: View) -> View:
    """A view to which something can be posted, as outermost decorator; all others only read."""
    POSTED.add(view)
    return view


def posted_from(page: str, *named_by: str) -> Callable[[View], View]:
    """A view that acts when it is posted, from the page of that route; `named_by` are the arguments the route takes.

    Whoever comes by GET logged in after the session had ended, or reloads; they are led back to the page and told.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, **named: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, **named)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            tell_not_done(request)
            return redirect(page, **{name: named[name] for name in named_by})

        return takes_posts(wrapped)

    return decorate


def confirm(request: HttpRequest, text: str, *forms: str) -> None:
    """Say that an act was done; the browser then forgets what it kept of its form and of those at these addresses."""
    messages.success(request, text, extra_tags=" ".join((request.path, *forms)))


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
        confirm(request, done)
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
