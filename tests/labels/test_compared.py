"""After adjudication an annotator sees their own annotation beside the adjudicated one, and nobody else does."""

import pytest

from qftapp.labels.models import Annotation
from tests.factories import person
from tests.labels.judged import STEPS, campaign_on, judge

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, FOURTH = STEPS


@pytest.fixture
def own():
    campaign = campaign_on(1)
    judge(campaign, 0, "ana", "sound")
    return judge(campaign, 0, "dana", "flawed", SECOND, (FOURTH, "factual"))


def settle(own):
    return judge(
        own.campaign, 0, "emil", "flawed", ("the sign", "mathematical"), (THIRD, "factual"), kind="adjudicated",
        comment="A slip of $g$.",
    )  # fmt: skip


@pytest.fixture
def dana(client):
    client.force_login(person("dana"))
    return client


def test_both_stand_beside_the_steps(dana, own):
    settle(own)
    page = dana.get(f"/label/{own.pk}/compared/")
    shared = page.context["shared"]
    assert (shared.same_verdict, shared.both, shared.own_alone, shared.settled_alone) == (True, 1, 1, 1)
    words = page.content.decode()
    assert "You came to the same verdict." in words
    assert "1 of your marks is in the adjudicated annotation too." in words
    assert "Take all of" not in words


def test_nothing_is_shown_before_adjudication(dana, own):
    assert dana.get(f"/label/{own.pk}/compared/").status_code == 404
    Annotation.objects.filter(pk=settle(own).pk).update(submitted_at=None)
    assert dana.get(f"/label/{own.pk}/compared/").status_code == 404


def test_nobody_else_sees_it(client, own):
    settle(own)
    for name in ("emil", "farah"):
        client.force_login(person(name))
        assert client.get(f"/label/{own.pk}/compared/").status_code == 403


def test_other_annotators_are_not_named(dana, own):
    settle(own)
    assert "Ana" not in dana.get(f"/label/{own.pk}/compared/").content.decode()


def test_own_work_leads_there_once_it_is_adjudicated(dana, own):
    link = f"/label/{own.pk}/compared/"
    assert link not in dana.get("/label/").content.decode()
    settle(own)
    assert link in dana.get("/label/").content.decode()
