"""Bodies that come in chunks, without their length."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.request import Request

PROGRAMS = "/api/"
REFUSAL = "A body in chunks is read only where files of traces go. Send it whole, with its Content-Length."


def is_chunked(request: HttpRequest | Request) -> bool:
    """Whether the body comes in chunks."""
    return "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()


class ChunkedBodies:
    """Refuses them with 411, where Django would take them for empty; not where a view `takes_chunks` as they come."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object) -> HttpResponse | None:
        """The refusal, nothing where the view may go on."""
        if not is_chunked(request) or not request.path.startswith(PROGRAMS):
            return None
        if getattr(getattr(view, "cls", None), "takes_chunks", False):
            return None
        return JsonResponse({"detail": REFUSAL}, status=411)
