"""Work on runs that the background worker does."""

from procrastinate.contrib.django import app

from qftapp.runs import words
from qftapp.runs.importing import tidying, working


@app.task(name="make_words_of_traces", lock="make_words_of_traces", pass_context=False)
def make_words_of_traces() -> None:
    """Make traces findable by their words; what is left after a while is for the next job."""
    if not words.make_words():
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
