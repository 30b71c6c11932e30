"""Exports that nobody goes on with: their workers died time after time."""

from qftapp.actors import jobs
from qftapp.actors.locking import advisory_lock
from qftapp.experiments.exporting.building import LOCK, fail
from qftapp.experiments.models import Export


def fail_forsaken() -> None:
    """End the exports that nobody works at and that no job will begin again."""
    for export in Export.objects.filter(~jobs.is_in_hand("make_export", "export_id")).exclude(state__in=Export.ENDED):
        with advisory_lock(LOCK, export.pk) as is_forsaken:
            if is_forsaken:
                fail(export.pk, "The background worker gave this export up.")
