"""What it takes to measure the agreement of a large campaign.

`pytest -o addopts= -s tests/benchmarks/bench_agreement.py`.
"""

import random
import time

import pytest
from django.utils import timezone

from qftapp.labels import judgements, measuring
from qftapp.labels.models import Annotation, Campaign, CampaignTrace, SpanLabel
from qftapp.runs.models import Trace
from tests.factories import RunFactory, approved, person
from tests.labels.desk import taxonomy
from tests.labels.judged import annotator

TRACES = 2_000
PEOPLE = 3
STEP = (
    r"With $\int_0^\infty \frac{x^{%d}\,dx}{e^x-1} = \Gamma(%d)\zeta(%d)$ and $\gamma^5$ we find the amplitude "
    r"$\mathcal{M} = \frac{g^4}{16\pi^2}\log\frac{\Lambda^2}{m^2}$ after the shift, up to terms of order $\epsilon$; "
    "what remains cancels between the two diagrams once the counterterm is included, and so on to the end of it.\n\n"
)


@pytest.fixture
def campaign(db) -> Campaign:
    """2,000 traces of 8 KB that three people judged, half of them with marks."""
    chance = random.Random(1)
    made = Campaign.objects.create(slug="large", title="Large", taxonomy=taxonomy(), created_by=person("emil"))
    run, version, text = RunFactory(), approved(), "".join(STEP % (n, n, n) for n in range(27))
    traces = Trace.objects.bulk_create(
        Trace(run=run, item_version=version, sample_index=number, text=text) for number in range(TRACES)
    )
    CampaignTrace.objects.bulk_create(
        CampaignTrace(campaign=made, trace=trace, position=position) for position, trace in enumerate(traces)
    )
    people = [annotator(f"person-{number}") for number in range(PEOPLE)]
    annotations = Annotation.objects.bulk_create(
        Annotation(
            trace=trace, taxonomy=made.taxonomy, campaign=made, annotator=by, assigned_at=timezone.now(),
            verdict=chance.choice(("sound", "flawed")),
        )
        for trace in traces
        for by in people
    )  # fmt: skip
    categories = list(made.taxonomy.categories.all())
    SpanLabel.objects.bulk_create(
        SpanLabel(annotation=annotation, category=chance.choice(categories), start=start, end=start + 50)
        for annotation in annotations
        if annotation.verdict == "flawed"
        for start in chance.sample(range(8_000), 3)
    )
    Annotation.objects.update(submitted_at=timezone.now())
    return made


def test_measuring_a_campaign(campaign):
    for name in ("first", "steps remembered"):
        started = time.perf_counter()
        read = judgements.judgements_of(campaign)
        after_reading = time.perf_counter()
        steps = len(read.steps)
        after_steps = time.perf_counter()
        measuring.measure(read)
        ended = time.perf_counter()
        print(
            f"{name}: annotations {after_reading - started:.2f} s, steps of {steps} traces "
            f"{after_steps - after_reading:.2f} s, measuring {ended - after_steps:.2f} s"
        )
