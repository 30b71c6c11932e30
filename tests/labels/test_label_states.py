"""Traces found by whether people have labelled them."""

import pytest
from django.utils import timezone

from qftapp.labels.models import Annotation
from qftapp.runs.finding import trace_ids
from tests.factories import GradeFactory, LanguageModelFactory, TraceFactory, UserFactory, person
from tests.labels.desk import taxonomy

pytestmark = pytest.mark.django_db


def annotate(trace, kind="independent", **given) -> None:
    said = {"verdict": "flawed", "submitted_at": timezone.now(), "annotator": person("dana")} | given
    Annotation.objects.create(trace=trace, taxonomy=taxonomy(), assigned_at=timezone.now(), kind=kind, **said)


@pytest.fixture
def traces():
    made = {name: TraceFactory() for name in ("none", "dealt", "skipped", "suggested", "given", "adjudicated")}
    annotate(made["dealt"], verdict="", submitted_at=None)
    annotate(made["skipped"], verdict="", skip="too_long")
    robot = UserFactory(is_robot=True, language_model=LanguageModelFactory())
    annotate(made["suggested"], kind="suggested", annotator=robot)
    annotate(made["given"])
    annotate(made["given"], annotator=person("emil"))
    annotate(made["adjudicated"], kind="adjudicated")
    return made


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("given", ["adjudicated", "given"]),
        ("adjudicated", ["adjudicated"]),
        ("none", ["suggested", "skipped", "dealt", "none"]),
    ],
)
def test_traces_are_found_by_what_people_gave(traces, state, found):
    assert trace_ids({"labels": state}, limit=10) == [traces[name].pk for name in found]


def test_label_states_go_with_other_filters_and_pages(traces):
    GradeFactory(trace=traces["given"], outcome="wrong")
    GradeFactory(trace=traces["adjudicated"], outcome="correct")
    assert trace_ids({"labels": "given", "outcome": "wrong"}, limit=10) == [traces["given"].pk]
    assert trace_ids({"labels": "given"}, before=traces["adjudicated"].pk, limit=10) == [traces["given"].pk]


def test_page_and_api_offer_the_filter(client, traces):
    client.force_login(person("farah"))
    page = client.get("/traces/?labels=given").text
    shown = [name for name, trace in traces.items() if f'href="{trace.get_absolute_url()}?' in page]
    assert shown == ["given", "adjudicated"]
    ids = {row["id"] for row in client.get("/api/traces/?labels=given").json()["results"]}
    assert ids == {traces["given"].pk, traces["adjudicated"].pk}
    assert "Left out" in client.get("/traces/?labels=zzz").text
