"""Which revision of the code runs, and that work remembers it."""

import pytest

from qftapp.revision import UNKNOWN, code_revision
from tests import factories


@pytest.fixture(autouse=True)
def forget():
    code_revision.cache_clear()
    yield
    code_revision.cache_clear()


def test_an_image_names_its_revision(settings):
    settings.CODE_REVISION = " abc1234 "
    assert code_revision() == "abc1234"


def test_without_history_it_is_unknown(settings, monkeypatch):
    settings.CODE_REVISION = ""
    monkeypatch.setenv("PATH", "")
    assert code_revision() == UNKNOWN


@pytest.mark.django_db
def test_work_remembers_the_revision(settings):
    settings.CODE_REVISION = "abc1234"
    assert factories.RunFactory().code_revision == "abc1234"
