"""What the database keeps of taxonomies and annotations, whoever asks it to change them."""

import pytest
from django.utils import timezone

from qftapp.labels.models import Annotation, ErrorCategory, SpanLabel, Taxonomy
from tests.factories import TraceFactory, person
from tests.facts import refused
from tests.labels.desk import taxonomy

pytestmark = pytest.mark.django_db


def submitted(**given) -> Annotation:
    fields = {"trace": TraceFactory(), "taxonomy": taxonomy(), "annotator": person("dana"), "verdict": "sound"}
    return Annotation.objects.create(assigned_at=timezone.now(), submitted_at=timezone.now(), **(fields | given))


def test_first_taxonomy_has_the_four_categories_with_finer_ones():
    found = Taxonomy.objects.get(slug="reasoning-errors")
    top = found.categories.filter(parent=None)
    assert [(each.code, each.hotkey) for each in top] == [
        ("factual", "1"),
        ("mathematical", "2"),
        ("logical", "3"),
        ("executional", "4"),
    ]
    assert all(each.children.count() >= 4 for each in top)
    assert all(each.definition and each.example for each in found.categories.all())


def test_published_taxonomy_never_changes():
    found = taxonomy()
    assert refused(lambda: Taxonomy.objects.filter(pk=found.pk).update(title="other"))
    assert refused(lambda: ErrorCategory.objects.filter(taxonomy=found).update(definition="other"))
    assert refused(lambda: ErrorCategory.objects.create(taxonomy=found, code="new", name="New", definition="."))
    assert refused(lambda: found.categories.all().delete())


def test_submitted_annotation_stands_with_its_marks():
    annotation = submitted()
    category = taxonomy().categories.first()
    assert refused(lambda: Annotation.objects.update(verdict="flawed"))
    assert refused(lambda: annotation.delete())
    assert refused(lambda: SpanLabel.objects.create(annotation=annotation, category=category, start=0, end=1))


def test_submitted_annotation_has_a_verdict_or_a_skip():
    assert refused(lambda: submitted(verdict=""))
    assert refused(lambda: submitted(skip="known"))
    submitted(verdict="", skip="known")


def test_person_judges_a_trace_once_and_it_is_adjudicated_once():
    first = submitted()
    assert refused(lambda: submitted(trace=first.trace))
    submitted(trace=first.trace, kind="adjudicated")
    assert refused(lambda: submitted(trace=first.trace, kind="adjudicated", annotator=person("emil")))


def test_mark_starts_before_it_ends():
    annotation = Annotation.objects.create(
        trace=TraceFactory(), taxonomy=taxonomy(), annotator=person("dana"), assigned_at=timezone.now()
    )
    category = taxonomy().categories.first()
    assert refused(lambda: SpanLabel.objects.create(annotation=annotation, category=category, start=3, end=3))
