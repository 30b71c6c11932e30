"""Taxonomies: written as drafts, published for good, and old categories led to new ones."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.labels import taxonomies
from qftapp.labels.models import Annotation, SpanLabel, Taxonomy
from qftapp.labels.taxonomies import Described
from tests.factories import TraceFactory, person

pytestmark = pytest.mark.django_db

FACTUAL = Described("factual", "Factual", "A wrong fact.", hotkey="1")
SIGN = Described("sign", "Sign", "A wrong sign.", hotkey="2")


def begin(slug="errors", by="emil"):
    return taxonomies.begin(by=person(by), slug=slug, title="Errors")


def save(draft, *categories, **given):
    return taxonomies.save(
        draft.pk, **({"by": person("emil"), "title": "Errors", "guide": "Read.", "categories": categories} | given)
    )


def published(*categories):
    draft = begin()
    save(draft, *categories)
    return taxonomies.publish(draft.pk, by=person("emil"))


def use(category):
    annotation = Annotation.objects.create(
        trace=TraceFactory(), taxonomy=category.taxonomy, annotator=person("dana"), assigned_at=timezone.now()
    )
    SpanLabel.objects.create(annotation=annotation, category=category, start=0, end=1)


def test_draft_takes_categories_in_their_order_and_on_two_levels():
    draft = save(begin(), SIGN, FACTUAL, Described("metric", "Metric", "Another metric.", parent="factual"))
    assert [(each.code, each.parent and each.parent.code) for each in draft.categories.all()] == [
        ("sign", None),
        ("factual", None),
        ("metric", "factual"),
    ]


def test_next_number_begins_as_a_copy_and_replaces_code_by_code():
    first = published(FACTUAL, Described("metric", "Metric", "Another metric.", parent="factual"))
    second = begin()
    assert (second.number, second.previous, second.guide) == (2, first, "Read.")
    assert [(each.code, each.replaces.get().code) for each in second.categories.all()] == [
        ("factual", "factual"),
        ("metric", "metric"),
    ]


def test_one_draft_of_a_taxonomy_at_a_time():
    begin()
    with pytest.raises(Conflict):
        begin()
    begin("others")


def test_published_number_is_not_written_to():
    first = published(FACTUAL)
    with pytest.raises(Conflict):
        save(first, SIGN)


@pytest.mark.parametrize(
    ("categories", "says"),
    [
        ([Described("", "Nameless", ".")], "Nameless"),
        ([Described("a b", "Spaced", ".")], "Spaced"),
        ([Described("a", "A", "")], "A: "),
        ([FACTUAL, FACTUAL], "Factual"),
        ([FACTUAL, Described("b", "B", ".", hotkey="1")], "B: "),
        ([Described("b", "B", ".", parent="factual"), FACTUAL], "before what is below"),
        ([FACTUAL, Described("b", "B", ".", parent="factual"), Described("c", "C", ".", parent="b")], "two levels"),
        ([Described("b", "B", ".", replaces=("gone",))], "no “gone”"),
    ],
)
def test_unsound_category_is_named_and_the_draft_stays_as_it_was(categories, says):
    draft = save(begin(), SIGN)
    with pytest.raises(ValidationError, match=says):
        save(draft, *categories)
    assert [each.code for each in draft.categories.all()] == ["sign"]


def test_empty_taxonomy_is_not_published():
    with pytest.raises(ValidationError):
        taxonomies.publish(begin().pk, by=person("emil"))


def test_category_with_marks_must_lead_somewhere():
    first = published(FACTUAL, SIGN)
    use(first.categories.get(code="sign"))
    draft = save(begin(), FACTUAL)
    with pytest.raises(ValidationError, match="sign"):
        taxonomies.publish(draft.pk, by=person("emil"))
    save(draft, FACTUAL, Described("algebra", "Algebra", "Wrong algebra.", replaces=("sign",)))
    taxonomies.publish(draft.pk, by=person("emil"))


def test_old_categories_are_translated_over_several_numbers():
    first = published(FACTUAL, SIGN)
    draft = save(begin(), Described("algebra", "Algebra", ".", replaces=("sign", "factual")))
    taxonomies.publish(draft.pk, by=person("emil"))
    third = begin()
    save(third, Described("maths", "Mathematics", ".", replaces=("algebra",)))
    third = taxonomies.publish(third.pk, by=person("emil"))
    target = third.categories.get().pk
    assert taxonomies.translation(first, third) == {each.pk: target for each in first.categories.all()}
    assert taxonomies.translation(first, first) == {each.pk: each.pk for each in first.categories.all()}
    with pytest.raises(ValueError, match="does not follow"):
        taxonomies.translation(third, first)


def test_only_adjudicators_write():
    with pytest.raises(PermissionDenied):
        begin(by="dana")
    draft = begin()
    for act in (lambda: save(draft, by=person("dana")), lambda: taxonomies.publish(draft.pk, by=person("farah"))):
        with pytest.raises(PermissionDenied):
            act()
    assert Taxonomy.objects.get(slug="errors").published_at is None
