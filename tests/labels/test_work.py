"""Somebody's own work: what waits, what was begun, what was given, and its twins."""

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qftapp.labels import annotating, queue
from tests.factories import UserFactory, person
from tests.labels.desk import campaign_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(client):
    client.force_login(person("dana"))
    return client


def begin(campaign):
    return queue.take_next(campaign, by=person("dana"))


def skip_one(campaign):
    return annotating.skip(begin(campaign).pk, by=person("dana"), reason="known")


def test_campaigns_with_something_left_are_offered(dana):
    offered, closed, done = campaign_of(1), campaign_of(1), campaign_of(1)
    campaign_of(0)
    closed.closed_at = timezone.now()
    closed.save()
    skip_one(done)
    assert list(dana.get("/label/").context["offers"]) == [offered]


def test_campaign_whose_slots_are_taken_is_not_offered(dana):
    full = campaign_of(1, overlap=1)
    queue.take_next(full, by=UserFactory(roles=("annotator",)))
    assert list(dana.get("/label/").context["offers"]) == []


def test_begun_and_given_are_apart(dana):
    campaign = campaign_of(2)
    given, begun = skip_one(campaign), begin(campaign)
    context = dana.get("/label/").context
    assert (list(context["begun"]), list(context["page"])) == ([begun], [given])


def test_trace_of_what_was_given_is_linked_and_of_what_was_begun_blind_is_not(dana):
    campaign = campaign_of(2)
    given, begun = skip_one(campaign), begin(campaign)
    page = dana.get("/label/").content.decode()
    assert f'<a href="/traces/{given.trace_id}/">{given.trace_id}</a>' in page
    assert f"/traces/{begun.trace_id}/" not in page


def test_nobody_sees_anothers_work(client):
    skip_one(campaign_of(1))
    client.force_login(person("emil"))
    assert client.get("/label.json").getvalue() == b"[\n]\n"
    assert list(client.get("/label/").context["page"]) == []


def test_who_labels_nothing_is_offered_nothing(client):
    campaign_of(1)
    client.force_login(person("alice"))
    assert list(client.get("/label/").context["offers"]) == []


def test_twins_hold_all_of_it(dana):
    campaign = campaign_of(2)
    given, begun = skip_one(campaign), begin(campaign)
    rows = orjson.loads(dana.get("/label.json").getvalue())
    assert [(row["id"], row["trace"], row["skip"], row["campaign"]) for row in rows] == [
        (begun.pk, None, "", campaign.slug),
        (given.pk, given.trace_id, "known", campaign.slug),
    ]
    assert dana.get("/label.csv").getvalue().decode().splitlines()[0].startswith("id,item,version,trace,campaign")


def test_one_row_and_three_take_equally_many_queries(dana):
    counts = []
    for _ in range(2):
        for campaign in (campaign_of(3), campaign_of(2)):
            skip_one(campaign)
            begin(campaign)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            dana.get("/label/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
