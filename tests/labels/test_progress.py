"""How far campaigns have come: what is counted, the pace, the end, the parts of a queue."""

from datetime import date

import pytest

from qftapp.labels import progress
from qftapp.labels.models import Campaign
from tests.factories import person
from tests.labels.desk import campaign_of, judge

pytestmark = pytest.mark.django_db


def counted(campaign):
    found = progress.with_counts(Campaign.objects.all()).get(pk=campaign.pk)
    return found.traces, found.given, found.wanted


def test_given_counts_no_more_than_the_overlap_asks_for_and_leaves_gold_out():
    campaign = campaign_of(3, overlap=1)
    campaign.entries.filter(position=2).update(is_gold=True)
    for place in (0, 2):
        judge(campaign, place, person("dana"))
        judge(campaign, place, person("emil"))
    judge(campaign, 1, person("dana"), verdict="", skip="too_long")
    assert counted(campaign) == (3, 1, 2)


def test_shares_count_by_person_with_their_median_time():
    campaign, dana = campaign_of(5), person("dana")
    for place, seconds in enumerate((60, 120, 600)):
        judge(campaign, place, dana, seconds=seconds)
    judge(campaign, 3, dana, verdict="", skip="known")
    judge(campaign, 4, dana, submitted_at=None, verdict="")
    judge(campaign, 0, person("emil"), kind="adjudicated")
    (share,) = progress.shares(campaign)
    assert (share.person, share.given, share.skipped, share.begun, share.minutes) == (dana, 3, 1, 1, 2)


@pytest.mark.parametrize(
    ("days_ago", "pace"),
    [([0.5, 0.1], 14), ([2, 1, 0.5], 10.5), ([20, 6, 5, 1], 3), ([20, 10], 0)],
)
def test_pace_is_that_of_the_last_seven_days(days_ago, pace):
    campaign = campaign_of(len(days_ago))
    for place, days in enumerate(days_ago):
        judge(campaign, place, person("dana"), days_ago=days)
    assert progress.shares(campaign)[0].pace == pytest.approx(pace, rel=0.01)


def test_gold_traces_are_no_pace():
    campaign = campaign_of(1)
    campaign.entries.update(is_gold=True)
    judge(campaign, 0, person("dana"))
    assert progress.shares(campaign)[0].pace == 0


def test_end_follows_from_pace():
    today = date(2026, 3, 1)
    assert progress.done_by(10, 5, today) == date(2026, 3, 15)
    assert progress.done_by(10, 0, today) is None
    assert progress.done_by(10**9, 1, today) is None


@pytest.mark.parametrize(("show", "places"), [("", [0, 1, 2]), ("waiting", [1]), ("done", [0]), ("gold", [2])])
def test_queue_shows_its_parts(show, places):
    campaign = campaign_of(3, overlap=1)
    campaign.entries.filter(position=2).update(is_gold=True)
    judge(campaign, 0, person("dana"))
    assert [entry.position for entry in progress.queue_of(campaign, show)] == places
