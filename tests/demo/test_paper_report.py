"""The report of the paper's tables, read as a person reads it: every number is the one that is printed."""

import json

import pytest

from qftapp.charts.forms import ScopeForm
from qftapp.charts.models import SavedReport
from qftapp.demo.paper.aggregates import CATEGORIES, read
from qftapp.runs.words import make_words
from tests.factories import LanguageModelFactory, RunFactory, approved, frozen_release, person

pytestmark = pytest.mark.django_db

PRINTED = 0.05 + 1e-9
"""How far a figure with one place may lie from what it stands for, whether it was rounded or cut off."""


@pytest.fixture
def table(paper, client):
    """The rows of a figure's table, out of its file, for the models and the release that an address names."""
    client.force_login(person("farah"))

    def rows(key, release, *models, **filters):
        chosen = [f"paper-{model}" for model in models or read().lengths]
        answer = client.get(f"/report/figures/{key}.json", {"model": chosen, "release": release, **filters})
        assert answer.status_code == 200
        return json.loads(answer.getvalue())

    return rows


def values(rows, of, value):
    """A column of a table by two others."""
    return {tuple(row[name] for name in of): row[value] for row in rows}


def test_accuracy_of_the_synthetic_sets(table):
    found = values(table("accuracy", "paper-synthetic"), ("Set", "Model"), "Accuracy")
    for one in (one for one in read().sets if not one.is_adapted):
        for model, percent in one.average.items():
            assert abs(100 * found[one.level.capitalize(), f"paper-{model}"] - percent) <= PRINTED


def test_best_of_five(table):
    found = values(table("accuracy", "paper-synthetic"), ("Set", "Model"), "Best of 5")
    for one in (one for one in read().sets if not one.is_adapted):
        for model, percent in one.best.items():
            assert abs(100 * found[one.level.capitalize(), f"paper-{model}"] - percent) <= PRINTED


@pytest.mark.parametrize(("key", "column"), [("lengths", "Mean tokens"), ("backtracks", "Mean backtracks")])
def test_tokens_and_backtracks_by_correctness(table, key, column):
    make_words(seconds=60)
    found = values(table(key, "paper-lengths"), ("Answers", "Model"), column)
    precision = 0.5 if key == "lengths" else PRINTED
    for model, said in read().lengths.items():
        means = said.tokens if key == "lengths" else said.backtracks
        for name, mean in means.items():
            assert abs(found[name.capitalize(), f"paper-{model}"] - mean) <= precision


def test_accuracy_of_students_by_their_teachers(table):
    students = read().students
    rows = table("accuracy", "paper-synthetic", "base", "sft", *students.average)
    found = values(rows, ("Set", "Model"), "Accuracy")
    for model, percent in {"base": 40.2, "sft": 59.7, **students.average}.items():
        assert abs(100 * found["Easy", f"paper-{model}"] - percent) <= PRINTED


@pytest.mark.parametrize("one", [one for one in read().sets if one.is_adapted], ids=lambda one: one.slug)
def test_accuracy_of_the_adapted_sets(table, one):
    rows = table("accuracy", "paper-adapted", source=f"paper-2604-18936-{one.slug}")
    found = values(rows, ("Set", "Model"), "Accuracy")
    for model, percent in one.average.items():
        assert abs(100 * found["All items", f"paper-{model}"] - percent) <= PRINTED


def test_major_errors_with_their_rates(table):
    rows = [row for row in table("errors", "paper-errors") if row["Severity"] == "Major"]
    counts = values(rows, ("Model", "Category"), "Errors")
    rates = values(rows, ("Model", "Category"), "Errors per response")
    printed = {
        "base": (0.55, 0.50, 0.19, 0.14),
        "rl": (0.28, 0.64, 0.13, 0.21),
        "sft": (0.32, 0.60, 0.19, 0.28),
    }
    assert {row["Model"]: row["Responses"] for row in rows} == {"paper-base": 721, "paper-rl": 240, "paper-sft": 214}
    for model, said in read().errors.items():
        for place, category in enumerate(CATEGORIES):
            key = f"paper-{model}", category.capitalize()
            assert counts[key] == said.counts[category]
            assert abs(rates[key] - printed[model][place]) <= 0.005


def test_every_error_of_the_base_goes_somewhere(table):
    rows = table("error-flow", "paper-errors")
    for model in ("paper-rl", "paper-sft"):
        for category, count in read().errors["base"].counts.items():
            of_category = [
                row for row in rows if (row["Error of the first"], row["Model"]) == (category.capitalize(), model)
            ]
            assert sum(row["Errors"] for row in of_category) == pytest.approx(count)
            assert sum(row["Share"] for row in of_category) == pytest.approx(1)


@pytest.mark.parametrize("release", ["paper-synthetic", "paper-adapted"])
def test_stages_of_the_funnel(table, release):
    found = {row.pop("Items"): tuple(row.values()) for row in table("funnel", release)}
    wanted = {
        f"paper-{one.slug}": tuple(one.stages.get(stage) for stage in ("generated", "passed", "solved"))
        for one in read().sets
        if one.stages and one.is_adapted == (release == "paper-adapted")
    }
    assert found == wanted


def test_figures_say_that_the_rows_are_reconstructed(paper, client):
    client.force_login(person("farah"))
    for key, release in (("accuracy", "paper-synthetic"), ("errors", "paper-errors")):
        text = client.get(f"/report/figures/{key}/?model=paper-base&release={release}").text
        assert "Reconstructed from a paper&#x27;s aggregates" in text
        query = {"model": "paper-base", "release": release}
        assert "Reconstructed from a paper's aggregates" in client.get(f"/report/figures/{key}.tex", query).text
        told = client.get(f"/api/reports/{key}/", query).json()
        assert told["notes"][0].startswith("Reconstructed from a paper's aggregates")
    assert told["provenance"].startswith("10 items; responses: paper-base 721; release paper-errors")


def test_reports_are_saved_under_the_papers_name(paper, client):
    client.force_login(person("dana"))
    saved = SavedReport.objects.order_by("-pk")[0]
    assert saved.title == "arXiv 2604.18936: accuracy on its synthetic sets"
    assert "saved by" in client.get(saved.get_absolute_url()).text


def test_placeholders_are_no_items_of_the_house(paper, client):
    approved(operational_level="easy", origin="original")
    client.force_login(person("alice"))
    funnel = json.loads(client.get("/report/figures/funnel.json").getvalue())
    assert [(row["Items"], row["Written"]) for row in funnel] == [("Original, easy", 1)]
    coverage = json.loads(client.get("/report/figures/coverage.json").getvalue())
    assert sum(row["Approved items"] for row in coverage) == 1
    assert "Aggregates of a paper" not in client.get("/import/").text


def test_batch_of_placeholders_tells_the_stages(paper, client):
    client.force_login(person("alice"))
    page = " ".join(client.get("/import/paper-hard/").text.split())
    assert "Generated: 1500. Passed: 908. Solved: 631." in page.replace("\u202f", "")


def test_without_models_in_the_address_those_are_compared_that_answered_the_last_release(paper):
    release = frozen_release(approved("first"))
    for model in (LanguageModelFactory(slug="one"), LanguageModelFactory(slug="other")):
        RunFactory(model=model, purpose="evaluate", release=release)
    assert [model.slug for model in ScopeForm({}).scope.models] == ["one", "other"]
