"""Jobs for the background worker that belong to the caller's transaction."""

from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task


def defer(task: Task[..., Any, ...], **arguments: Any) -> None:
    """Ask the worker for a task: the job is there for others exactly when the rows of the transaction are.

    Inside a worker, a task's own `defer` has a connection of its own: its job may be done before there is anything to
    do it to.
    """
    JobDeferrer(JobManager(DjangoConnector()), task.configure().job).defer(**arguments)


def is_in_hand(task: str, argument: str) -> Exists:
    """Whether a job of that task, which names the row in that argument, waits or is at work: a filter for rows."""
    alive = ProcrastinateJob.objects.filter(task_name=task, status__in=("todo", "doing"))
    named = alive.annotate(row=Cast(KeyTextTransform(argument, "args"), BigIntegerField()))
    return Exists(named.filter(row=OuterRef("pk")))
