"""A run in numbers: what counts, what stands apart, topics, levels, lengths, groups of answers."""

import pytest

from qftapp.runs import summaries, tallies
from tests import factories
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return factories.RunFactory()


def test_outcomes_without_an_answer_are_not_right_and_stand_apart(run):
    version = factories.approved("a")
    for sample, outcome in enumerate(["correct", "wrong", "timeout", "unreadable", "no_answer"]):
        judged(run, version, sample, outcome)
    whole = summaries.summarise(run).whole
    assert (whole.accuracy.value, whole.apart) == (1 / 5, [1, 1, 1])


def test_broken_items_are_not_counted(run):
    judged(run, factories.approved("a"), outcome="correct")
    judged(run, factories.approved("b"), outcome="broken_item")
    whole = summaries.summarise(run).whole
    assert (whole.accuracy.value, whole.accuracy.items, whole.broken) == (1.0, 1, 1)


def test_a_run_of_broken_items_alone_has_no_accuracy(run):
    judged(run, factories.approved("a"), outcome="broken_item")
    assert summaries.summarise(run).whole.accuracy is None
    assert tallies.accuracy(tallies.tallies([run.pk])[run.pk]) is None


def test_only_the_grade_that_counts_is_counted(run):
    trace = judged(run, factories.approved("a"), outcome="wrong")
    factories.GradeFactory(trace=trace, verifier_version="9", outcome="correct", is_current=False)
    assert summaries.summarise(run).whole.accuracy.value == 0


def test_topics_and_levels_have_rows_in_the_order_of_the_taxonomy(run):
    judged(run, factories.approved("a", topic="weak-decays", domain_level="postgraduate"))
    judged(run, factories.approved("b", topic="noether-currents", domain_level="undergraduate"), outcome="wrong")
    judged(run, factories.approved("c", topic="noether-currents", domain_level="postgraduate"))
    summary = summaries.summarise(run)
    assert [(row.key, row.accuracy.value) for row in summary.topics] == [
        ("noether-currents", 0.5),
        ("weak-decays", 1.0),
    ]
    assert [(row.key, row.accuracy.items) for row in summary.levels] == [("undergraduate", 1), ("postgraduate", 2)]


def test_versions_of_one_item_are_one_cluster(run):
    first = factories.approved("a")
    judged(run, first)
    judged(run, factories.replace(first), outcome="wrong")
    summary = summaries.summarise(run)
    assert (summary.whole.accuracy.items, [item.number for item in summary.items]) == (1, [1, 2])
    assert tallies.accuracy(tallies.tallies([run.pk])[run.pk]) == summary.whole.accuracy


def test_the_list_and_the_page_of_a_run_say_the_same(run):
    for number in range(7):
        version = factories.approved(f"item-{number}")
        for sample in range(number % 3 + 1):
            judged(run, version, sample, "correct" if (number + sample) % 3 else "wrong")
    assert tallies.accuracy(tallies.tallies([run.pk])[run.pk]) == summaries.summarise(run).whole.accuracy
    assert summaries.summarise(run).whole.accuracy.low is not None


def test_lengths_are_quantiles_by_outcome_and_ungraded_traces_come_last(run):
    version = factories.approved("a")
    for sample, size in enumerate([10, 20, 30, 40, 1000]):
        judged(run, version, sample, "correct", trace={"text": "x" * size, "output_tokens": size // 2})
    factories.TraceFactory(run=run, item_version=version, sample_index=9, text="y" * 7, output_tokens=None)
    lengths = summaries.summarise(run).lengths
    assert [(length.outcome, length.traces, list(length.characters)) for length in lengths] == [
        ("correct", 5, [10, 30, 1000]),
        ("", 1, [7, 7, 7]),
    ]
    assert [list(length.tokens) for length in lengths] == [[5, 15, 500], [None, None, None]]


def test_kinds_of_wrong_answers_are_counted(run):
    version = factories.approved("a")
    for sample, code in enumerate(["factor", "sign", "factor", ""]):
        judged(run, version, sample, "wrong", diagnosis=code)
    assert summaries.summarise(run).diagnoses == [
        ("factor", "constant factor", 2),
        ("", "nothing certain to say", 1),
        ("sign", "overall sign", 1),
    ]


def test_answer_groups_are_counted_with_the_answer_of_their_first_trace(run):
    version = factories.approved("a")
    first = judged(run, version, 0, "wrong", answer="2x")
    factories.Grade.objects.update(answer_group=first.pk)
    for sample in (1, 2):
        judged(run, version, sample, "wrong", answer="x + x", answer_group=first.pk)
    other = judged(run, version, 3, "correct", answer="x")
    factories.Grade.objects.filter(trace=other).update(answer_group=other.pk)
    judged(run, version, 4, "no_answer")
    groups = summaries.answer_groups(run, [version.pk])[version.pk]
    assert [(group.id, group.count, group.answer, group.outcome) for group in groups] == [
        (first.pk, 3, "2x", "wrong"),
        (other.pk, 1, "x", "correct"),
    ]


def test_runs_of_an_item_say_how_each_did(run):
    version = factories.approved("a")
    for sample, outcome in enumerate(["correct", "wrong", "broken_item"]):
        judged(run, version, sample, outcome)
    factories.TraceFactory(run=run, item_version=version, sample_index=3)
    judged(factories.RunFactory(), factories.approved("b"))
    (result,) = summaries.runs_of_item("a")
    assert (result.run, result.right, result.counted, result.traces) == (run, 1, 2, 4)
