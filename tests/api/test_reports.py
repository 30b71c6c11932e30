"""Figures of reports over the API: the numbers of the page, and clear words about what cannot be."""

import pytest

from tests.charts.world import evaluated, share
from tests.factories import LanguageModelFactory, approved, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client):
    evaluated(LanguageModelFactory(slug="base"), {approved("a"): share(1, 2), approved("b"): share(2, 2)})
    client.force_login(person("farah"))
    return client


def test_a_figure_has_its_rows_and_what_it_rests_on(api):
    told = api.get("/api/reports/accuracy/?model=base").json()
    assert told["title"] == "Accuracy by set and model"
    assert "2 items, 4 graded answers" in told["provenance"]
    assert [row["Accuracy"] for row in told["rows"] if row["Set"] == "All items"] == [0.75]


def test_a_scope_that_cannot_be_is_refused_at_its_field(api):
    answer = api.get("/api/reports/accuracy/?split=all")
    assert answer.status_code == 400
    assert "split" in answer.json()


def test_unknown_figures_name_those_there_are(api):
    answer = api.get("/api/reports/nothing/")
    assert answer.status_code == 404
    assert "accuracy" in answer.text


def test_it_needs_a_login(client):
    assert client.get("/api/reports/accuracy/").status_code == 401
