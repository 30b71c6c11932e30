"""The pages of campaigns: who sees what, what is counted, how one is started, refused and closed."""

import csv
import json
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from qftapp.labels.models import Campaign
from qftapp.labels.queue import take_next
from qftapp.labels.sampling import Recipe
from qftapp.templatetags.campaigns import told_as_recipe
from tests.factories import GradeFactory, RunFactory, TraceFactory, UserFactory, approved, person
from tests.labels.desk import campaign_of, judge, taxonomy

pytestmark = pytest.mark.django_db


def logged_in(client, name):
    client.force_login(person(name))
    return client


def body(response) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def form(**given):
    plain = {"title": "First look", "slug": "", "taxonomy": taxonomy().pk, "overlap": "2", "size": "3"}
    return plain | {"strategy": "even", "gold_share": "0", "seed": "0", "is_blind": "on"} | given


# The list and one campaign


def test_list_holds_open_campaigns_and_on_request_closed_ones(client):
    campaign_of(1, title="Open one")
    campaign_of(1, title="Closed one", closed_at=timezone.now())
    reader = logged_in(client, "dana")
    shown, closed = body(reader.get("/campaigns/")), body(reader.get("/campaigns/?state=closed"))
    assert ("Open one" in shown, "Closed one" in shown) == (True, False)
    assert ("Open one" in closed, "Closed one" in closed) == (False, True)


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_as_often_for_one_campaign_as_for_three(client, django_assert_num_queries, number):
    for _ in range(number):
        campaign_of(2)
    reader = logged_in(client, "alice")
    reader.get("/campaigns/")
    with django_assert_num_queries(5):
        reader.get("/campaigns/")


def test_twins_hold_every_campaign(client):
    campaign = campaign_of(2, due=date(2026, 5, 1))
    judge(campaign, 0, person("dana"))
    reader = logged_in(client, "alice")
    (row,) = csv.DictReader(body(reader.get("/campaigns.csv")).splitlines())
    (told,) = json.loads(body(reader.get("/campaigns.json")))
    assert (row["slug"], row["given"], row["wanted"], row["due"]) == (campaign.slug, "1", "4", "2026-05-01")
    assert (told["taxonomy"], told["taxonomy_number"], told["closed_at"]) == ("small", 1, None)


@pytest.mark.parametrize("name", ["dana", "alice"])
def test_blind_campaign_tells_nothing_of_models_runs_and_grades(client, name):
    campaign = campaign_of(1)
    run = campaign.entries.get().trace.run
    Campaign.objects.update(selection=Recipe(size=1, runs=(run.slug,), outcomes=("wrong",)).to_json())
    text = body(logged_in(client, name).get(campaign.get_absolute_url()))
    assert not [word for word in (run.slug, run.model.slug, "utcome", "Queue") if word in text]


def test_who_leads_sees_recipe_queue_and_everybody(client):
    campaign = campaign_of(1)
    run = campaign.entries.get().trace.run
    Campaign.objects.update(selection=Recipe(size=1, runs=(run.slug,)).to_json())
    judge(campaign, 0, person("dana"))
    text = body(logged_in(client, "emil").get(campaign.get_absolute_url()))
    assert all(word in text for word in (f"from {run.slug}", run.model.slug, "Queue", "Dana"))


def test_annotators_see_their_own_share_alone(client):
    campaign = campaign_of(1)
    judge(campaign, 0, person("dana"))
    judge(campaign, 0, UserFactory(username="somebody-else", roles=["annotator"]))
    response = logged_in(client, "dana").get(campaign.get_absolute_url())
    assert [share.person.username for share in response.context["shares"]] == ["dana"]


def test_queue_is_a_fragment_with_twins_for_those_who_lead(client):
    campaign = campaign_of(2, overlap=1)
    judge(campaign, 0, person("dana"))
    leader = logged_in(client, "emil")
    headers = {"HX-Request": "true", "HX-Target": "queue"}
    fragment = body(leader.get(f"{campaign.get_absolute_url()}?show=done", headers=headers))
    assert fragment.strip().startswith('<div id="queue"')
    (row,) = json.loads(body(leader.get(f"{campaign.get_absolute_url()}queue.json?show=done")))
    assert (row["position"], row["given"], row["outcome"]) == (0, 1, None)
    assert len(body(leader.get(f"{campaign.get_absolute_url()}queue.csv")).splitlines()) == 3
    for twin in ("queue.csv", "queue.json"):
        assert logged_in(client, "dana").get(f"{campaign.get_absolute_url()}{twin}").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_as_often_for_one_trace_as_for_three(client, django_assert_num_queries, number):
    campaign = campaign_of(number)
    for place in range(number):
        judge(campaign, place, UserFactory(roles=["annotator"]))
    leader = logged_in(client, "emil")
    leader.get(campaign.get_absolute_url())
    with django_assert_num_queries(8):
        leader.get(campaign.get_absolute_url())


def test_campaign_is_closed_by_who_leads_and_once(client):
    campaign = campaign_of(1)
    close = reverse("campaign_close", args=[campaign.slug])
    assert logged_in(client, "dana").post(close).status_code == 403
    leader = logged_in(client, "emil")
    assert "is closed." in body(leader.post(close, follow=True))
    assert "is closed already" in body(leader.post(close, follow=True))


def test_page_says_whether_it_will_be_done_in_time(client):
    campaign = campaign_of(4, overlap=1, due=timezone.localdate() + timedelta(days=1))
    reader = logged_in(client, "dana")
    assert "Nobody gave anything" in body(reader.get(campaign.get_absolute_url()))
    judge(campaign, 0, person("dana"), days_ago=6)
    assert "later than it is due" in body(reader.get(campaign.get_absolute_url()))
    for place in (1, 2):
        judge(campaign, place, person("dana"))
    Campaign.objects.update(due=timezone.localdate() + timedelta(days=9))
    assert "in time" in body(reader.get(campaign.get_absolute_url()))


# Starting one


def test_recipe_is_told_in_words():
    recipe = Recipe(size=10, topics=("goldstone",), outcomes=("wrong", "timeout"), gold_share=0.1, runs=("a", "b", "c"))
    assert told_as_recipe(recipe) == (
        "Up to 10 traces, evenly over models, topics and outcomes, from a, b and c, on Goldstone bosons, "
        "with the outcome wrong or timeout, 10 % of them gold, seed 0."
    )


def test_form_starts_a_campaign(client):
    TraceFactory.create_batch(4)
    response = logged_in(client, "emil").post("/new-campaign/", form(gold_share="10", seed="5", due="2026-12-24"))
    campaign = Campaign.objects.get()
    assert response["Location"] == campaign.get_absolute_url()
    assert (campaign.slug, campaign.overlap, campaign.is_blind, campaign.due) == (
        "first-look",
        2,
        True,
        date(2026, 12, 24),
    )
    assert Recipe.from_json(campaign.selection) == Recipe(size=3, gold_share=0.1, seed=5)
    assert campaign.entries.count() == 3


def test_form_takes_filters_of_several_values(client):
    wanted = GradeFactory(outcome="wrong", trace=TraceFactory(item_version=approved(topic="goldstone"))).trace
    GradeFactory(outcome="wrong", trace=TraceFactory(run=wanted.run))
    GradeFactory(outcome="correct", trace=TraceFactory(item_version=wanted.item_version))
    filters = {"runs": [wanted.run.slug], "topics": ["goldstone", "casimir"], "outcomes": ["wrong", "timeout"]}
    logged_in(client, "emil").post("/new-campaign/", form(**filters))
    assert [entry.trace for entry in Campaign.objects.get().entries.all()] == [wanted]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"title": ""}, "campaign"), ({"overlap": "0"}, "campaign"), ({"title": "…"}, "campaign"),
        ({"slug": "taken"}, "campaign"), ({"size": "0"}, "recipe"), ({"gold_share": "60"}, "recipe"),
        ({"outcomes": ["wrong"]}, "recipe"), ({"runs": ["nothing"]}, "recipe"), ({"taxonomy": "0"}, "campaign"),
    ],
)  # fmt: skip
def test_unsound_form_comes_back_with_its_fault_and_starts_nothing(client, given, where):
    campaign_of(1, slug="taken")
    response = logged_in(client, "emil").post("/new-campaign/", form(**given))
    assert response.status_code == 422
    assert response.context[where].errors
    assert Campaign.objects.count() == 1


def test_only_adjudicators_start_campaigns(client):
    TraceFactory()
    for name in ("dana", "farah"):
        assert logged_in(client, name).get("/new-campaign/").status_code == 403
        assert logged_in(client, name).post("/new-campaign/", form()).status_code == 403


def test_forecast_tells_what_matches_and_what_is_taken(client):
    run = RunFactory(model__slug="small-one")
    for outcome in ("wrong", "wrong", "correct"):
        GradeFactory(outcome=outcome, trace=TraceFactory(run=run))
    TraceFactory(run=run)
    leader = logged_in(client, "emil")
    found = leader.get("/new-campaign/", form(size="3")).context["forecast"]
    assert (found.matching, found.taken, found.gold) == (4, 3, 0)
    assert [(table.title, table.rows) for table in found.tables] == [
        ("Model", [("small-one", 4, 3)]),
        ("Topics", [("Symmetries and scattering", 4, 3)]),
        ("Outcome", [("Wrong", 2, 1), ("Correct", 1, 1), ("Not graded", 1, 1)]),
    ]
    fragment = leader.get("/new-campaign/", form(), headers={"HX-Request": "true", "HX-Target": "forecast"})
    assert body(fragment).strip().startswith('<div id="forecast"')


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"size": "many"}, "not complete"), ({"outcomes": ["timeout"]}, "No trace is like that"),
        ({"strategy": "disagreement"}, "people differ on none"),
    ],
)  # fmt: skip
def test_forecast_says_why_nothing_would_be_taken(client, asked, says):
    TraceFactory()
    assert says in body(logged_in(client, "emil").get("/new-campaign/", form(**asked)))


def test_address_fills_the_form(client):
    TraceFactory()
    response = logged_in(client, "emil").get("/new-campaign/?title=Second&topics=goldstone&topics=casimir&size=7")
    assert response.context["campaign"]["title"].value() == "Second"
    assert response.context["recipe"]["topics"].value() == ["goldstone", "casimir"]
    assert not response.context["recipe"].errors


def test_lead_who_labels_in_a_blind_campaign_sees_models_only_on_request(client):
    campaign = campaign_of(2, slug="blind")
    model = campaign.entries.first().trace.run.model.slug
    emil = logged_in(client, "emil")
    assert model in body(emil.get("/campaigns/blind/"))

    take_next(campaign, by=person("emil"))

    kept = body(emil.get("/campaigns/blind/"))
    assert model not in kept
    assert "/traces/" not in kept.partition('id="queue"')[2].partition("</table>")[0]
    assert model in body(emil.get("/campaigns/blind/?models=1"))
