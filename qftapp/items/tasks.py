"""Work on items that the background worker does."""

from procrastinate.contrib.django import app

from qftapp.items import importing


@app.task(name="ingest_batch", pass_context=False)
def ingest_batch(batch_id: int) -> None:
    """Read an uploaded batch; idempotent, so a worker that died may be followed by another."""
    importing.ingest(batch_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="fail_forsaken_batches", pass_context=False)
def fail_forsaken_batches(timestamp: int) -> None:
    """Tell people of imports that nobody will go on with."""
    importing.fail_forsaken()
