"""Work on labels that the background worker does."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from qftapp.labels.models import Suggesting
from qftapp.labels.suggesting import actions
from qftapp.runs.asking.keeping import AskedElsewhere
from qftapp.runs.tasks import ASKING


@app.task(
    name="suggest_labels",
    queue=ASKING,
    pass_context=True,
    retry=RetryStrategy(wait=10, retry_exceptions={AskedElsewhere}),
)
def suggest_labels(context: JobContext, suggesting_id: int) -> None:
    """Ask a model for its annotations; idempotent, so a worker that died may be followed by another."""
    if actions.execute(suggesting_id, must_leave=context.should_abort) == Suggesting.State.QUEUED:
        suggest_labels.defer(suggesting_id=suggesting_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="fail_forsaken_suggestings", pass_context=False)
def fail_forsaken_suggestings(timestamp: int) -> None:
    """Tell people of suggestions that nobody will go on with."""
    actions.fail_forsaken()
