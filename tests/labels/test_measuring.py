"""What is measured of a campaign: verdicts, steps, first errors and marks, by category, by pair, against gold."""

import pytest

from qftapp.labels import judgements, measuring
from qftapp.labels.models import CampaignTrace
from tests.labels.judged import STEPS, campaign_on, judge

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, FOURTH = STEPS


def measure(campaign):
    return measuring.measure(judgements.judgements_of(campaign))


def by_two(*said):
    """A campaign of ana and ben, who said these of one trace after the other."""
    campaign = campaign_on(len(said))
    for position, both in enumerate(said):
        for name, (verdict, *marks) in zip(("ana", "ben"), both, strict=True):
            judge(campaign, position, name, verdict, *marks)
    return campaign


def test_whole_agreement_is_one():
    report = measure(by_two((("sound",), ("sound",)), (("flawed", SECOND), ("flawed", SECOND))))
    measures = report.measures
    assert [measures.verdict_alpha.value, measures.verdict_fleiss.value, measures.verdict_cohen.value] == [1, 1, 1]
    assert [measures.step_alpha.value, measures.step_fleiss.value, measures.step_cohen.value] == [1, 1, 1]
    assert (report.closeness.same_step.value, report.closeness.span_f1.value) == (1, 1)
    assert (report.traces, report.annotations) == (2, 4)


def test_steps_are_judged_with_each_category():
    # Of 4 steps × 2 categories both mark the second one as mathematical, ben the third as factual.
    campaign = by_two((("flawed", SECOND), ("flawed", SECOND, (THIRD, "factual"))))
    rated = measuring.rated_steps(judgements.judgements_of(campaign))
    assert rated.ratings.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0, 0, 0]]
    # observed 7/8, by chance (1·2 + 7·6)/64
    assert measure(campaign).measures.step_cohen.value == pytest.approx((7 / 8 - 44 / 64) / (1 - 44 / 64))


def test_finer_category_counts_as_the_one_above_it():
    campaign = campaign_on(1)
    campaign.taxonomy = campaign.taxonomy.__class__.objects.get(slug="reasoning-errors")
    campaign.save()
    judge(campaign, 0, "ana", "flawed", (SECOND, "mathematical-sign"))
    judge(campaign, 0, "ben", "flawed", (SECOND, "mathematical"))
    assert measure(campaign).measures.step_alpha.value == 1


def test_who_is_unsure_or_finds_the_item_bad_judges_no_step():
    report = measure(by_two((("unsure",), ("flawed", SECOND)), (("bad_item",), ("sound",))))
    assert report.measures.step_alpha.value is None
    assert report.measures.verdict_alpha.units == 2
    assert report.closeness.same_step.units == 0


def test_first_errors_are_compared_by_step():
    report = measure(
        by_two(
            (("flawed", SECOND), ("flawed", SECOND, FOURTH)),
            (("flawed", SECOND), ("flawed", THIRD)),
            (("flawed", FIRST), ("flawed", FOURTH)),
            (("flawed", FIRST), ("sound",)),
            (("sound",), ("sound",)),
        )
    )
    close = report.closeness
    assert (close.same_step.value, close.near.value) == (pytest.approx(2 / 5), pytest.approx(3 / 5))
    assert (close.distance.value, close.distance.units) == (pytest.approx(4 / 3), 3)


def test_minor_mark_is_no_first_error():
    report = measure(by_two((("flawed", SECOND), ("flawed", (FIRST, "factual", "minor"), SECOND))))
    assert report.closeness.same_step.value == 1


def test_f1_is_the_mean_over_pairs_who_marked_something():
    close = measure(by_two((("flawed", SECOND), ("flawed", THIRD)), (("flawed", FIRST), ("flawed", FIRST)))).closeness
    assert (close.span_f1.value, close.span_f1.units) == (0.5, 2)
    assert measure(by_two((("sound",), ("sound",)))).closeness.span_f1.value is None


def test_categories_are_measured_apart():
    factual, mathematical = measure(
        by_two(
            (("flawed", (FIRST, "factual"), SECOND), ("flawed", (FIRST, "factual"), THIRD)),
            (("sound",), ("sound",)),
        )
    ).categories
    assert (factual.category.code, factual.alpha.value, factual.marked) == ("factual", 1, 2)
    assert mathematical.alpha.value < 0
    assert factual.alpha.units == 8


def test_pairs_are_measured_on_what_both_judged():
    campaign = campaign_on(3)
    for position, names in enumerate((("ana", "ben"), ("ana", "cleo"), ("ana", "ben"))):
        for name in names:
            judge(campaign, position, name, "sound" if position else "flawed", *([] if position else [SECOND]))
    report = measure(campaign)
    assert [(pair.first.username, pair.second.username, pair.verdicts.units) for pair in report.pairs] == [
        ("ana", "ben", 2),
        ("ana", "cleo", 1),
    ]
    assert report.pairs[0].verdicts.value == 1
    assert report.measures.verdict_cohen is None


def test_people_are_measured_against_gold():
    campaign = campaign_on(2)
    CampaignTrace.objects.filter(campaign=campaign, position=0).update(is_gold=True)
    judge(campaign, 0, "emil", "flawed", SECOND, kind="adjudicated")
    judge(campaign, 1, "emil", "flawed", SECOND, kind="adjudicated")
    judge(campaign, 0, "ana", "flawed", THIRD)
    judge(campaign, 0, "ben", "sound")
    judge(campaign, 1, "cleo", "sound")
    ana, ben = measure(campaign).gold
    assert (ana.person.username, ana.same_verdict.value, ana.closeness.near.value) == ("ana", 1, 1)
    assert (ben.same_verdict.value, ben.closeness.same_step.value, ben.same_verdict.units) == (0, 0, 1)


def test_skipped_open_and_lone_annotations_count_nowhere():
    campaign = campaign_on(2)
    judge(campaign, 0, "ana", "sound")
    judge(campaign, 0, "ben", "", skip="known")
    judge(campaign, 1, "cleo", "sound")
    report = measure(campaign)
    assert (report.traces, report.annotations, report.pairs) == (0, 0, [])
    assert report.measures.verdict_alpha.value is None


def test_intervals_cover_their_values():
    said = [
        (("flawed", SECOND), ("flawed", SECOND if n % 3 else THIRD)) if n % 2 else (("sound",),) * 2 for n in range(12)
    ]
    report = measure(by_two(*said))
    for found in (report.measures.step_alpha, report.closeness.same_step, report.closeness.span_f1):
        assert found.low <= found.value <= found.high
        assert found.low < found.high


@pytest.mark.parametrize("traces", [1, 4])
def test_queries_do_not_grow_with_the_traces(django_assert_num_queries, traces):
    campaign = by_two(*[(("flawed", SECOND), ("sound",))] * traces)
    with django_assert_num_queries(7):
        measure(campaign)


@pytest.mark.parametrize(("traces", "has_interval"), [(4, False), (5, True)])
def test_few_traces_have_no_interval(traces, has_interval):
    apart = [(("flawed", SECOND), ("sound",))] * 2
    report = measure(by_two(*apart, *[(("sound",), ("sound",))] * (traces - 2)))

    assert report.closeness.same_step.value == (traces - 2) / traces
    assert (report.closeness.same_step.low is not None) is has_interval
