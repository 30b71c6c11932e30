"""What is counted of runs: kept, and never older than what one sees otherwise."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from qftapp.runs import tallies
from qftapp.runs.models import Grade, RunChange, RunTally, Trace
from tests import factories
from tests.runs.judged import judged


def traces_of(run) -> int:
    return tallies.tallies([run.pk])[run.pk].traces


def outcomes_of(run) -> dict[str, int]:
    return {outcome: count for _, outcome, count in tallies.counts(run.pk).outcomes}


@pytest.mark.django_db
def test_run_that_has_not_changed_is_not_counted_again():
    trace = judged(factories.RunFactory(), factories.approved("a"))
    assert outcomes_of(trace.run) == {"correct": 1}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert outcomes_of(trace.run) == {"correct": 1}
    assert len(asked) == 1


@pytest.mark.django_db
def test_every_change_of_traces_and_grades_is_counted():
    run, version = factories.RunFactory(), factories.approved("a")
    assert traces_of(run) == 0
    trace = judged(run, version, outcome="wrong")
    assert (traces_of(run), outcomes_of(run)) == (1, {"wrong": 1})
    Grade.objects.filter(trace=trace).update(is_current=False)
    assert outcomes_of(run) == {}
    factories.GradeFactory(trace=trace, verifier_version="9")
    assert outcomes_of(run) == {"correct": 1}
    Grade.objects.filter(trace=trace).delete()
    assert (traces_of(run), outcomes_of(run)) == (1, {})
    Trace.objects.filter(pk=trace.pk).delete()
    assert traces_of(run) == 0


@pytest.mark.django_db
def test_change_of_one_run_leaves_the_others():
    first, second = factories.RunFactory(), factories.RunFactory()
    traces_of(first), traces_of(second)
    judged(first, factories.approved("a"))
    assert set(RunChange.objects.values_list("run", flat=True)) == {first.pk}


@pytest.mark.django_db
def test_changes_are_told_once_until_they_are_counted():
    run, version = factories.RunFactory(), factories.approved("a")
    for sample in range(5):
        judged(run, version, sample)
    assert RunChange.objects.filter(run=run).count() == 1


@pytest.mark.django_db
def test_what_the_verifier_has_left_is_known():
    run, version = factories.RunFactory(), factories.approved("a")
    judged(run, version, 0)
    factories.TraceFactory(run=run, item_version=version, sample_index=1)
    found = tallies.counts(run.pk)
    verifier = Grade.objects.get().verifier_version
    assert (found.ungraded(verifier), found.is_graded_by_another(verifier)) == (1, False)
    assert (found.ungraded("next"), found.is_graded_by_another("next")) == (2, True)


def elsewhere(act) -> threading.Thread:
    """Do something in another connection; returns once it waits for us or is over."""

    def work():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_beside_an_open_change_is_not_kept():
    run, version = factories.RunFactory(), factories.approved("a")
    judged(run, version, 0)
    is_written, may_commit = threading.Event(), threading.Event()

    def change():
        with transaction.atomic():
            judged(run, version, 1)
            is_written.set()
            may_commit.wait(10)

    writer = elsewhere(change)
    is_written.wait(10)
    try:
        assert traces_of(run) == 1
        assert not RunTally.objects.filter(run=run).exists()
    finally:
        may_commit.set()
        writer.join()
    assert traces_of(run) == 2
    assert RunTally.objects.filter(run=run).exists()


@pytest.mark.django_db(transaction=True)
def test_change_that_began_before_the_count_and_ended_after_it_is_counted():
    run, version = factories.RunFactory(), factories.approved("a")
    judged(run, version, 0)
    traces_of(run)  # no change is told now
    is_written, may_commit = threading.Event(), threading.Event()

    def change():
        with transaction.atomic():
            judged(run, version, 1)
            is_written.set()
            may_commit.wait(10)

    writer = elsewhere(change)
    is_written.wait(10)
    try:
        RunTally.objects.all().delete()
        assert traces_of(run) == 1
    finally:
        may_commit.set()
        writer.join()
    assert traces_of(run) == 2


@pytest.mark.django_db
def test_evaluations_at_rest_are_counted_before_anybody_asks():
    version = factories.approved()
    at_rest, graded, asked, taught = (
        factories.RunFactory(purpose="evaluate"),
        factories.RunFactory(purpose="evaluate"),
        factories.asked(state="running"),
        factories.RunFactory(),
    )
    for run in (at_rest, graded, asked, taught):
        judged(run, version)
    factories.GradingFactory(run=graded, state="running", finished_at=None)
    assert tallies.count_changed() == 1
    assert list(RunTally.objects.values_list("run", flat=True)) == [at_rest.pk]
    assert tallies.count_changed() == 0
    judged(at_rest, version, 1)
    assert tallies.count_changed() == 1
    assert tallies.tallies([at_rest.pk])[at_rest.pk].traces == 2
