"""Work on exports and training jobs that the background worker does."""

from procrastinate.contrib.django import app

from qftapp.experiments.exporting import building, forsaken, keeping
from qftapp.experiments.jobs import claiming
from qftapp.experiments.models import Export


@app.task(name="make_export", pass_context=False)
def make_export(export_id: int) -> None:
    """Make an export; idempotent, so a worker that died may be followed by another."""
    building.execute(export_id)


@app.task(name="make_formats", lock="make_formats", pass_context=False)
def make_formats(export_id: int) -> None:
    """Make the archives of an export, so that nobody waits for them."""
    keeping.make_all(Export.objects.select_related("release").get(pk=export_id))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="fail_forsaken_exports", pass_context=False)
def fail_forsaken_exports(timestamp: int) -> None:
    """Tell people of exports that nobody will go on with."""
    forsaken.fail_forsaken()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="offer_forsaken_training_jobs", pass_context=False)
def offer_forsaken_training_jobs(timestamp: int) -> None:
    """Offer the jobs of workers that are not heard of to others."""
    claiming.offer_forsaken()
