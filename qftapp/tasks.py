"""Background tasks of the platform."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Run the jobs of killed workers again: left alone they stay `doing` for ever, and their locks block successors."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)
