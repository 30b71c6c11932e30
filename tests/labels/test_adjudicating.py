"""Adjudication: one more annotation, by an adjudicator, of what others have judged."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.labels import adjudicating, annotating, queue
from tests.factories import UserFactory, person
from tests.labels.desk import campaign_of

pytestmark = pytest.mark.django_db


def give(campaign, verdict, by):
    annotation = queue.take_next(campaign, by=by)
    category = campaign.taxonomy.categories.first()
    marks = [{"category_id": category.pk, "start": 0, "end": 3}] if verdict == "flawed" else []
    annotating.save(annotation.pk, by=by, revision=0, verdict=verdict, comment="", seconds=1, marks=marks)
    return annotating.submit(annotation.pk, by=by, revision=1)


def begin(campaign, by="emil", trace=None):
    trace_id = trace or campaign.entries.first().trace_id
    return adjudicating.begin(trace_id, taxonomy=campaign.taxonomy, by=person(by), campaign=campaign)


def test_adjudicator_goes_on_with_what_they_began_and_gives_it():
    campaign = campaign_of(1)
    give(campaign, "flawed", person("dana"))
    annotation = begin(campaign)
    assert begin(campaign) == annotation
    annotating.save(
        annotation.pk, by=person("emil"), revision=0, verdict="sound", comment="A slip.", seconds=2, marks=[]
    )
    assert annotating.submit(annotation.pk, by=person("emil"), revision=1).kind == "adjudicated"


def test_one_adjudicator_at_a_time():
    campaign = campaign_of(1)
    give(campaign, "sound", person("dana"))
    begin(campaign)
    other = UserFactory(roles=["adjudicator"])
    with pytest.raises(Conflict, match="already"):
        adjudicating.begin(campaign.entries.first().trace_id, taxonomy=campaign.taxonomy, by=other)


def test_trace_that_nobody_judged_is_not_adjudicated():
    with pytest.raises(Conflict, match="Nobody"):
        begin(campaign_of(1))


def test_only_adjudicators_settle():
    campaign = campaign_of(1)
    give(campaign, "sound", person("dana"))
    with pytest.raises(PermissionDenied):
        begin(campaign, by="dana")


def test_different_verdicts_wait_first_and_settled_traces_no_more():
    campaign, second = campaign_of(2), UserFactory(roles=["annotator"])
    for verdict in ("sound", "sound"):
        give(campaign, verdict, person("dana"))
    for verdict in ("sound", "flawed"):
        give(campaign, verdict, second)
    found = adjudicating.waiting(campaign)
    assert [each.verdicts for each in found] == [2, 1]
    annotation = begin(campaign, trace=found[0].trace_id)
    annotation.verdict, annotation.submitted_at = "flawed", timezone.now()
    annotation.save()
    assert [each.verdicts for each in adjudicating.waiting(campaign)] == [1]


def test_trace_of_one_annotation_does_not_wait():
    campaign = campaign_of(1)
    give(campaign, "sound", person("dana"))
    assert adjudicating.waiting(campaign) == []
