"""What reports need beyond the tally of a run: by version, kept with the tally, and never older than it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qftapp.runs import details, tallies
from qftapp.runs.models import RunChange, RunTally
from tests import factories
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db


def rows(columns) -> list[tuple[object, ...]]:
    return sorted(zip(*columns, strict=True))


def test_answers_are_summed_by_version_outcome_and_diagnosis():
    run, first, second = factories.RunFactory(), factories.approved("a"), factories.approved("b")
    judged(run, first, 0, trace={"text": "x" * 10, "output_tokens": 100})
    judged(run, first, 1, "wrong", diagnosis="sign", trace={"text": "x" * 20, "output_tokens": 300})
    judged(run, first, 2, "wrong", diagnosis="sign", trace={"text": "x" * 30, "output_tokens": None})
    judged(run, first, 3, "wrong", trace={"text": "x", "finish_reason": "length", "output_tokens": 7})
    judged(run, second, 0, "no_answer", trace={"text": "", "finish_reason": "length", "output_tokens": 9})
    factories.TraceFactory(run=run, item_version=second, sample_index=1)
    a, b = first.pk, second.pk
    assert rows(details.details(run.pk).answers[:8]) == sorted(
        [
            (a, "correct", "", 1, 10, 0, 1, 100),
            (a, "wrong", "", 1, 1, 1, 1, 7),
            (a, "wrong", "sign", 2, 50, 0, 1, 300),
            (b, "no_answer", "", 1, 0, 1, 1, 9),
        ]
    )


def test_groups_are_counted_by_their_size():
    run, version = factories.RunFactory(), factories.approved("a")
    groups = [7, 7, 7, 8, 8, 9, 9, None, None]
    for sample, group in enumerate(groups):
        judged(run, version, sample, "wrong", answer_group=group)
    judged(run, version, 20, "correct", answer_group=5)
    judged(run, version, 21, "unreadable", answer_group=6)
    assert rows(details.details(run.pk).groups) == [
        (version.pk, 1, 2),
        (version.pk, 2, 2),
        (version.pk, 3, 1),
    ]


def test_run_that_has_not_changed_is_not_counted_again():
    run = judged(factories.RunFactory(), factories.approved("a")).run
    first = details.details(run.pk)
    with CaptureQueriesContext(connection) as asked:
        assert details.details(run.pk) == first
    assert len(asked) == 1


def test_change_is_seen_at_once():
    run, version = factories.RunFactory(), factories.approved("a")
    judged(run, version)
    details.details(run.pk)
    judged(run, version, 1)
    assert details.details(run.pk).answers.traces == [2]
    assert tallies.tallies([run.pk])[run.pk].traces == 2


def test_details_of_a_tally_that_no_longer_holds_are_not_read():
    run = judged(factories.RunFactory(), factories.approved("a")).run
    tallies.tallies([run.pk])
    RunChange.objects.create(run=run)
    assert not tallies.kept([run.pk]).exists()
    RunTally.objects.update(details={"answers": [[]] * 10, "groups": [[]] * 3})
    assert details.details(run.pk).answers.traces == [1]


def test_evaluations_are_counted_before_anybody_asks():
    version = factories.approved()
    evaluated, taught = factories.RunFactory(purpose="evaluate"), factories.RunFactory()
    for run in (evaluated, taught):
        judged(run, version)
        tallies.tallies([run.pk])
    assert details.count_missing() == 1
    assert list(RunTally.objects.exclude(details__isnull=True).values_list("run", flat=True)) == [evaluated.pk]
    assert details.count_missing() == 0
