"""Work on runs that the background worker does."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from qftapp.runs import details, tallies, words
from qftapp.runs.asking import actions as asking
from qftapp.runs.asking.executing import execute
from qftapp.runs.asking.keeping import AskedElsewhere
from qftapp.runs.grading import actions as grading
from qftapp.runs.grading import execution
from qftapp.runs.importing import tidying, working
from qftapp.runs.models import Run
from qftapp.verification.cores import cores

ASKING = "asking"
"""A queue with workers of its own: a run waits for hours, and nothing else is to wait behind it."""


@app.task(
    name="ask_run",
    queue=ASKING,
    pass_context=True,
    retry=RetryStrategy(wait=10, retry_exceptions={AskedElsewhere}),
)
def ask_run(context: JobContext, run_id: int) -> None:
    """Ask for what a run lacks, then have it graded; idempotent, so a worker that died may be followed by another."""
    if execute(run_id, must_leave=context.should_abort) == Run.State.QUEUED:
        ask_run.configure(lock=f"run:{run_id}").defer(run_id=run_id)
        return
    run = Run.objects.select_related("requested_by").get(pk=run_id)
    grading.request_if_needed(run_id, by=run.requested_by)
    words.ask_for_words()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="fail_forsaken_runs", pass_context=False)
def fail_forsaken_runs(timestamp: int) -> None:
    """Tell people of runs that nobody will go on with."""
    asking.fail_forsaken()


@app.task(name="make_words_of_traces", lock="make_words_of_traces", pass_context=False)
def make_words_of_traces() -> None:
    """Make traces findable by their words; what is left after a while is for the next job."""
    if not words.make_words(connections=cores()):
        words.ask_for_words()


@app.periodic(cron="*/5 * * * *")
@app.task(name="look_for_traces_without_words", pass_context=False)
def look_for_traces_without_words(timestamp: int) -> None:
    """Ask for the words of traces that came in other ways."""
    words.ask_for_words()


@app.task(name="import_traces", pass_context=False)
def import_traces(import_id: int) -> None:
    """Bring a file of traces in; idempotent, so a worker that died may be followed by another."""
    working.execute(import_id)


@app.periodic(cron="* * * * *")
@app.task(name="tidy_trace_imports", queueing_lock="tidy_trace_imports", pass_context=False)
def tidy_trace_imports(timestamp: int) -> None:
    """End the imports that nobody will go on with, and delete files that nobody needs."""
    tidying.tidy()


@app.task(name="grade_run", lock="grading", pass_context=False)
def grade_run(grading_id: int) -> None:
    """Grade the traces of a run, one grading at a time since each takes all cores; idempotent."""
    execution.execute(grading_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="fail_forsaken_gradings", pass_context=False)
def fail_forsaken_gradings(timestamp: int) -> None:
    """Tell people of gradings that nobody will go on with."""
    grading.fail_forsaken()


@app.periodic(cron="* * * * *")
@app.task(name="count_runs", queueing_lock="count_runs", pass_context=False)
def count_runs(timestamp: int) -> None:
    """Count evaluations that have changed, so that nobody who opens a report waits for it."""
    tallies.count_changed()
    details.count_missing()
