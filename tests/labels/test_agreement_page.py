"""The page of agreement: who sees it, what it says, its twins."""

import csv
import io

import orjson
import pytest

from tests.factories import person
from tests.labels.judged import STEPS, campaign_on, judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    campaign = campaign_on(2, slug="first")
    for position, (ana, ben) in enumerate((("sound", "sound"), ("flawed", "sound"))):
        judge(campaign, position, "ana", ana, *([STEPS[1]] if ana == "flawed" else []))
        judge(campaign, position, "ben", ben)
    return campaign


@pytest.fixture
def emil(client):
    client.force_login(person("emil"))
    return client


def test_those_who_lead_see_it_and_nobody_else(client, campaign):
    for name, status in (("emil", 200), ("dana", 403), ("farah", 403)):
        client.force_login(person(name))
        for page in ("agreement/", "agreement.csv", "agreement.json"):
            assert client.get(f"/campaigns/first/{page}").status_code == status


def test_number_of_a_confusion_leads_to_its_traces(emil, campaign):
    page = emil.get("/campaigns/first/agreement/").content.decode()
    assert '<a href="/campaigns/first/differences/?of=verdict&amp;a=sound&amp;b=flawed&amp;state=all">1</a>' in page
    assert (
        '<a href="/campaigns/first/differences/?of=category&amp;a=mathematical&amp;b=nothing&amp;state=all">1</a>'
        in page
    )


def test_campaign_without_annotations_says_what_belongs_there(emil):
    campaign_on(1, slug="empty")
    assert "Agreement is measured here" in emil.get("/campaigns/empty/agreement/").content.decode()


def test_twins_hold_every_number(emil, campaign):
    rows = list(csv.DictReader(io.StringIO(emil.get("/campaigns/first/agreement.csv").getvalue().decode())))
    as_json = orjson.loads(emil.get("/campaigns/first/agreement.json").getvalue())
    assert [(row["of"], row["measure"], row["n"]) for row in rows] == [
        (row["of"], row["measure"], str(row["n"])) for row in as_json
    ]
    found = {(row["of"], row["who_or_what"], row["measure"]): row["value"] for row in as_json}
    assert found["campaign", "", "same_step"] == 0.5
    assert found["pair", "ana, ben", "near"] == 0.5
    assert found["category", "factual", "alpha"] is None
