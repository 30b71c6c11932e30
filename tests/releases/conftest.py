"""The people who meet releases, and one open release."""

import pytest

from qftapp.actors.models import User
from qftapp.releases.models import Release
from tests.factories import ReleaseFactory, person


@pytest.fixture
def farah(db) -> User:
    return person("farah")


@pytest.fixture
def alice(db) -> User:
    return person("alice")


@pytest.fixture
def release(farah) -> Release:
    return ReleaseFactory(name="qft-1", created_by=farah)


@pytest.fixture
def engineer(client, farah):
    client.force_login(farah)
    return client


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client
