"""Pages of reports: the scope in the address, figures and their files, saved titles, bad input."""

import csv
import io

import pytest

from qftapp.charts.models import SavedReport
from tests import factories
from tests.charts.world import evaluated, share, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def base():
    model = factories.LanguageModelFactory(slug="base")
    evaluated(model, {factories.approved("a"): share(1, 2), factories.approved("b"): share(2, 2)})
    return model


@pytest.fixture
def page(client):
    client.force_login(factories.person("farah"))
    return client


def test_report_offers_models_and_asks_for_each_figure(page, base):
    text = page.get("/report/?model=base").text
    assert 'value="base"' in text
    assert 'hx-get="/report/figures/accuracy/?model=base"' in text


def test_report_without_models_shows_the_items_alone(page):
    text = page.get("/report/").text
    assert "Figures of models belong here" in text
    assert "figures/coverage/" in text
    assert "figures/accuracy/" not in text


def test_figure_comes_with_its_table_and_what_it_rests_on(page, base):
    text = page.get("/report/figures/accuracy/?model=base").text
    assert "0.750" in text
    assert "2 items, 4 graded answers, 1 run; items of any release" in text
    assert "/report/items/?model=base" in text


@pytest.mark.parametrize(
    "query",
    ["model=nobody", "release=none", "split=all", "topic=x", "cluster=moon", "model=%00", "source=" + "x" * 5000],
)
def test_what_cannot_be_is_said_and_the_rest_is_shown(page, base, query):
    answer = page.get(f"/report/?{query}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert page.get(f"/report/figures/accuracy/?{query}").status_code == 200


def test_csv_has_numbers_in_full(page, base):
    rows = list(csv.DictReader(io.StringIO(page.get("/report/figures/accuracy.csv?model=base").getvalue().decode())))
    assert [float(row["Accuracy"]) for row in rows if row["Set"] == "All items"] == [0.75]


def test_latex_names_what_the_figure_rests_on(page, base):
    text = page.get("/report/figures/accuracy.tex?model=base").text
    assert r"\begin{tabular}" in text
    assert "verifier" in text


def test_unknown_and_empty_figures_are_not_found(page, base):
    assert page.get("/report/figures/nothing/").status_code == 404
    assert page.get("/report/figures/training.csv").status_code == 404


def test_items_behind_a_point_lead_to_traces(page, base):
    text = page.get("/report/items/?model=base").text
    assert "1 of 2" in text
    assert "/traces/?model=base&amp;item=a" in text


def test_a_report_is_saved_under_a_title_and_given_up_by_who_saved_it(page, client, base):
    page.post("/report/save/", {"title": "Before training", "query": "model=base&topic=&page=3"})
    kept = SavedReport.objects.get()
    assert (kept.title, kept.query) == ("Before training", "model=base")
    assert "Before training" in page.get("/saved-reports/").text
    assert "Before training" in page.get(kept.get_absolute_url()).text
    client.force_login(factories.person("alice"))
    assert client.post(f"/saved-reports/{kept.pk}/forget/").status_code == 403
    client.force_login(factories.person("farah"))
    client.post(f"/saved-reports/{kept.pk}/forget/")
    assert not SavedReport.objects.exists()


@pytest.mark.parametrize(("title", "said"), [("", "Title:"), ("x" * 201, "Title:"), ("a\0b", "invisible character")])
def test_a_bad_title_is_refused_in_words(page, base, title, said):
    answer = page.post("/report/save/", {"title": title, "query": ""}, follow=True)
    assert said in answer.text
    assert not SavedReport.objects.exists()


def test_a_title_names_one_report_of_a_person(page, base):
    for query in ("", "model=base"):
        page.post("/report/save/", {"title": "Mine", "query": query})
    assert SavedReport.objects.get().query == "model=base"


def test_reports_need_a_login(client):
    assert client.get("/report/").status_code == 302


def test_a_job_leads_to_what_its_model_gained(page, base):
    model = trained(base, "tuned", factories.approved())
    job = model.checkpoint.job
    assert "What it gained and forgot" not in page.get(job.get_absolute_url()).text
    evaluated(model, {factories.approved(): share(1, 1)})
    assert "/report/?model=base&amp;model=tuned" in page.get(job.get_absolute_url()).text


def test_what_people_marked_is_not_shown_to_who_has_yet_to_label(client, base):
    client.force_login(factories.person("dana"))
    assert "figures/errors/" not in client.get("/report/?model=base").text
    for address in ("/report/figures/errors/", "/report/figures/errors.csv", "/api/reports/errors/"):
        assert client.get(f"{address}?model=base").status_code == 403


def test_a_category_of_another_domain_is_said_to_be_none(page):
    answer = page.get("/report/figures/coverage/?domain=cosmology&category=fermions")
    assert answer.status_code == 200
    assert "none of the chosen domain" in answer.text
