"""Traces with the grades that count, for tests of what is made of them."""

from qftapp.items.models import ItemVersion
from qftapp.runs.models import Run, Trace
from tests import factories


def judged(run: Run, version: ItemVersion, sample: int = 0, outcome: str = "correct", *, trace=None, **grade) -> Trace:
    """A trace of that run and item with the outcome; `trace` holds more of its fields."""
    made = factories.TraceFactory(run=run, item_version=version, sample_index=sample, **(trace or {}))
    factories.GradeFactory(trace=made, outcome=outcome, **grade)
    return made
