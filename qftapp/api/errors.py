"""What an action refuses, as an answer to a program."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from qftapp.actors.errors import Conflict


class Conflicting(exceptions.APIException):
    """The row is not in the state that the act needs."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an exception: 409 for a conflict, 400 with the fields for what is not valid."""
    if isinstance(error, Conflict):
        error = Conflicting(str(error))
    elif isinstance(error, ValidationError):
        named = hasattr(error, "error_dict")
        error = exceptions.ValidationError(error.message_dict if named else {"detail": error.messages})
    return exception_handler(error, context)
