"""Where people differ: verdicts against verdicts, categories of one step against each other, and the traces of each."""

import pytest

from qftapp.labels import differing
from qftapp.labels.judgements import judgements_of
from tests.labels.judged import STEPS, campaign_on, judge

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, FOURTH = STEPS
SOUND, FLAWED = 0, 1
FACTUAL, MATHEMATICAL, NOTHING = 0, 1, 2


@pytest.fixture
def campaign():
    campaign = campaign_on(2)
    judge(campaign, 0, "ana", "flawed", (FIRST, "factual"), (SECOND, "factual"), FOURTH)
    judge(campaign, 0, "ben", "flawed", (FIRST, "factual"), SECOND)
    judge(campaign, 1, "ana", "sound")
    judge(campaign, 1, "ben", "flawed", SECOND)
    return campaign


def test_verdicts_are_counted_both_ways(campaign):
    table = differing.confusion(judgements_of(campaign), "verdict")
    assert (table[SOUND][FLAWED], table[FLAWED][SOUND], table[FLAWED][FLAWED]) == (1, 1, 2)
    assert sum(map(sum, table)) == 4


def test_categories_are_compared_step_by_step(campaign):
    assert differing.confusion(judgements_of(campaign), "category") == [[2, 1, 0], [1, 0, 2], [0, 2, 0]]


def test_traces_are_found_by_what_two_people_said_in_either_order(campaign):
    judgements = judgements_of(campaign)
    first, second = (entry.trace_id for entry in campaign.entries.all())
    assert differing.traces_where(judgements, "verdict", "flawed", "sound") == {second}
    assert differing.traces_where(judgements, "category", "mathematical", "factual") == {first}
    assert differing.traces_where(judgements, "category", "nothing", "mathematical") == {first, second}


def test_verdict_that_says_nothing_of_steps_is_in_no_comparison_of_categories(campaign):
    judge(campaign, 1, "cleo", "unsure")
    assert differing.confusion(judgements_of(campaign), "category") == [[2, 1, 0], [1, 0, 2], [0, 2, 0]]
