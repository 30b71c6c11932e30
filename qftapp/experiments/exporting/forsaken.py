"""Exports that nobody goes on with: their workers died time after time."""

from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors.locking import advisory_lock
from qftapp.experiments.exporting.building import LOCK, fail
from qftapp.experiments.models import Export


def fail_forsaken() -> None:
    """End the exports that nobody works at and that no job will begin again."""
    export_of_job = Cast(KeyTextTransform("export_id", "args"), BigIntegerField())
    alive = ProcrastinateJob.objects.filter(task_name="make_export", status__in=("todo", "doing"))
    waiting = alive.annotate(export=export_of_job).filter(export=OuterRef("pk"))
    for export in Export.objects.filter(~Exists(waiting)).exclude(state__in=Export.ENDED):
        with advisory_lock(LOCK, export.pk) as is_forsaken:
            if is_forsaken:
                fail(export.pk, "The background worker gave this export up.")
