"""Saving, submitting, skipping and taking back an annotation, and each refusal."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.labels import annotating, queue
from qftapp.labels.models import Annotation, ErrorCategory
from tests.factories import person
from tests.labels.desk import campaign_of, taxonomy

pytestmark = pytest.mark.django_db


@pytest.fixture
def annotation():
    return queue.take_next(campaign_of(1), by=person("dana"))


def mark(**given):
    category = ErrorCategory.objects.get(code="factual", taxonomy=taxonomy())
    return {"category_id": category.pk, "start": 0, "end": 5} | given


def save(annotation, **given):
    plain = {"revision": annotation.revision, "verdict": "flawed", "comment": "", "seconds": 9, "marks": [mark()]}
    return annotating.save(annotation.pk, **({"by": person("dana")} | plain | given))


def test_marks_replace_those_before(annotation):
    saved = save(
        annotation, marks=[mark(), mark(start=1, end=4, severity="minor", propagates=True, claim="(γ⁵)² = −1")]
    )
    assert list(saved.marks.values_list("start", "severity", "propagates")) == [(0, "major", False), (1, "minor", True)]
    saved = save(saved, marks=[])
    assert saved.marks.count() == 0
    assert saved.revision == 2


def test_second_tab_is_told_and_nothing_is_lost(annotation):
    save(annotation)
    with pytest.raises(annotating.Stale) as refused:
        save(annotation, revision=0, marks=[])
    assert refused.value.annotation.marks.count() == 1


def test_time_never_shrinks(annotation):
    saved = save(save(annotation, seconds=50), seconds=10)
    assert saved.seconds == 50
    assert save(saved, seconds=10**9).seconds == annotating.MOST_SECONDS


@pytest.mark.parametrize(
    "change",
    [
        {"start": 5, "end": 5}, {"end": 10**6}, {"start": -1}, {"start": "0"}, {"end": 2.5}, {"category_id": 0},
        {"category_id": True}, {"severity": "grave"}, {"claim": 3}, {"note": "x" * 4_001},
    ],
)  # fmt: skip
def test_what_cannot_be_a_mark_is_refused_by_its_number(annotation, change):
    with pytest.raises(ValidationError, match="Mark 2"):
        save(annotation, marks=[mark(), mark(**change)])
    assert annotation.marks.count() == 0


def test_mark_has_a_category_of_the_taxonomy(annotation):
    alien = ErrorCategory.objects.get(taxonomy=taxonomy("other"), code="factual")
    with pytest.raises(ValidationError, match="no category"):
        save(annotation, marks=[mark(category_id=alien.pk)])


def test_nobody_saves_for_somebody_else(annotation):
    with pytest.raises(PermissionDenied):
        save(annotation, by=person("emil"))


def test_what_is_submitted_stands_until_it_is_taken_back(annotation):
    saved = save(annotation)
    annotating.submit(saved.pk, by=person("dana"), revision=1)
    with pytest.raises(Conflict):
        save(saved)
    again = annotating.take_back(saved.pk, by=person("dana"))
    assert save(again, comment="now").comment == "now"
    assert list(Event.objects.filter(subject=f"annotation:{saved.pk}").values_list("verb", flat=True)) == [
        "annotation.taken_back",
        "annotation.submitted",
    ]


@pytest.mark.parametrize(
    ("verdict", "marks"), [("", 0), ("flawed", 0), ("sound", 1)], ids=["no verdict", "no mark", "major error"]
)
def test_verdict_and_marks_must_agree(annotation, verdict, marks):
    saved = save(annotation, verdict=verdict, marks=[mark()] * marks)
    with pytest.raises(ValidationError):
        annotating.submit(saved.pk, by=person("dana"), revision=1)


def test_sound_trace_may_have_a_minor_error(annotation):
    saved = save(annotation, verdict="sound", marks=[mark(severity="minor")])
    assert annotating.submit(saved.pk, by=person("dana"), revision=1).is_submitted


def test_stale_tab_does_not_submit(annotation):
    save(annotation)
    with pytest.raises(annotating.Stale):
        annotating.submit(annotation.pk, by=person("dana"), revision=0)


def test_skip_says_why(annotation):
    with pytest.raises(ValidationError):
        annotating.skip(annotation.pk, by=person("dana"), reason="bored")
    assert annotating.skip(annotation.pk, by=person("dana"), reason="not_my_field").skip == "not_my_field"


def test_only_its_annotator_takes_an_annotation_back(annotation):
    annotating.skip(annotation.pk, by=person("dana"), reason="known")
    with pytest.raises(PermissionDenied):
        annotating.take_back(annotation.pk, by=person("emil"))


def test_adjudicated_trace_is_not_taken_back(annotation):
    save(annotation)
    annotating.submit(annotation.pk, by=person("dana"), revision=1)
    Annotation.objects.create(
        trace=annotation.trace, taxonomy=annotation.taxonomy, annotator=person("emil"), kind="adjudicated",
        verdict="sound", assigned_at=timezone.now(), submitted_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Conflict, match="adjudicated"):
        annotating.take_back(annotation.pk, by=person("dana"))
