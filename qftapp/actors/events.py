"""Writing and reading the log of acts."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet

from qftapp.actors.models import Event, User
from qftapp.actors.text import storable


def subject_of(row: models.Model) -> str:
    """The name of a row in the log: its table in snake case and its id, such as ``item_version:412``."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(row).__name__)
    return f"{name.lstrip('_')}:{row.pk}"


def log(actor: User, verb: str, row: models.Model, **data: Any) -> Event:
    """Append one act; call it inside the transaction that does the act."""
    return Event.objects.create(actor=actor, verb=verb, subject=subject_of(row), data=storable(data))


def history(rows: Iterable[models.Model]) -> QuerySet[Event]:
    """The acts on these rows, newest first, with their actors."""
    return Event.objects.filter(subject__in=[subject_of(row) for row in rows]).select_related("actor")
