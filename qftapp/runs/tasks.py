"""Work on runs that the background worker does."""

from procrastinate.contrib.django import app

from qftapp.runs import words


@app.periodic(cron="*/5 * * * *")
@app.task(name="make_words_of_traces", lock="make_words_of_traces", pass_context=False)
def make_words_of_traces(timestamp: int) -> None:
    """Make traces findable by their words; what is left after a while is for the next job."""
    if not words.make_words():
        words.ask_for_words()
