"""Labels leave as files: who may take them, which ones, in which shape."""

import orjson
import pytest

from tests.factories import person
from tests.labels.judged import STEPS, campaign_on, judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    campaign = campaign_on(1, slug="first")
    judge(campaign, 0, "dana", "flawed", STEPS[1])
    judge(campaign, 0, "emil", "sound", kind="adjudicated")
    judge(campaign_on(1, slug="second"), 0, "dana", "sound")
    return campaign


def rows(client, **query):
    return [orjson.loads(line) for line in client.get("/labels/export/", query).getvalue().splitlines()]


def test_adjudicators_and_engineers_export(client, campaign):
    for name, status in (("emil", 200), ("farah", 200), ("dana", 403), ("alice", 403)):
        client.force_login(person(name))
        assert client.get("/labels/export/").status_code == status


def test_labels_are_narrowed_by_campaign_taxonomy_and_kind(client, campaign):
    client.force_login(person("farah"))
    assert len(rows(client)) == 3
    assert [row["annotator"] for row in rows(client, campaign="first")] == ["dana", "emil"]
    assert [row["annotator"] for row in rows(client, kind="adjudicated")] == ["emil"]
    assert rows(client, taxonomy="small", number=2) == []


@pytest.mark.parametrize(("shape", "key"), [("jsonl", "marks"), ("processbench", "label"), ("prm800k", "question")])
def test_every_shape_comes_as_lines(client, campaign, shape, key):
    client.force_login(person("emil"))
    assert all(key in row for row in rows(client, shape=shape, campaign="first"))


def test_what_is_not_there_is_404(client):
    client.force_login(person("emil"))
    for query in ("shape=xml", "kind=own", "campaign=none", "taxonomy=none"):
        assert client.get(f"/labels/export/?{query}").status_code == 404
