"""What programs read: models, prompts, runs, traces with grades, a run as a file."""

import json

import pytest

from qftapp.api.views import traces
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client):
    client.force_login(factories.person("dana"))
    return client


def test_nobody_reads_without_login_or_token(client):
    for noun in ("models", "prompts", "runs", "traces", "schema"):
        assert client.get(f"/api/{noun}/").status_code == 401
    assert client.get("/api/docs/").status_code == 302


def test_model_names_its_parent(api):
    base = factories.LanguageModelFactory(slug="base")
    factories.LanguageModelFactory(slug="tuned", kind="checkpoint", parent=base)
    assert [row["parent"] for row in api.get("/api/models/").json()["results"]] == [None, "base"]
    assert api.get("/api/models/tuned/").json()["kind"] == "checkpoint"


def test_run_says_how_many_have_answered(api):
    run = factories.RunFactory(slug="first")
    for index in range(3):
        factories.TraceFactory(run=run, sample_index=index)
    factories.RunFactory(slug="second")
    assert [(row["slug"], row["answered"]) for row in api.get("/api/runs/").json()["results"]] == [
        ("second", 0),
        ("first", 3),
    ]
    assert api.get("/api/runs/first/").json()["model"] == run.model.slug


def test_list_of_traces_leaves_their_texts_out(api):
    factories.GradeFactory(outcome="wrong", diagnosis="factor")
    (row,) = api.get("/api/traces/").json()["results"]
    assert (row["outcome"], row["diagnosis"], "text" in row) == ("wrong", "factor", False)


def test_one_trace_has_text_and_every_grade(api):
    grade = factories.GradeFactory(is_current=False)
    factories.GradeFactory(trace=grade.trace, verifier_version="99", outcome="wrong")
    row = api.get(f"/api/traces/{grade.trace_id}/").json()
    assert row["outcome"] == "wrong"
    assert row["text"] == grade.trace.text
    assert sorted(each["verifier_version"] for each in row["grades"])[-1] == "99"


def test_pages_go_on_by_key(api, monkeypatch):
    monkeypatch.setattr(traces, "PAGE_SIZE", 2)
    run = factories.TraceFactory().run
    for index in range(1, 4):
        factories.TraceFactory(run=run, sample_index=index)
    factories.TraceFactory()
    first = api.get(f"/api/traces/?run={run.slug}").json()
    second = api.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert ids == sorted(run.traces.values_list("pk", flat=True), reverse=True)
    assert second["next"] is None


def test_traces_are_filtered_as_on_their_page(api):
    factories.GradeFactory(outcome="wrong", diagnosis="factor")
    right = factories.GradeFactory()
    assert [row["id"] for row in api.get("/api/traces/?outcome=correct").json()["results"]] == [right.trace_id]
    assert api.get("/api/traces/?outcome=splendid").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_list(api, count, django_assert_max_num_queries):
    for _ in range(count):
        factories.GradeFactory()
    for noun in ("traces", "runs", "models"):
        api.get(f"/api/{noun}/")  # what is counted of runs is kept
        with django_assert_max_num_queries(6):
            api.get(f"/api/{noun}/")


def test_run_leaves_as_lines(api):
    grade = factories.GradeFactory()
    answer = api.get(f"/api/runs/{grade.run.slug}/traces/")
    (row,) = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert (row["text"], row["sample"], row["item"]) == (grade.trace.text, 0, grade.trace.item_version.item.slug)


def test_what_is_not_there_is_404(api):
    for address in ("models/none/", "runs/none/", "traces/1/", "runs/none/traces/", "traces/x/"):
        assert api.get(f"/api/{address}").status_code == 404
