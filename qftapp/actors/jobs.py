"""Jobs for the background worker that belong to the caller's transaction."""

from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task


def defer(task: Task[..., Any, ...], **arguments: Any) -> None:
    """Ask the worker for a task: the job is there for others exactly when the rows of the transaction are.

    Inside a worker, a task's own `defer` has a connection of its own: its job may be done before there is anything to
    do it to.
    """
    JobDeferrer(JobManager(DjangoConnector()), task.configure().job).defer(**arguments)
