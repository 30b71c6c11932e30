"""Answers that people have judged, for tests of figures of errors."""

from django.utils import timezone

from qftapp.labels.models import Annotation, Taxonomy
from qftapp.runs.models import Run
from tests import factories
from tests.labels.judged import TEXT, annotator, mark
from tests.runs.judged import judged

FIRST, SECOND, THIRD = "First we expand.", "Then the sign flips.", "So the width is 2."


def evaluation(model):
    """A run that evaluates a model."""
    return factories.RunFactory(model=model, purpose=Run.Purpose.EVALUATE)


def answer(run, version, sample=0, outcome="wrong"):
    """An answer with a grade."""
    return judged(run, version, sample, outcome, trace={"text": TEXT})


def says(trace, name, verdict, *marks, kind="independent", **given):
    """What somebody says of a trace; a mark is quote, category and, if minor, severity."""
    fields = {"taxonomy": Taxonomy.objects.get(slug="reasoning-errors", number=1), "verdict": verdict, "kind": kind}
    said = Annotation.objects.create(
        trace=trace, annotator=annotator(name), assigned_at=timezone.now(), **(fields | given)
    )
    for quote, *rest in marks:
        mark(said, quote, *rest)
    if given.get("submitted_at", True):
        said.submitted_at = timezone.now()
        said.save()
    return said


def row(table, *first):
    """The only row that begins so."""
    found = [one for one in table.rows if tuple(one.cells[: len(first)]) == first]
    assert len(found) == 1, [one.cells for one in table.rows]
    return found[0]
