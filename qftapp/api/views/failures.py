"""What answers where no view does: programs hear of it as JSON, people on a page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

PROGRAMS = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no server should be asked."""
    if request.path.startswith(PROGRAMS):
        return JsonResponse({"detail": "This request makes no sense."}, status=400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that there is not."""
    if request.path.startswith(PROGRAMS):
        return JsonResponse({"detail": "There is no such address; /api/schema/ describes them all."}, status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something that went wrong by our fault."""
    if request.path.startswith(PROGRAMS):
        return JsonResponse({"detail": "This went wrong here; it is in the log."}, status=500)
    return defaults.server_error(request)
