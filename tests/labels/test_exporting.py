"""Annotations leave whole in our own lines, and as steps in the shapes of ProcessBench and PRM800K."""

import pytest
from django.utils import timezone

from qftapp.labels import exporting
from qftapp.labels.models import Annotation, SpanLabel
from tests.factories import GradeFactory, TraceFactory, person
from tests.labels.desk import taxonomy

pytestmark = pytest.mark.django_db

TEXT = "First we expand 𝒪(g²).\n\nThen the sign flips.\n\nSo the width is 2.\n"
STEPS = ["First we expand 𝒪(g²).", "Then the sign flips.", "So the width is 2."]


def annotated(verdict, *quotes, text=TEXT, severity="major", outcome="wrong"):
    trace = TraceFactory(text=text)
    GradeFactory(trace=trace, outcome=outcome)
    fields = {"trace": trace, "taxonomy": taxonomy(), "annotator": person("dana"), "verdict": verdict, "seconds": 7}
    annotation = Annotation.objects.create(assigned_at=timezone.now(), **fields)
    category = taxonomy().categories.get(code="mathematical")
    for quote in quotes:
        start = text.index(quote)
        SpanLabel.objects.create(
            annotation=annotation, category=category, start=start, end=start + len(quote), severity=severity
        )
    Annotation.objects.filter(pk=annotation.pk).update(submitted_at=timezone.now())
    return annotation


def rows(shape):
    return list(exporting.SHAPES[shape](exporting.submitted()))


def test_our_line_has_the_text_its_steps_and_the_marks_by_character():
    annotated("flawed", "the sign flips")
    (row,) = rows("jsonl")
    assert [row["text"][start:end] for start, end in row["steps"]] == STEPS
    (mark,) = row["marks"]
    assert row["text"][mark["start"] : mark["end"]] == mark["quote"] == "the sign flips"
    assert (mark["step"], mark["category"], row["first_error_step"], row["seconds"]) == (1, "mathematical", 1, 7)


def test_minor_mark_is_no_first_error():
    annotated("sound", "sign", severity="minor")
    assert rows("jsonl")[0]["first_error_step"] is None
    assert rows("processbench")[0]["label"] == -1


def test_process_bench_has_the_first_wrong_step():
    annotated("flawed", "width is 2", "the sign flips")
    (row,) = rows("processbench")
    assert (row["steps"], row["label"], row["final_answer_correct"]) == (STEPS, 1, False)


def test_process_bench_leaves_out_what_is_neither_sound_nor_flawed():
    annotated("unsure")
    annotated("bad_item")
    assert rows("processbench") == []


@pytest.mark.parametrize(("outcome", "is_correct"), [("correct", True), ("wrong", False), ("unreadable", None)])
def test_final_answer_is_what_the_grade_says(outcome, is_correct):
    annotated("sound", outcome=outcome)
    assert rows("processbench")[0]["final_answer_correct"] is is_correct


def test_prm800k_rates_the_steps_up_to_the_first_wrong_one():
    annotated("flawed", "the sign flips")
    (row,) = rows("prm800k")
    ratings = [step["completions"][0]["rating"] for step in row["label"]["steps"]]
    assert (ratings, row["label"]["finish_reason"]) == ([1, -1], "found_error")
    assert row["question"]["pre_generated_steps"] == STEPS
    assert row["label"]["total_time"] == 7_000


@pytest.mark.parametrize(
    ("verdict", "reason"), [("sound", "solution"), ("bad_item", "bad_problem"), ("unsure", "give_up")]
)
def test_prm800k_says_why_rating_ended(verdict, reason):
    annotated(verdict)
    (row,) = rows("prm800k")
    assert (len(row["label"]["steps"]), row["label"]["finish_reason"]) == (3, reason)


def test_skipped_and_open_annotations_stay_here():
    annotated("sound")
    Annotation.objects.update(submitted_at=None)
    Annotation.objects.create(
        trace=TraceFactory(), taxonomy=taxonomy(), annotator=person("dana"), skip="known", assigned_at=timezone.now(),
        submitted_at=timezone.now(),
    )  # fmt: skip
    assert rows("jsonl") == []


def test_queries_do_not_grow_with_the_lines(django_assert_num_queries):
    for _ in range(3):
        annotated("flawed", "sign")
    with django_assert_num_queries(2):
        assert len(rows("jsonl")) == 3
