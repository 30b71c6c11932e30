"""The pages of runs and traces: what they show, their twins, fragments, links and numbers of queries."""

import csv
import io
import json

import pytest
from django.urls import reverse

from qftapp.runs import comparing
from qftapp.runs.models import Run, Trace
from qftapp.runs.tallies import tallies
from qftapp.runs.views import traces
from tests import factories
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db
NOTICE = "Written by hand for the demo; no model wrote this."


def body(response) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response))))


@pytest.fixture
def reader(client):
    client.force_login(factories.person("alice"))
    return client


@pytest.fixture
def run():
    return factories.RunFactory(slug="first", model__slug="base")


@pytest.mark.parametrize(
    "address",
    [
        "/runs/",
        "/runs.csv",
        "/runs.json",
        "/runs/first/",
        "/runs/first/items.csv",
        "/traces/",
        "/traces.json",
        "/compare/",
    ],
)
def test_every_page_needs_a_login(client, run, address):
    response = client.get(address)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("login"))


@pytest.mark.parametrize(
    "address", ["/runs/nothing/", "/traces/12345/", "/items/nothing/runs/", "/compare/?item=nothing"]
)
def test_what_does_not_exist_is_not_found(reader, address):
    assert reader.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/runs/", "/traces/", "/compare/", "/runs/?model=base", "/traces/?outcome=wrong"])
def test_empty_lists_say_what_belongs_there(reader, address):
    factories.LanguageModelFactory(slug="base")
    assert reader.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/runs/?state=zzz", "/traces/?length=zzz", "/traces/?run=zzz"])
def test_filter_that_was_not_understood_is_named(reader, address):
    page = body(reader.get(address))
    assert "there is no such choice" in page
    assert "“zzz”" in page
    assert "there is no such choice" not in body(reader.get("/traces/?q=zzz"))


def test_compare_names_the_item_it_does_not_know(reader):
    page = body(reader.get("/compare/?item=nothing"))
    assert "No item is called nothing." in page


def test_runs_are_filtered_and_show_their_accuracy(reader, run):
    for number in range(6):
        judged(run, factories.approved(f"item-{number}"), outcome="correct" if number < 3 else "wrong")
    factories.RunFactory(slug="second", purpose="check_items")
    page = body(reader.get("/runs/?model=base"))
    assert "second" not in page.split("<table")[1]
    assert "0.50" in page
    assert "[0.19, 0.81]" in page
    assert "second" in body(reader.get("/runs/?purpose=check_items")).split("<table")[1]


def test_twins_of_runs_hold_the_same_rows(reader, run):
    judged(run, factories.approved("a"))
    factories.RunFactory(slug="second")
    (row,) = rows_of(reader.get("/runs.csv?model=base"))
    assert (row["slug"], row["traces"], row["accuracy"], row["low"]) == ("first", "1", "1.0", "")
    assert [each["slug"] for each in json.loads(body(reader.get("/runs.json")))] == ["second", "first"]


def test_a_run_says_how_many_of_how_many_give_which_answer(reader, run):
    version = factories.approved("a")
    first = judged(run, version, 0, answer=r"\alpha^2/3s")
    factories.Grade.objects.update(answer_group=first.pk)
    judged(run, version, 1, answer=r"\frac{\alpha^2}{3s}", answer_group=first.pk)
    judged(run, version, 2, "wrong", answer="0", diagnosis="zero")
    page = body(reader.get("/runs/first/"))
    assert "2 of 3" in page
    assert '<span class="math" data-display="false">\\alpha^2/3s</span>' in page
    assert f"/traces/?run=first&amp;item=a&amp;group={first.pk}" in page
    assert "/traces/?run=first&amp;diagnosis=zero" in page


def test_items_of_a_run_are_sorted_and_come_as_a_fragment(reader, run):
    for slug, outcome in (("a", "correct"), ("b", "wrong")):
        judged(run, factories.approved(slug), outcome=outcome)
    headers = {"HX-Request": "true", "HX-Target": "run-items"}
    page = body(reader.get("/runs/first/?sort=right", headers=headers))
    assert page.strip().startswith('<div id="run-items"')
    assert page.index("item=b") < page.index("item=a")
    assert [row["item"] for row in rows_of(reader.get("/runs/first/items.csv"))] == ["a", "b"]


def test_traces_are_listed_with_links_that_keep_the_filters(reader, run):
    trace = judged(run, factories.approved("a"), outcome="wrong", answer="g^2")
    judged(run, factories.approved("b"))
    page = body(reader.get("/traces/?outcome=wrong"))
    assert f'href="/traces/{trace.pk}/?outcome=wrong"' in page
    assert ">b<" not in page


def test_the_list_of_traces_goes_on_by_keys(reader, run, monkeypatch):
    monkeypatch.setattr("qftapp.runs.queries.PAGE_SIZE", 2)
    version = factories.approved("a")
    ids = [judged(run, version, sample).pk for sample in range(5)][::-1]
    first = body(reader.get("/traces/?run=first"))
    assert f"?run=first&amp;before={ids[1]}" in first
    assert "after=" not in first
    second = body(reader.get(f"/traces/?run=first&before={ids[1]}"))
    assert f"/traces/{ids[2]}/?run=first" in second
    assert f"?run=first&amp;after={ids[2]}" in second


@pytest.mark.parametrize("place", ["before=x", "after=-1", "before=" + "9" * 40, "group=x", "length=7", "outcome=nice"])
def test_nonsense_in_the_query_string_is_left_out(reader, run, place):
    judged(run, factories.approved("a"))
    assert ">a</a>" in body(reader.get(f"/traces/?{place}"))


def test_twins_of_traces_hold_all_matching_rows(reader, run, monkeypatch):
    monkeypatch.setattr("qftapp.runs.queries.PAGE_SIZE", 1)
    version = factories.approved("a")
    for sample in range(3):
        judged(run, version, sample, "wrong", diagnosis="sign", answer="-x")
    judged(run, version, 3)
    rows = rows_of(reader.get("/traces.csv?outcome=wrong"))
    assert [(row["item"], row["sample"], row["diagnosis"], row["answer"]) for row in rows] == [
        ("a", sample, "sign", "'-x") for sample in ("2", "1", "0")
    ]
    assert len(json.loads(body(reader.get("/traces.json")))) == 4


def test_a_trace_is_shown_by_steps_and_its_text_is_never_markup(reader, run):
    text = "<think>Hm.</think>\n\nOne <img src=x onerror=a()>.\n\nTwo."
    trace = judged(run, factories.approved("a"), trace={"text": text})
    page = body(reader.get(f"/traces/{trace.pk}/"))
    assert [f'href="#step-{n}"' in page for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert "&lt;img src=x onerror=a()&gt;" in page
    assert "<img" not in page


def test_a_trace_leads_to_its_neighbours_among_the_samples_or_in_the_list(reader, run):
    version = factories.approved("a")
    ids = [judged(run, version, sample, outcome).pk for sample, outcome in enumerate(["wrong", "correct", "wrong"])]
    response = reader.get(f"/traces/{ids[1]}/")
    assert (response.context["previous"], response.context["next"]) == (ids[0], ids[2])
    response = reader.get(f"/traces/{ids[2]}/?outcome=wrong")
    assert (response.context["previous"], response.context["next"]) == (None, ids[0])
    assert f'href="/traces/{ids[0]}/?outcome=wrong"' in body(response)


def test_a_trace_without_a_grade_and_without_text_is_shown(reader, run):
    trace = factories.TraceFactory(run=run, text="", finish_reason="length")
    page = body(reader.get(f"/traces/{trace.pk}/"))
    assert "not graded yet" in page
    assert "The model wrote nothing." in page
    assert "cut off" in page


def test_hand_written_runs_say_so_wherever_they_are_read(reader):
    written = factories.RunFactory(slug="hand", origin="written")
    trace = judged(written, factories.approved("a"))
    for address in ("/runs/hand/", f"/traces/{trace.pk}/", "/compare/?item=a&runs=hand"):
        assert NOTICE in body(reader.get(address))
    for address in ("/runs/", "/traces/"):
        assert "by hand" in body(reader.get(address))
    assert "written by hand" in body(reader.get("/items/a/runs/"))


def test_runs_of_models_bear_no_such_notice(reader, run):
    trace = judged(run, factories.approved("a"))
    for address in ("/runs/first/", f"/traces/{trace.pk}/", "/compare/?item=a&runs=first"):
        assert NOTICE not in body(reader.get(address))


def test_an_item_shows_how_each_run_did(reader, run):
    version = factories.approved("a")
    judged(run, version, 0)
    judged(run, version, 1, "wrong")
    judged(factories.RunFactory(slug="second"), version)
    page = body(reader.get("/items/a/runs/"))
    assert '<a href="/traces/?run=first&amp;item=a">1 of 2</a>' in page
    assert "/compare/?item=a&amp;runs=second,first" in page
    assert 'hx-get="/items/a/runs/"' in body(reader.get("/items/a/"))


def test_runs_are_compared_in_the_order_asked_with_the_chosen_samples(reader, run):
    version = factories.approved("a")
    chosen = [judged(run, version, sample, trace={"text": f"sample {sample}"}) for sample in range(2)][1]
    second = factories.RunFactory(slug="second")
    judged(second, version, 0, "wrong", trace={"text": "other"})
    response = reader.get(f"/compare/?item=a&runs=second,first&of-first={chosen.pk}")
    columns = response.context["columns"]
    assert [(column.run.slug, column.right, column.counted) for column in columns] == [
        ("second", 0, 1),
        ("first", 2, 2),
    ]
    page = body(response)
    assert "sample 1" in page
    assert "sample 0" not in page
    assert f"of-second={Trace.objects.get(run=second).pk}" in page
    assert 'id="first-step-1"' in page


def test_runs_of_many_samples_are_compared_by_all_and_offer_the_first(reader, run, monkeypatch):
    monkeypatch.setattr(comparing, "MOST_SAMPLES", 2)
    version = factories.approved("a")
    outcomes = ("correct", "wrong", "broken_item", "correct")
    made = [judged(run, version, sample, outcome) for sample, outcome in enumerate(outcomes)]
    [column] = reader.get(f"/compare/?item=a&runs=first&of-first={made[3].pk}").context["columns"]
    assert [row.trace.pk for row in column.rows] == [made[0].pk, made[1].pk]
    assert (column.shown.trace.pk, column.shown.grade.outcome) == (made[3].pk, "correct")
    assert (column.right, column.counted) == (2, 3)
    [column] = reader.get(f"/compare/?item=a&runs=first&of-first={2**80}").context["columns"]
    assert column.shown.trace.pk == made[0].pk


def test_runs_can_be_chosen_by_ticking_and_those_beyond_four_are_left_out(reader):
    version = factories.approved("a")
    slugs = [f"run-of-{number}" for number in range(6)]
    for slug in slugs:
        judged(factories.RunFactory(slug=slug), version)
    response = reader.get("/compare/", {"item": "a", "runs": slugs})
    assert [column.run.slug for column in response.context["columns"]] == slugs[:4]


def test_a_run_without_the_item_has_an_empty_column(reader, run):
    judged(factories.RunFactory(slug="second"), factories.approved("a"))
    assert "This run has no trace of the item." in body(reader.get("/compare/?item=a&runs=second,first"))


@pytest.mark.parametrize(
    "address", ["/runs/", "/traces/", "/runs/first/", "/items/item-0/runs/", "/runs.json", "/traces.csv"]
)
def test_number_of_queries_does_not_grow_with_the_rows(
    reader, run, address, django_assert_max_num_queries, django_assert_num_queries
):
    version = factories.approved("item-0")
    judged(run, version)
    body(reader.get(address))
    with django_assert_max_num_queries(25) as captured:
        body(reader.get(address))
    for number in range(1, 3):
        other = factories.RunFactory(slug=f"run-{number}")
        judged(other, version)
        judged(run, factories.approved(f"item-{number}"), outcome="wrong")
    tallies([each.pk for each in Run.objects.all()])  # counted once, then kept
    with django_assert_num_queries(len(captured)):
        body(reader.get(address))


def test_runs_that_cannot_be_ticked_can_be_named(reader, run, monkeypatch):
    monkeypatch.setattr("qftapp.runs.views.compare.MOST_OFFERED", 1)
    version = factories.approved("a")
    for slug in ("old", "middle", "new"):
        judged(factories.RunFactory(slug=slug), version)
    found = reader.get("/compare/?item=a&runs=new")
    assert (found.context["offered"], found.context["other_count"]) == ([("new", True), ("middle", False)], 1)
    assert [column.run.slug for column in reader.get("/compare/?item=a&runs=new&runs=old").context["columns"]] == [
        "new",
        "old",
    ]


def test_runs_that_are_left_out_are_named(reader, run):
    version = factories.approved("a")
    slugs = [f"run-{number}" for number in range(5)]
    for slug in slugs:
        judged(factories.RunFactory(slug=slug), version)
    assert reader.get("/compare/", {"item": "a", "runs": [*slugs, "none"]}).context["left_out"] == ["run-4", "none"]


def test_trace_shows_some_of_many_samples_with_itself_among_them(reader, run, monkeypatch):
    monkeypatch.setattr(traces, "NEIGHBOURING_SAMPLES", 4)
    version = factories.approved("width")
    made = [factories.TraceFactory(run=run, item_version=version, sample_index=3 * sample) for sample in range(8)]

    def shown(place: int) -> tuple[list[int], int | None, int | None]:
        context = reader.get(made[place].get_absolute_url()).context
        assert context["sample_count"] == 8
        return [row.trace.sample_index for row in context["samples"]], context["previous"], context["next"]

    assert shown(0) == ([0, 3, 6, 9], None, made[1].pk)
    assert shown(4) == ([6, 9, 12, 15], made[3].pk, made[5].pk)
    assert shown(7) == ([15, 18, 21], made[6].pk, None)
