"""What the database keeps of prompts, traces and grades, whoever asks it to change them."""

import pytest
from django.db import connection

from qftapp.runs.models import Grade, Prompt, Trace
from tests import factories
from tests.facts import refused

pytestmark = pytest.mark.django_db


def test_first_prompt_puts_conventions_last():
    prompt = Prompt.objects.get(name="default")
    assert prompt.template.split() == ["{statement}", "{requirements}", "{conventions}"]


def test_prompt_never_changes():
    assert refused(lambda: Prompt.objects.update(template="{statement}"))


def test_trace_never_changes():
    trace = factories.TraceFactory()
    assert refused(lambda: Trace.objects.filter(pk=trace.pk).update(text="other"))
    assert refused(lambda: Trace.objects.filter(pk=trace.pk).update(sample_index=3))


def test_trace_knows_its_length():
    trace = factories.TraceFactory(text="γ" * 7)
    trace.refresh_from_db()
    assert trace.characters == 7


def test_grade_stands_but_may_stop_being_the_one_that_counts():
    grade = factories.GradeFactory()
    assert refused(lambda: Grade.objects.update(outcome="wrong"))
    assert Grade.objects.update(is_current=False, answer_group=grade.trace_id) == 1


def test_trace_has_one_current_grade():
    grade = factories.GradeFactory()
    assert refused(lambda: factories.GradeFactory(trace=grade.trace, verifier_version="9"))
    factories.GradeFactory(trace=grade.trace, verifier_version="9", is_current=False)


def test_grade_names_the_run_of_its_trace():
    trace = factories.TraceFactory()
    other = factories.RunFactory()

    def graded_as_of_another_run():
        factories.GradeFactory(trace=trace, run=other)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(graded_as_of_another_run)


def test_asked_run_has_prompt_and_endpoint():
    assert refused(lambda: factories.asked(prompt=None))
    assert refused(lambda: factories.asked(endpoint=""))


def test_evaluation_has_a_release_and_a_split():
    assert refused(lambda: factories.asked(split=""))
