"""Middleware of our own."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

GetResponse = Callable[[HttpRequest], HttpResponse]


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
