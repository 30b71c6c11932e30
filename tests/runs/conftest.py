"""What tests of runs may rely on."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob


@pytest.fixture(autouse=True)
def no_jobs_of_other_tests(request: pytest.FixtureRequest) -> None:
    """Empty the queue, which the end of a test with real transactions leaves as it is."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
        ProcrastinateJob.objects.all().delete()
