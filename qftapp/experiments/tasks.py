"""Work on exports and training jobs that the background worker does."""

from procrastinate.contrib.django import app

from qftapp.experiments.jobs import claiming


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="offer_forsaken_training_jobs", pass_context=False)
def offer_forsaken_training_jobs(timestamp: int) -> None:
    """Offer the jobs of workers that are not heard of to others."""
    claiming.offer_forsaken()
