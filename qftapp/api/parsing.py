"""JSON that programs send, of bounded length and depth, in text that can be kept."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from qftapp.actors.text import storable
from qftapp.api.errors import TooLarge


class BoundedJSONParser(JSONParser):
    """JSON that fits into memory, whatever its sender intends; files of traces do not come this way."""

    def parse(self, stream: IO[Any], media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        """Return what the body says; raises TooLarge and ParseError."""
        said = context["request"].META.get("CONTENT_LENGTH", "") if context else ""
        if said.isdecimal() and int(said) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            found = super().parse(stream, media_type, context)
            if storable(found) != found:
                raise ParseError("Text may hold neither NUL nor half of a surrogate pair.")
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        return found
