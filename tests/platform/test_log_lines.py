"""A refused permission is one line of the log, an error keeps its traceback."""

import io
import logging
import sys

import pytest
from django.core.exceptions import PermissionDenied

from tests.factories import person


@pytest.fixture
def written(monkeypatch) -> io.StringIO:
    """What the handler of the settings writes."""
    text = io.StringIO()
    handler = next(each for each in logging.getLogger().handlers if each.get_name() == "stdout")
    monkeypatch.setattr(handler, "stream", text)
    return text


@pytest.mark.django_db
def test_refused_page_is_one_line(client, written):
    client.force_login(person("chandra"))

    client.get("/new-item/")

    lines = written.getvalue().splitlines()
    assert len(lines) == 1
    assert lines[0].endswith(
        "WARNING django.request: Forbidden (Permission denied): /new-item/ Only authors may write sources and items."
    )


@pytest.mark.parametrize(("error", "has_traceback"), [(PermissionDenied("No: 100%"), False), (KeyError("x"), True)])
def test_only_refusals_go_without_traceback(written, error, has_traceback):
    try:
        raise error
    except (PermissionDenied, KeyError):
        logging.getLogger("qftapp").error("It happened at %s", "/", exc_info=sys.exc_info())

    assert ("Traceback" in written.getvalue()) is has_traceback
