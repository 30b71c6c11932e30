"""Grading a run: each trace is judged once, the first grade counts, and what kept it from being judged is told."""

import pytest
from tests.runs import grading_of
from qftapp.runs.models import Grade

pytestmark = pytest.mark.django_db


def test_every_trace_has_the_outcome():
    run = grading_of.run_of(
        grading_of.RIGHT,
        grading_of.TWICE,
        grading_of.TWICE_AGAIN,
        grading_of.NEGATIVE,
        grading_of.UNREADABLE,
        grading_of.SILENT,
    )
    g = grading_of.graded(run)
    print(g.state, g.error, g.size, g.progress)
    for x in Grade.objects.order_by("trace"):
        print(x.__dict__)
    assert 0
