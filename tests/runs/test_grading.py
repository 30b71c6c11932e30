"""Grading a run: each trace is judged once, first grades count as they come, and what could not be judged is told."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from qftapp.actors.errors import Conflict
from qftapp.runs.grading import actions, execution
from qftapp.runs.models import Grade, Grading
from qftapp.verification import VERIFIER_VERSION
from tests import factories
from tests.runs import grading_of
from tests.runs.grading_of import LOOPS, NEGATIVE, RIGHT, RIGHT_TOO, SILENT, TWICE, TWICE_AS_CODE, UNREADABLE

pytestmark = pytest.mark.django_db


def test_run_is_graded_and_its_equal_answers_grouped():
    version = factories.approved()
    run = grading_of.run_of(RIGHT, TWICE, NEGATIVE, RIGHT_TOO, TWICE_AS_CODE, UNREADABLE, SILENT, versions=[version])
    grading = grading_of.graded(run)

    right, twice, negative, right_too, as_code, unreadable, silent = grading_of.traces(run)
    grades = {grade.trace_id: grade for grade in Grade.objects.filter(run=run)}
    assert (grading.state, grading.size, grading.progress, grading.error) == ("done", 7, 7, "")
    assert grading.accepted_at is not None
    assert all(grade.is_current for grade in grades.values())
    assert grading_of.outcomes(run) == ["correct", "wrong", "wrong", "correct", "wrong", "unreadable", "no_answer"]
    assert {pk: grade.answer_group for pk, grade in grades.items()} == {
        right.pk: right.pk,
        right_too.pk: right.pk,
        twice.pk: twice.pk,
        as_code.pk: twice.pk,
        negative.pk: negative.pk,
        unreadable.pk: unreadable.pk,
        silent.pk: None,
    }
    told = grades[negative.pk]
    assert (told.diagnosis, told.answer) == ("sign", r"-\frac{g^2 m}{8\pi}")
    assert told.detail["diagnosis"] == {
        "words": "the overall sign is wrong",
        "latex": "-1",
        "category": "mathematical",
    }
    assert told.detail["point"]["answer"] == f"-{told.detail['point']['gold']}"
    assert sorted(told.detail["point"]["arguments"]) == ["g", "m"]


def test_later_traces_are_graded_alone_and_join_the_groups():
    run = grading_of.run_of(TWICE)
    version = grading_of.traces(run)[0].item_version
    grading_of.graded(run)
    first = Grade.objects.get(run=run)
    with pytest.raises(Conflict, match="has a grade by verifier"):
        actions.request(run.pk, by=factories.person("farah"))

    grading_of.answer(run, TWICE_AS_CODE, versions=[version], first=1)
    grading = grading_of.graded(run)

    assert (grading.size, grading_of.outcomes(run)) == (1, ["wrong", "wrong"])
    assert Grade.objects.get(pk=first.pk).created_at == first.created_at
    assert set(Grade.objects.values_list("answer_group", flat=True)) == {first.trace_id}


def test_answer_that_loops_is_a_timeout_and_costs_no_other():
    run = grading_of.run_of(LOOPS, RIGHT)
    grading = grading_of.graded(run)

    assert grading.state == "done"
    assert grading_of.outcomes(run) == ["timeout", "correct"]


def test_item_without_a_sound_contract_or_gold_is_broken_and_not_counted_wrong():
    unsound = factories.ItemVersionFactory(state="approved", contract={"schema": 1})
    failing = factories.contract(gold={"language": "python", "source": "def decay_width(m, g):\n    return 1 / 0"})
    raising = factories.ItemVersionFactory(state="approved", contract=failing)
    run = grading_of.run_of(RIGHT, versions=[unsound, raising])
    grading_of.graded(run)

    assert grading_of.outcomes(run) == ["broken_item", "broken_item"]
    reasons = Grade.objects.order_by("trace_id").values_list("reason", flat=True)
    assert [reason[:25] for reason in reasons] == ["the contract is not sound", "gold has a value at only "]


def test_long_answers_are_kept_short():
    long = "+".join(f"g^{{{n}}} m" for n in range(900))
    run = grading_of.run_of(rf"$\boxed{{{long}}}$")
    grading_of.graded(run)

    grade = Grade.objects.get()
    assert len(grade.answer) == 4_000
    assert grade.detail["is_cut"] is True
    assert grade.answer_group == grade.trace_id


def test_grading_is_asked_of_the_worker():
    run = grading_of.run_of(RIGHT)
    grading = actions.request(run.pk, by=factories.person("farah"))

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args, job.lock) == ("grade_run", {"grading_id": grading.pk}, "grading")
    assert (grading.state, grading.size, grading.verifier_version) == ("queued", 1, VERIFIER_VERSION)


def test_only_engineers_grade():
    run = grading_of.run_of(RIGHT)
    with pytest.raises(PermissionDenied):
        actions.request(run.pk, by=factories.person("chandra"))
    grading = actions.request(run.pk, by=factories.person("farah"))
    for act in (actions.cancel, actions.accept, actions.reject):
        with pytest.raises(PermissionDenied):
            act(grading.pk, by=factories.person("chandra"))


def test_run_has_one_open_grading():
    run = grading_of.run_of(RIGHT)
    actions.request(run.pk, by=factories.person("farah"))
    with pytest.raises(Conflict, match="is being graded already"):
        actions.request(run.pk, by=factories.person("farah"))


def test_run_without_traces_is_not_graded():
    with pytest.raises(Conflict, match="no traces yet"):
        actions.request(factories.RunFactory().pk, by=factories.person("farah"))


def test_grading_that_was_cancelled_before_it_began_does_nothing():
    run = grading_of.run_of(RIGHT)
    grading = actions.request(run.pk, by=factories.person("farah"), in_background=False)
    actions.cancel(grading.pk, by=factories.person("farah"))
    execution.execute(grading.pk, processes=1)

    assert not Grade.objects.exists()
    with pytest.raises(Conflict, match="cancelled already"):
        actions.cancel(grading.pk, by=factories.person("farah"))


def test_grading_whose_job_is_gone_fails_with_a_reason():
    run = grading_of.run_of(RIGHT)
    grading = actions.request(run.pk, by=factories.person("farah"))
    actions.fail_forsaken()
    assert Grading.objects.get().state == "queued"

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    actions.fail_forsaken()

    grading.refresh_from_db()
    assert (grading.state, "gave this grading up" in grading.error) == ("failed", True)
    assert actions.request(run.pk, by=factories.person("farah")).state == "queued"
