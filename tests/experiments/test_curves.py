"""Curves of a few hundred points, none of which was made up, and none of the extremes lost."""

import math

import pytest

from qftapp.experiments.jobs import curves
from qftapp.experiments.models import Metric
from tests.factories import TrainingJobFactory

pytestmark = pytest.mark.django_db


def job_with(values: list[float], name: str = "loss"):
    job = TrainingJobFactory()
    Metric.objects.bulk_create(
        [Metric(job=job, name=name, step=step, value=value) for step, value in enumerate(values, 1)]
    )
    return job


def test_short_curve_is_whole():
    [curve] = curves.thinned([job_with([3.0, 1.0, 2.0])])
    assert (curve.steps, curve.values) == ([1, 2, 3], [3.0, 1.0, 2.0])
    assert (curve.first, curve.last, curve.lowest, curve.highest, curve.points) == (3.0, 2.0, 1.0, 3.0, 3)


def test_long_curve_has_hundreds_of_its_own_points_and_keeps_every_spike():
    values = [math.sin(step / 500) for step in range(20_000)]
    values[7_123], values[13_001] = 40.0, -50.0
    [curve] = curves.thinned([job_with(values)])

    assert len(curve.steps) <= 5 * curves.BUCKETS
    assert all(values[step - 1] == value for step, value in zip(curve.steps, curve.values, strict=True))
    assert (curve.steps[0], curve.steps[-1], curve.points) == (1, 20_000, 20_000)
    assert (curve.highest, curve.lowest) == (40.0, -50.0)
    assert curve.steps == sorted(curve.steps)


def test_value_that_is_no_number_is_a_gap_also_in_a_long_curve():
    values = [1.0 + step / 1_000 for step in range(5_000)]
    values[2_517] = math.nan
    [curve] = curves.thinned([job_with(values)])
    assert curve.values[curve.steps.index(2_518)] is None
    assert (curve.gaps, curve.highest) == (1, 5.999)


def test_metrics_stand_in_their_figures():
    job = job_with([1.0])
    for name in ("outcome/wrong", "outcome/correct", "reward", "grad_norm", "diagnosis/sign", "lately"):
        Metric.objects.create(job=job, name=name, step=1, value=0.5)
    found = [(figure.key, [curve.name for curve in own]) for figure, own in curves.by_figure(curves.thinned([job]))]
    assert found == [
        ("loss", ["loss"]),
        ("reward", ["reward"]),
        ("outcomes", ["outcome/correct", "outcome/wrong"]),
        ("diagnoses", ["diagnosis/sign"]),
        ("gradient", ["grad_norm"]),
        ("other-lately", ["lately"]),
    ]


def test_jobs_are_overlaid():
    first, second = job_with([1.0, 2.0]), job_with([3.0])
    data = curves.curves_of([first, second])
    assert [(curve["job"], curve["values"]) for curve in data["figures"][0]["curves"]] == [
        (first.slug, [1.0, 2.0]),
        (second.slug, [3.0]),
    ]
