"""A gate before the application under test: what a closing page still sends must not meet tables being emptied."""

import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_changed = threading.Condition()
_is_open = True
_inside = 0


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let requests in while the gate is open."""

    def pass_through(request: HttpRequest) -> HttpResponse:
        global _inside
        with _changed:
            if not _is_open:
                return HttpResponse("The test is over.", status=503)
            _inside += 1
        try:
            return get_response(request)
        finally:
            with _changed:
                _inside -= 1
                _changed.notify_all()

    return pass_through


def shut(seconds: float = 30) -> None:
    """Let nobody in any more, and wait until all are out."""
    global _is_open
    with _changed:
        _is_open = False
        assert _changed.wait_for(lambda: _inside == 0, seconds), "A request of this test does not end."


def unlock() -> None:
    """Let requests in again."""
    global _is_open
    with _changed:
        _is_open = True
