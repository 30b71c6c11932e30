"""What an action refuses, and what there is not, as an answer to a program."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import UnreadablePostError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from qftapp.actors.errors import Conflict


class Conflicting(exceptions.APIException):
    """The row is not in the state that the act needs."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class TooLarge(exceptions.APIException):
    """The body is larger than such an address takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"The body has more than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MB."


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an exception: 409 for a conflict, 400 with the fields for what is not valid."""
    if isinstance(error, UnreadablePostError):
        error = exceptions.ParseError("The body broke off before its end. Send it again.")
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError(str(error))
    elif isinstance(error, Conflict):
        error = Conflicting(str(error))
    elif isinstance(error, ValidationError):
        named = hasattr(error, "error_dict")
        error = exceptions.ValidationError(error.message_dict if named else {"detail": error.messages})
    return exception_handler(error, context)
