"""The demo's campaign: its annotations quote their traces, contradict no grade, and are made once."""

import pytest

from qftapp.demo import labels, runs
from qftapp.labels.models import Annotation, Campaign
from tests.demo.test_written_runs import EXPECTED
from tests.factories import approved, frozen_release, person

PEOPLE = ("dana", "emil", "farah")


@pytest.fixture
def people(db):
    return {name: person(name) for name in PEOPLE}


@pytest.fixture
def written(people):
    """The demo's runs over items of the same names, not graded."""
    slugs = {entry["item"] for run in runs.described() for entry in run["traces"]}
    versions = {slug: approved(slug) for slug in slugs}
    release = frozen_release(*versions.values())
    for run in runs.described():
        runs._run(run, release, versions, people["farah"])


def text_of(annotation):
    (run,) = (run for run in runs.described() if run["slug"] == annotation["run"])
    return [entry["text"] for entry in run["traces"] if entry["item"] == annotation["item"]][annotation["sample"]]


@pytest.mark.parametrize("annotation", labels.described(), ids=lambda each: f"{each['by']}-{each['item']}")
def test_quotes_stand_once_in_their_trace(annotation):
    assert [text_of(annotation).count(mark["quote"]) for mark in annotation.get("marks", ())] == [1] * len(
        annotation.get("marks", ())
    )


def test_traces_are_called_flawed_exactly_where_their_answer_is_wrong():
    for annotation in labels.described():
        outcome = EXPECTED[annotation["run"], annotation["item"]][annotation["sample"]]
        assert (annotation["verdict"] == "flawed") == outcome.startswith("wrong")


def test_campaign_is_made_once_with_what_people_gave(people, written):
    assert not labels.are_seeded()
    labels.seed_labels(people)
    labels.seed_labels(people)
    assert labels.are_seeded()
    campaign = Campaign.objects.get()
    assert (campaign.entries.count(), campaign.created_by) == (24, people["emil"])
    given = Annotation.objects.filter(campaign=campaign, submitted_at__isnull=False)
    assert given.count() == len(labels.described())
    for mark in (mark for annotation in given for mark in annotation.marks.all()):
        assert mark.annotation.trace.text[mark.start : mark.end] == mark.claim


def test_nothing_is_made_without_traces(people):
    labels.seed_labels(people)
    assert labels.are_seeded()
    assert not Campaign.objects.exists()
