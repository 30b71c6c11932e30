"""The health page."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_health_says_that_no_worker_is_alive(client):
    response = client.get("/health/")

    assert response.status_code == 503
    assert response.json() == {"database": True, "migrations": True, "worker": False}


@pytest.mark.django_db
def test_health_is_well_when_a_worker_reported_lately(client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    response = client.get("/health/")

    assert response.status_code == 200
    assert response.json() == {"database": True, "migrations": True, "worker": True}
