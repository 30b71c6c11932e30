"""Asking the database for what it must not do."""

from collections.abc import Callable

from django.db import IntegrityError, transaction


def refused(change: Callable[[], object]) -> bool:
    """Whether the database refuses a change; nothing of it stays then."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False
