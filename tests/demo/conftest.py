"""The paper's tables, which tests read as rows and as a report."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from qftapp.demo.paper import loading
from tests.factories import person


@pytest.fixture(scope="module")
def paper(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The paper's tables, gone again after the last test of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(person("farah"))
        yield
        transaction.set_rollback(True)
