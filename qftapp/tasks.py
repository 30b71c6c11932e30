"""Background tasks of the platform."""

from procrastinate.contrib.django import app
from procrastinate.jobs import Status

ATTEMPTS = 3
"""How often a job is begun: one that takes its worker with it every time is given up."""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Run the jobs of killed workers again: left alone they stay `doing` for ever, and their locks block successors."""
    for job in await app.job_manager.get_stalled_jobs():
        if job.attempts + 1 < ATTEMPTS:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
