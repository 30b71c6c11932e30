"""What nobody goes on with: imports whose workers died, uploads that were never begun, files that stayed behind."""

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from qftapp.actors import jobs
from qftapp.runs.importing import uploads
from qftapp.runs.importing.working import fail, forget_file, is_ours, run_ends_with
from qftapp.runs.models import Run, TraceImport

State = TraceImport.State
KEPT_UNBEGUN = timedelta(days=7)
KEPT_UPLOAD_SECONDS = 24 * 3600


def tidy() -> None:
    """Do all of it; each is safe to do at any time."""
    fail_forsaken()
    cancel_unbegun()
    for ended in TraceImport.objects.filter(state__in=(State.DONE, State.CANCELLED)).exclude(file=""):
        forget_file(ended)
    for upload in uploads.folder().iterdir():
        if upload.stat().st_mtime < time.time() - KEPT_UPLOAD_SECONDS:
            upload.unlink(missing_ok=True)


def fail_forsaken() -> None:
    """End the imports that nobody works at and that no job will begin again: their workers died time after time."""
    begun = TraceImport.objects.exclude(state__in=TraceImport.ENDED).exclude(columns={})
    for import_id in begun.filter(~jobs.is_in_hand("import_traces", "import_id")).values_list("pk", flat=True):
        with transaction.atomic():
            if is_ours(import_id):
                fail(import_id, "Whoever read it gave up.")


def cancel_unbegun() -> None:
    """Give up the files that somebody uploaded a week ago and never began to import."""
    old = TraceImport.objects.filter(state=State.QUEUED, columns={}, requested_at__lt=timezone.now() - KEPT_UNBEGUN)
    for import_id in old.values_list("pk", flat=True):
        with transaction.atomic():
            TraceImport.objects.filter(pk=import_id).update(state=State.CANCELLED, finished_at=timezone.now())
            run_ends_with(import_id, Run.State.CANCELLED)
