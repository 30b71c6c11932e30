"""Who acts in a request of a program."""

from typing import cast

from rest_framework.request import Request

from qftapp.actors.models import User


def actor(request: Request) -> User:
    """Return the person; nobody else comes past the permission of every view."""
    return cast(User, request.user)
