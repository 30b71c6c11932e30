"""Jobs come with the transaction that asks for them, also inside a worker."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors import jobs
from qftapp.runs.tasks import grade_run


def asked_for():
    return ProcrastinateJob.objects.filter(task_name="grade_run", args={"grading_id": 404})


@pytest.mark.django_db(transaction=True)
def test_job_of_a_transaction_that_is_undone_is_not_there():
    with app.replace_connector(app.connector.get_worker_connector()), app.open():
        with transaction.atomic():
            jobs.defer(grade_run, grading_id=404)
            transaction.set_rollback(True)
        assert not asked_for().exists()


@pytest.mark.django_db
def test_job_keeps_the_lock_of_its_task():
    jobs.defer(grade_run, grading_id=404)
    assert asked_for().get().lock == "grading"
