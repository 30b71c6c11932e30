"""The queue: everybody gets a trace of their own, as often as the campaign asks for, also when all ask at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.labels import annotating, queue
from qftapp.labels.models import Annotation
from tests.factories import UserFactory, person
from tests.labels.desk import campaign_of


def give(annotation, by):
    annotating.save(
        annotation.pk, by=by, revision=annotation.revision, verdict="sound", comment="", seconds=1, marks=[]
    )
    return annotating.submit(annotation.pk, by=by, revision=annotation.revision + 1)


@pytest.mark.django_db
def test_person_goes_on_with_what_they_began():
    campaign, dana = campaign_of(2), person("dana")
    assert queue.take_next(campaign, by=dana) == queue.take_next(campaign, by=dana)


@pytest.mark.django_db
def test_person_sees_each_trace_once_and_then_nothing():
    campaign, dana = campaign_of(3), person("dana")
    seen = []
    while annotation := queue.take_next(campaign, by=dana):
        seen.append(give(annotation, dana).trace_id)
    assert sorted(seen) == sorted(campaign.entries.values_list("trace", flat=True))


@pytest.mark.django_db
def test_trace_is_given_to_as_many_as_the_overlap_says():
    campaign = campaign_of(1, overlap=2)
    people = [UserFactory(roles=["annotator"]) for _ in range(3)]
    assert [queue.take_next(campaign, by=each) is not None for each in people] == [True, True, False]


@pytest.mark.django_db
def test_gold_trace_is_given_to_everybody():
    campaign = campaign_of(1, overlap=1)
    campaign.entries.update(is_gold=True)
    people = [UserFactory(roles=["annotator"]) for _ in range(3)]
    assert all(queue.take_next(campaign, by=each) for each in people)


@pytest.mark.django_db
def test_skipped_trace_goes_to_somebody_else_and_never_comes_back():
    campaign, dana, other = campaign_of(1, overlap=1), person("dana"), UserFactory(roles=["annotator"])
    annotating.skip(queue.take_next(campaign, by=dana).pk, by=dana, reason="too_long")
    assert queue.take_next(campaign, by=dana) is None
    assert queue.take_next(campaign, by=other) is not None


@pytest.mark.django_db
def test_slot_of_somebody_who_never_came_back_is_free_again():
    campaign, other = campaign_of(1, overlap=1), UserFactory(roles=["annotator"])
    queue.take_next(campaign, by=person("dana"))
    assert queue.take_next(campaign, by=other) is None
    Annotation.objects.update(saved_at=timezone.now() - queue.HELD - timedelta(minutes=1))
    assert queue.take_next(campaign, by=other) is not None


@pytest.mark.django_db
def test_nobody_but_annotators_takes_from_the_queue():
    with pytest.raises(PermissionDenied):
        queue.take_next(campaign_of(1), by=person("alice"))


@pytest.mark.django_db
def test_closed_campaign_gives_nothing_new():
    campaign = campaign_of(2)
    campaign.closed_at = timezone.now()
    campaign.save()
    with pytest.raises(Conflict):
        queue.take_next(campaign, by=person("dana"))


@pytest.mark.django_db
def test_progress_counts_what_is_given_of_what_is_asked_for():
    campaign, dana = campaign_of(3, overlap=2), person("dana")
    give(queue.take_next(campaign, by=dana), dana)
    queue.take_next(campaign, by=dana)
    assert queue.progress(campaign) == (1, 6)


@pytest.mark.django_db(transaction=True)
def test_people_who_ask_at_once_get_no_slot_twice():
    campaign = campaign_of(6, overlap=2)
    people = [UserFactory(roles=["annotator"]) for _ in range(8)]

    def take(user):
        try:
            annotation = queue.take_next(campaign, by=user)
            return annotation and annotation.trace_id
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(take, people))
    assert None not in taken
    assert all(taken.count(trace) <= 2 for trace in taken)
