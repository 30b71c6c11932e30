"""Sentences in which a trace turns back: what counts, when it is counted, and that reports hear of it."""

import pytest
from django.db import connection

from qftapp.runs import details, words
from qftapp.runs.models import TraceBacktracks, TraceWords
from tests import factories
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db


def backtracks(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT qft_backtracks(%s)", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "text",
    [
        "Wait, the sign.",
        "so m².\nHmm, actually m.",
        "But wait",
        "On second thought, use Lorenz gauge.",
        "Scratch that.",
        "Actually, no.",
        "No, that is not what I want.",
        "That is wrong by a factor of 2.",
        "this can’t be right",
        "This cannot be right.",
        "It doesn't seem right.",
        "Hence that's not correct!",
        "this isn't quite right",
        "I made an algebra error.",
        "There must be a sign error",
        "Let me recheck.",
        "Let me quickly recompute the trace.",
        "I should double-check the limit.",
        "we need to redo this",
        "Let me check the integral once again.",
        "let's start over",
        "Let me go back.",
        "Let's try a different gauge.",
    ],
)
def test_doubt_is_a_backtrack(text):
    assert backtracks(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We wait for the pole to decay and wait until t is large.",
        "waiting, awaited, hmac",
        "this is correct, and that is right",
        "The right-hand side is not zero.",
        "No, since the trace vanishes.",
        "from scratch",
        "The error is of order epsilon.",
        "Let me check the limit.",
        "we recompute the integral",
        "Another approach is known.",
    ],
)
def test_going_on_is_none(text):
    assert backtracks(text) == 0


def test_each_sentence_counts_once():
    assert backtracks("Wait, that's wrong, let me recheck. Now wait: no. Fine.\nHmm\nWAIT!") == 4


def test_long_text_is_counted_whole():
    assert backtracks("Wait, no.\n" + "a formula " * 40_000 + "\nWait, yes.") == 2


def test_words_and_backtracks_are_made_together():
    trace = factories.TraceFactory(text="Wait, the metric. Hmm.")
    assert words.make_words()
    assert TraceBacktracks.objects.values_list("trace", "run", "count").get() == (trace.pk, trace.run_id, 2)
    assert TraceWords.objects.filter(trace=trace).exists()


def test_what_had_words_before_is_counted_too():
    trace = factories.TraceFactory(text="Wait.")
    words.make_words()
    TraceBacktracks.objects.all().delete()
    made = TraceWords.objects.get().words
    assert words.make_words()
    assert TraceBacktracks.objects.get().count == 1
    assert (TraceWords.objects.get().trace_id, TraceWords.objects.get().words) == (trace.pk, made)


def test_reports_hear_of_backtracks_that_come():
    trace = judged(factories.RunFactory(), factories.approved("a"), trace={"text": "Wait. Wait."})
    run = trace.run_id
    assert counted(run) == ([0], [0])
    words.make_words()
    assert counted(run) == ([1], [2])
    TraceBacktracks.objects.update(count=5)
    assert counted(run) == ([1], [5])
    TraceBacktracks.objects.all().delete()
    assert counted(run) == ([0], [0])


def counted(run: int) -> tuple[list[int], list[int]]:
    answers = details.details(run).answers
    return answers.with_backtracks, answers.backtracks
