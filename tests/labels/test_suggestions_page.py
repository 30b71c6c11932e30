"""The pages of suggestions: asking a model, how far it came, what people see of it at the desk."""

import json

import pytest
from django.urls import reverse

from qftapp.labels import queue
from qftapp.labels.models import Suggesting
from tests.factories import LanguageModelFactory, person
from tests.labels.judged import campaign_on, judge
from tests.labels.suggesting import SOUND, asked, flawed, judging, suggested

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emil(client):
    client.force_login(person("emil"))
    return client


def page_of(campaign):
    return reverse("suggestions", args=[campaign.slug])


def form(model, **given):
    return {"model": model.slug, "endpoint": "local", "in_flight": 2, "request_seconds": 60, **given}


def test_lead_asks_a_model(emil):
    campaign, model = campaign_on(2), LanguageModelFactory()
    with judging(SOUND):
        answer = emil.post(page_of(campaign), form(model, temperature="0"), follow=True)

    asked_for = Suggesting.objects.get()
    assert (asked_for.size, asked_for.sampling, asked_for.state) == (2, {"temperature": 0.0}, "queued")
    assert "0 of 2 judged" in answer.content.decode()


def test_form_that_cannot_be_asked_is_422_with_the_reason(emil):
    campaign, model = campaign_on(1), LanguageModelFactory()
    with judging(SOUND):
        asked(campaign, model)
        again = emil.post(page_of(campaign), form(model))
        wrong = emil.post(page_of(campaign), form(model, in_flight="0"))

    assert (again.status_code, wrong.status_code) == (422, 422)
    assert "is being asked already" in again.content.decode()


def test_what_cannot_be_read_is_shown_with_the_reply_and_has_twins(emil):
    campaign = campaign_on(1)
    suggested(campaign, "<b>I</b> like it.")

    shown = emil.get(page_of(campaign)).content.decode()
    (row,) = json.loads(b"".join(emil.get(reverse("suggestions_json", args=[campaign.slug])).streaming_content))
    lines = b"".join(emil.get(reverse("suggestions_csv", args=[campaign.slug])).streaming_content).decode()

    assert "&lt;b&gt;I&lt;/b&gt; like it." in shown
    assert "1 unreadable" in shown
    assert row["reply"] == "<b>I</b> like it."
    assert lines.startswith("model,trace,item,version,reason,reply,at")


def test_cancelling_and_going_on(emil):
    campaign = campaign_on(1)
    with judging(SOUND):
        one = asked(campaign)
    emil.post(reverse("suggestions_cancel", args=[campaign.slug, one.pk]))
    one.refresh_from_db()
    assert one.state == "cancelled"

    emil.post(reverse("suggestions_continue", args=[campaign.slug, one.pk]))
    one.refresh_from_db()
    assert one.state == "queued"


@pytest.mark.parametrize("name", ["suggestions", "suggestions_csv", "suggestions_json"])
def test_annotators_see_nothing_of_it(client, name):
    campaign = campaign_on(1)
    client.force_login(person("dana"))

    assert client.get(reverse(name, args=[campaign.slug])).status_code == 403


def test_page_without_endpoints_says_what_to_set(emil):
    assert "set ENDPOINTS" in emil.get(page_of(campaign_on(1))).content.decode()


@pytest.mark.parametrize(("policy", "is_there"), [("never", False), ("after", False), ("before", True)])
def test_desk_shows_suggestions_from_the_beginning_only_where_the_campaign_says_so(client, policy, is_there):
    campaign = campaign_on(1, suggestions=policy)
    suggested(campaign, flawed(note="a tell-tale note"))
    dana = person("dana")
    client.force_login(dana)
    annotation = queue.take_next(campaign, by=dana)

    shown = client.get(reverse("desk", args=[annotation.pk])).content.decode()

    assert ("tell-tale" in shown) is is_there


def test_desk_shows_suggestions_afterwards_once_asked(client):
    campaign = campaign_on(1, suggestions="after")
    suggested(campaign, flawed(note="a tell-tale note"))
    dana = person("dana")
    client.force_login(dana)
    desk = reverse("desk", args=[judge(campaign, 0, "dana", "sound").pk])

    assert "tell-tale" not in client.get(desk).content.decode()
    client.post(f"{desk}suggestions/")
    assert "tell-tale" in client.get(desk).content.decode()


def test_agreement_page_names_the_model_apart(emil):
    campaign, model = campaign_on(1), LanguageModelFactory(slug="careful-judge")
    suggested(campaign, SOUND, model=model)
    judge(campaign, 0, "ann", "sound")

    shown = emil.get(reverse("agreement", args=[campaign.slug])).content.decode()

    assert "careful-judge" in shown
    assert "Language models and people" in shown
