"""A name that two people choose in the same moment goes to one of them, and the other is told."""

import pytest
from django.core.exceptions import ValidationError

from qftapp.actors.saving import check_and_save
from qftapp.items.models import Source
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db


def test_taken_name_is_told_at_its_field():
    SourceFactory(slug="notes")

    with pytest.raises(ValidationError) as refusal:
        check_and_save(Source(slug="notes", title="Notes"))

    assert list(refusal.value.message_dict) == ["slug"]


def test_name_taken_after_the_check_is_told_too(monkeypatch):
    SourceFactory(slug="notes")
    monkeypatch.setattr(Source, "full_clean", lambda source: None)  # the moment between the check and the write

    with pytest.raises(ValidationError, match="in this very moment"):
        check_and_save(Source(slug="notes", title="Notes"))

    assert Source.objects.count() == 1
