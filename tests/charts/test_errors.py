"""Figures of what people marked, against counts by hand: which annotations count, on which items, what they lead to."""

import pytest
from django.utils import timezone

from qftapp.charts import labelled
from qftapp.charts.figure import Lacking
from qftapp.charts.figures.agreement import agreement
from qftapp.charts.figures.error_flow import error_flow
from qftapp.charts.figures.error_topics import error_topics
from qftapp.charts.figures.errors import errors
from qftapp.charts.scope import Scope
from qftapp.items.topics import TOPICS
from qftapp.labels.models import Annotation, CampaignTrace
from tests import factories
from tests.charts.said import FIRST, SECOND, THIRD, answer, evaluation, row, says
from tests.charts.world import results
from tests.labels.desk import campaign_of, taxonomy

pytestmark = pytest.mark.django_db


def test_errors_are_counted_by_category_and_severity(base):
    run, version = evaluation(base), factories.approved()
    says(answer(run, version), "ana", "flawed", (FIRST, "factual"), (SECOND, "mathematical-sign", "minor"))
    says(answer(run, version, 1), "ana", "sound")
    table = errors(results(base)).table
    assert row(table, "Factual", "Major", "base").cells[3:] == (1, row(table, "Factual", "Major", "base").cells[4], 2)
    assert row(table, "Factual", "Major", "base").cells[4].value == 0.5
    assert row(table, "Mathematical", "Minor", "base").cells[3] == 1
    assert row(table, "Mathematical", "Major", "base").cells[3] == 0
    assert row(table, "Logical", "Major", "base").cells[4].value == 0


def test_mean_over_annotators_counts_where_nobody_settled(base):
    run, version = evaluation(base), factories.approved()
    trace = answer(run, version)
    says(trace, "ana", "flawed", (FIRST, "factual"), (SECOND, "logical"))
    says(trace, "ben", "flawed", (FIRST, "factual"))
    table = errors(results(base)).table
    assert row(table, "Factual", "Major", "base").cells[3] == 1
    assert row(table, "Logical", "Major", "base").cells[3] == 0.5


def test_adjudicated_annotation_counts_alone(base):
    trace = answer(evaluation(base), factories.approved())
    says(trace, "ana", "flawed", (FIRST, "factual"))
    says(trace, "emil", "flawed", (SECOND, "logical"), kind="adjudicated")
    table = errors(results(base)).table
    assert row(table, "Factual", "Major", "base").cells[3] == 0
    assert row(table, "Logical", "Major", "base").cells[3] == 1


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "suggested"},
        {"verdict": "unsure"},
        {"verdict": "bad_item"},
        {"verdict": "", "skip": "too_long"},
    ],
)
def test_what_says_nothing_of_the_steps_does_not_count(base, said):
    trace = answer(evaluation(base), factories.approved())
    says(trace, "ana", said.pop("verdict", "flawed"), (FIRST, "factual"), **said)
    with pytest.raises(Lacking, match="Nobody has labelled"):
        errors(results(base))


def test_annotation_that_is_not_submitted_does_not_count(base):
    trace = answer(evaluation(base), factories.approved())
    said = says(trace, "ana", "flawed")
    Annotation.objects.filter(pk=said.pk).update(submitted_at=None)
    with pytest.raises(Lacking):
        errors(results(base))


def test_only_items_that_are_labelled_for_every_model_count(base, trained):
    shared, alone = factories.approved(), factories.approved()
    before, after = evaluation(base), evaluation(trained)
    says(answer(before, shared), "ana", "sound")
    says(answer(before, alone), "ana", "flawed", (FIRST, "factual"))
    says(answer(after, shared), "ana", "flawed", (FIRST, "factual"))
    built = errors(results(base, trained))
    assert row(built.table, "Factual", "Major", "base").cells[3] == 0
    assert row(built.table, "Factual", "Major", "trained").cells[3] == 1
    assert "1 item is left out: not labelled for every model." in built.notes
    assert built.rests_on == "1 item; responses: base 1, trained 1"


def test_model_without_labels_is_named_and_hides_nothing(base, trained):
    version = factories.approved()
    says(answer(evaluation(base), version), "ana", "flawed", (FIRST, "factual"))
    answer(evaluation(trained), version)
    built = errors(results(base, trained))
    assert "No labelled answers here: trained." in built.notes
    assert row(built.table, "Factual", "Major", "base").cells[3] == 1


def test_few_items_have_no_interval_and_five_have_one(base):
    run = evaluation(base)
    for place in range(5):
        if place == 4:
            assert row(errors(results(base)).table, "Factual", "Major", "base").cells[4].low is None
        marks = [(FIRST, "factual")] if place % 2 else []
        says(answer(run, factories.approved()), "ana", "flawed" if marks else "sound", *marks)
    found = row(errors(results(base)).table, "Factual", "Major", "base").cells[4]
    assert 0 < found.low < found.value == 0.4 < found.high


def test_release_limits_what_counts(base):
    inside, outside = factories.approved(), factories.approved()
    release = factories.frozen_release(inside)
    run = evaluation(base)
    says(answer(run, inside), "ana", "flawed", (FIRST, "factual"))
    says(answer(run, outside), "ana", "flawed", (FIRST, "logical"))
    table = errors(results(base, release=release)).table
    assert row(table, "Factual", "Major", "base").cells[3:6:2] == (1, 1)
    assert row(table, "Logical", "Major", "base").cells[3] == 0


def test_rates_by_topic(base):
    run = evaluation(base)
    spinors, decays = factories.approved(topic="gamma-traces"), factories.approved()
    says(answer(run, spinors), "ana", "flawed", (FIRST, "factual"), (SECOND, "logical"), (THIRD, "logical", "minor"))
    says(answer(run, decays), "ana", "sound")
    table = error_topics(results(base)).table
    title = TOPICS["gamma-traces"].title
    assert [one.value for one in row(table, title, "base").cells[2:4]] == [2, 1]
    assert row(table, "Cross sections and decay rates", "base").cells[2].value == 0
    assert "topic=gamma-traces" in row(table, title, "base").href


def test_flow_goes_from_an_error_to_what_the_other_model_wrote(base, trained):
    one, other = factories.approved(), factories.approved()
    before, after = evaluation(base), evaluation(trained)
    says(answer(before, one), "ana", "flawed", (FIRST, "factual"))
    says(answer(before, other), "ana", "flawed", (FIRST, "logical"))
    # Of four answers to the one item two are right, one is wrong with a label, one without.
    for sample in range(2):
        answer(after, one, sample, "correct")
    says(answer(after, one, 2), "ana", "flawed", (SECOND, "logical"), (THIRD, "factual"))
    answer(after, one, 3)
    says(answer(after, other), "ana", "sound")
    built = error_flow(results(base, trained))
    table = built.table
    assert [row(table, "Factual", "trained", outcome).cells[3] for outcome in ("Right", "Logical")] == [0.5, 0.25]
    assert row(table, "Factual", "trained", "Wrong, not labelled").cells[4].value == 0.25
    assert row(table, "Logical", "trained").cells[2:4] == ("No major error", 1)
    assert "category=logical" in row(table, "Factual", "trained", "Logical").href
    hovered = [each for each in built.traces if "customdata" in each]
    assert len(hovered) == len(table.rows)


def test_flow_needs_errors_and_a_second_model(base, trained):
    version = factories.approved()
    says(answer(evaluation(base), version), "ana", "sound")
    with pytest.raises(Lacking, match="two models"):
        error_flow(results(base))
    says(answer(evaluation(trained), version), "ana", "sound")
    with pytest.raises(Lacking, match="No major error of base"):
        error_flow(results(base, trained))


def test_most_labelled_taxonomy_counts_and_another_is_said(base):
    other = taxonomy()
    run, version = evaluation(base), factories.approved()
    for sample in range(2):
        says(answer(run, version, sample), "ana", "flawed", (FIRST, "mathematical"), taxonomy=other)
    says(answer(run, version, 2), "ana", "flawed", (FIRST, "logical"))
    built = errors(results(base))
    assert {one.cells[0]: one.cells[3] for one in built.table.rows if one.cells[1] == "Major"} == {
        "Factual": 0, "Mathematical": 2
    }  # fmt: skip
    assert "there are some by other taxonomies" in built.notes[0]


def test_figures_follow_every_change_of_labels(base):
    run, version = evaluation(base), factories.approved()
    trace, other = answer(run, version), answer(run, version, 1)

    def counts():
        found = labelled.load(Scope(models=(base,)))
        return found and (found.responses.sum(), found.marks.sum(), found.right.sum())

    assert counts() is None
    said = says(trace, "ana", "flawed", (FIRST, "factual"), (SECOND, "logical"))
    assert counts() == (1, 2, 0)
    Annotation.objects.filter(pk=said.pk).update(submitted_at=None)
    assert counts() is None
    said.marks.first().delete()
    Annotation.objects.filter(pk=said.pk).update(submitted_at=timezone.now())
    assert counts() == (1, 1, 0)
    says(trace, "emil", "sound", kind="adjudicated")
    assert counts() == (1, 0, 0)
    trace.grades.update(is_current=False)
    factories.GradeFactory(trace=trace, verifier_version="5", outcome="correct")
    assert counts() == (1, 0, 1)
    says(other, "ana", "flawed", (FIRST, "factual"))
    assert counts() == (2, 1, 1)


def test_annotations_are_read_in_a_few_queries(base, django_assert_num_queries):
    run, version = evaluation(base), factories.approved()
    for sample in range(3):
        says(answer(run, version, sample), "ana", "flawed", (FIRST, "factual"))
    with django_assert_num_queries(6):
        labelled.load(Scope(models=(base,)))


def test_agreement_follows_what_is_said_and_taken_back(base):
    campaign, run = campaign_of(0), evaluation(base)
    traces = [answer(run, factories.approved()) for _ in range(3)]
    for position, trace in enumerate(traces):
        CampaignTrace.objects.create(campaign=campaign, trace=trace, position=position)
        for name in ("ana", "ben"):
            says(trace, name, "flawed" if position == 1 else "sound", campaign=campaign, taxonomy=campaign.taxonomy)

    def alpha():
        return row(agreement(results(base)).table, campaign.title, "Verdicts, α").cells[2].value

    assert alpha() == alpha() == 1
    again = Annotation.objects.get(trace=traces[0], annotator__username="ben")
    Annotation.objects.filter(pk=again.pk).update(submitted_at=None)
    assert row(agreement(results(base)).table, campaign.title, "Verdicts, α").cells[3] == 2
    Annotation.objects.filter(pk=again.pk).update(verdict="flawed", submitted_at=timezone.now())
    # Of six judgements three say so and three so; the two of one trace differ: 1 − 2 · (6 − 1) / (6² − 3² − 3²).
    assert alpha() == pytest.approx(1 - 10 / 18)


def test_agreement_is_that_of_the_campaigns_over_these_models(base, trained):
    campaign = campaign_of(0)
    run = evaluation(base)
    for position in range(6):
        trace = answer(run, factories.approved())
        CampaignTrace.objects.create(campaign=campaign, trace=trace, position=position)
        for name in ("ana", "ben"):
            verdict = "flawed" if position % 2 else "sound"
            marks = [(FIRST, "factual")] if verdict == "flawed" else []
            says(trace, name, verdict, *marks, campaign=campaign, taxonomy=campaign.taxonomy)
    built = agreement(results(base))
    found = row(built.table, campaign.title, "Verdicts, α")
    assert (found.cells[2].value, found.cells[3], found.cells[5]) == (1, 6, 2)
    assert found.href == f"/campaigns/{campaign.slug}/agreement/"
    assert row(built.table, campaign.title, "Steps and categories, κ").cells[2].value == 1
    with pytest.raises(Lacking, match="In no campaign"):
        agreement(results(trained))
