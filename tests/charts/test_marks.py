"""The marks behind points of figures: by all numbers of a taxonomy, on the items that are counted, and no others."""

from dataclasses import replace

import pytest

from qftapp.charts import labelled
from qftapp.charts.figures.error_topics import error_topics
from qftapp.charts.figures.errors import errors
from qftapp.charts.scope import Scope
from qftapp.labels import taxonomies
from qftapp.labels.taxonomies import Described
from tests import factories
from tests.charts.said import FIRST, SECOND, THIRD, answer, evaluation, row, says
from tests.charts.world import results

pytestmark = pytest.mark.django_db


def listed(client, href):
    """The page of the marks behind a point."""
    client.force_login(factories.person("farah"))
    return client.get(href)


@pytest.fixture
def merged():
    """The second number of the first taxonomy: factual and logical errors are of insight, others as they were."""
    draft = taxonomies.begin(by=factories.person("emil"), slug="reasoning-errors", title="Errors")
    insight = Described("insight", "Insight", "Of facts or logic.", replaces=("factual", "logical", "factual-formula"))
    kept = [each for each in taxonomies.described(draft) if each.code.startswith("mathematical")]
    renamed = [replace(each, code="calculation", name="Calculation") if each.code == "mathematical" else each
               for each in kept]  # fmt: skip
    written = [insight, *(replace(each, parent="calculation") if each.parent else each for each in renamed)]
    taxonomies.save(draft.pk, by=factories.person("emil"), title="Errors", guide="", categories=written)
    return lambda: taxonomies.publish(draft.pk, by=factories.person("emil"))


def test_marks_of_an_older_number_count_under_what_replaced_their_category(base, client, merged):
    run, version = evaluation(base), factories.approved()
    says(
        answer(run, version),
        "ana",
        "flawed",
        (FIRST, "factual-formula"),
        (SECOND, "logical"),
        (THIRD, "mathematical-sign"),
    )
    before = errors(results(base))
    assert row(before.table, "Factual", "Major", "base").cells[3] == 1
    assert not any("number" in note for note in before.notes)
    newer = merged()
    says(
        answer(run, version, 1),
        "ben",
        "flawed",
        (FIRST, "insight"),
        (SECOND, "mathematical-sign", "minor"),
        taxonomy=newer,
    )
    built = errors(results(base))
    found = {one.cells[:2]: one.cells[3] for one in built.table.rows}
    assert found == {
        ("Insight", "Major"): 3, ("Insight", "Minor"): 0, ("Calculation", "Major"): 1, ("Calculation", "Minor"): 1
    }  # fmt: skip
    assert row(built.table, "Insight", "Major", "base").cells[4].value == 1.5
    assert "Marks by number 1 of the taxonomy count under what replaced their category in 2." in built.notes
    page = listed(client, row(built.table, "Insight", "Major", "base").href)
    assert {each.category.code for each in page.context["page"]} == {"factual-formula", "logical", "insight"}
    assert "3 marks on answers of base." in page.text


def test_marks_that_nothing_has_replaced_are_left_out_and_said_so(base, merged):
    newer = merged()
    run, version = evaluation(base), factories.approved()
    says(answer(run, version), "ana", "flawed", (FIRST, "executional"), (SECOND, "factual"))
    says(answer(run, version, 1), "ben", "flawed", (FIRST, "executional"))
    built = errors(results(base))
    assert row(built.table, newer.categories.get(code="insight").name, "Major", "base").cells[3] == 1
    assert "Marks left out since nothing has replaced their category: 2." in built.notes
    # The first error that is known counts as the first one; an answer without any has none.
    assert labelled.load(Scope(models=(base,))).first.tolist() == [[[1, 0, 1]]]


def test_adjudication_by_one_number_settles_what_was_said_by_another(base, merged):
    trace = answer(evaluation(base), factories.approved())
    says(trace, "ana", "flawed", (FIRST, "factual"), (SECOND, "mathematical"))
    says(trace, "emil", "flawed", (FIRST, "insight"), kind="adjudicated", taxonomy=merged())
    table = errors(results(base)).table
    assert [row(table, name, "Major", "base").cells[3] for name in ("Insight", "Calculation")] == [1, 0]


def test_point_leads_to_marks_on_common_items_alone(base, trained, client):
    shared, alone = factories.approved(), factories.approved()
    before, after = evaluation(base), evaluation(trained)
    says(answer(before, shared), "ana", "flawed", (FIRST, "factual"))
    says(answer(before, alone), "ana", "flawed", (FIRST, "factual"), (SECOND, "factual"))
    says(answer(after, shared), "ana", "flawed", (FIRST, "factual"), (SECOND, "factual"))
    for build in (errors, error_topics):
        for one in build(results(base, trained)).table.rows:
            page = listed(client, one.href)
            count = one.cells[3] if build is errors else one.cells[2].value * one.cells[4]
            assert page.context["page"].paginator.count == page.context["errors"] == count
    point = row(errors(results(base, trained)).table, "Factual", "Major", "trained")
    assert "2 marks on answers of trained." in listed(client, point.href).text


def test_point_keeps_the_items_of_its_report(base, client):
    run = evaluation(base)
    spinors, decays = factories.approved(topic="gamma-traces"), factories.approved()
    for version in (spinors, decays):
        says(answer(run, version), "ana", "flawed", (FIRST, "factual"))
    table = errors(results(base, items={"category": "fermions"})).table
    assert listed(client, row(table, "Factual", "Major", "base").href).context["page"].paginator.count == 1


def test_shared_marks_say_what_they_count_as(base, client):
    trace = answer(evaluation(base), factories.approved())
    says(trace, "ana", "flawed", (FIRST, "factual"))
    says(trace, "ben", "sound")
    page = listed(client, row(errors(results(base)).table, "Factual", "Major", "base").href)
    assert "1 mark on answers of base; shared among those who judged an answer they count as 0.5." in page.text


def test_point_leads_to_its_marks(base, client):
    run, version = evaluation(base), factories.approved("photon-mass")
    trace = answer(run, version)
    says(trace, "ana", "flawed", (FIRST, "factual"), (SECOND, "logical", "minor"))
    href = row(errors(results(base)).table, "Factual", "Major", "base").href
    client.force_login(factories.person("farah"))
    page = client.get(href).text
    assert "1 mark on answers of base" in page
    assert trace.get_absolute_url() in page
    client.force_login(factories.person("dana"))
    assert client.get(href).status_code == 403
