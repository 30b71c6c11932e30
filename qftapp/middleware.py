"""Middleware of our own."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.middleware.common import CommonMiddleware
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from qftapp.actors.http import POSTED
from qftapp.actors.text import storable

GetResponse = Callable[[HttpRequest], HttpResponse]


class SameAgain(HttpResponsePermanentRedirect):
    """Sends whoever asks elsewhere, with method and body as they are."""

    status_code = 308


class SlashMiddleware(CommonMiddleware):
    """Leads to the address with the slash that was left out, without turning what was posted into a GET."""

    response_redirect_class = SameAgain


PROGRAMS = ("/api/", "/admin/")
"""Addresses whose views say themselves which methods they know."""
PAGES_SAID = ("HTTP_REFERER", "HTTP_HX_CURRENT_URL")
"""Where a browser says from which page it asks."""
READING = ["GET", "HEAD", "OPTIONS"]


def sound_requests(get_response: GetResponse) -> GetResponse:
    """Show a NUL in the address, which no column holds, as text that is kept shows it; forget pages that are none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        for said in PAGES_SAID:
            if not _is_address(request.META.get(said, "")):
                del request.META[said]
        request.path, request.path_info = storable(request.path), storable(request.path_info)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", quote(storable("\0")))
        return get_response(request)

    return middleware


def _is_address(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


class KnownMethods:
    """Refuses, on a page that says so, what a page does not know: to be posted, unless it acts or has a form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.path.startswith(PROGRAMS):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponse | None:
        """The refusal, before anybody asks for a login or for the token of a form."""
        knows_itself = hasattr(view, "view_class") or request.path.startswith(PROGRAMS)
        allowed = [*READING, "POST"] if view in POSTED else READING
        return None if knows_itself or request.method in allowed else HttpResponseNotAllowed(allowed)


def back_after_login(get_response: GetResponse) -> GetResponse:
    """Lead from the login form back to the page one was on, not to a fragment or an act, and let the form say `undone`.

    With htmx the whole page goes to the form, which would otherwise be swapped into a fragment.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if response.status_code != 302 or not response["Location"].startswith(f"{login}?"):
            return response
        htmx = HtmxDetails(request)
        is_act = request.method not in ("GET", "HEAD")
        if not htmx and not is_act:
            return response
        page = (htmx.current_url_abs_path or "/") if htmx else _page_of(request)
        address = f"{login}?{urlencode({'next': page} | ({'undone': 1} if is_act else {}))}"
        return HttpResponseClientRedirect(address) if htmx else HttpResponseRedirect(address)

    return middleware


def _page_of(request: HttpRequest) -> str:
    """Where a form was sent from, as the browser says it; else where it was sent to, which leads to its page."""
    said = urlsplit(request.headers.get("Referer", ""))
    if said.netloc != request.get_host():
        return request.get_full_path()
    return f"{said.path}?{said.query}" if said.query else said.path
