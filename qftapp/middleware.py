"""Middleware of our own."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

GetResponse = Callable[[HttpRequest], HttpResponse]


class SameAgain(HttpResponsePermanentRedirect):
    """Sends whoever asks elsewhere, with method and body as they are."""

    status_code = 308


class SlashMiddleware(CommonMiddleware):
    """Leads to the address with the slash that was left out, without turning what was posted into a GET."""

    response_redirect_class = SameAgain


def htmx_login_redirect(get_response: GetResponse) -> GetResponse:
    """Send the whole page to the login form where htmx would otherwise swap the form into a fragment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        htmx = HtmxDetails(request)
        if not htmx or response.status_code != 302:
            return response
        login = resolve_url(settings.LOGIN_URL)
        if not response["Location"].startswith(f"{login}?"):
            return response
        page = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(f"{login}?{urlencode({'next': page})}")

    return middleware
